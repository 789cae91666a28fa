"""How the Messenger Platform says no, on Messenger and on Instagram: codes, subcodes, titles, HTTP statuses.

Source: the page error-codes of the Messenger Platform documentation. What means the same has other subcodes
on Instagram.
"""

from collections.abc import Mapping
from types import MappingProxyType

from bot.stand_in.faults import Fault
from bot.stand_in.refusals import GraphRefused

_LATE = "This message is sent outside of allowed window."

PAGE_ERRORS: Mapping[tuple[int, int | None], tuple[str, int]] = MappingProxyType(
    {
        (1, None): ("An unknown error occurred", 500),
        (2, None): ("Service temporarily unavailable", 503),
        (4, None): ("Application request limit reached", 400),
        (10, None): ("Application does not have permission for this action", 403),
        (10, 2018065): (_LATE, 400),
        (10, 2018278): (_LATE, 400),
        (10, 2534022): (_LATE, 400),
        (10, 1545041): (_LATE, 400),
        (10, 2018108): ("This person isn't receiving messages from you right now.", 403),
        (10, 2018300): ("The thread owner is another app.", 403),
        (10, 1893063): ("This Page is restricted from sending messages.", 403),
        (17, None): ("User request limit reached", 400),
        (32, None): ("Page request limit reached", 400),
        (100, None): ("Invalid parameter", 400),
        (100, 33): ("Object does not exist, or cannot be loaded due to missing permissions", 400),
        (100, 2018001): ("No matching user found", 400),
        (100, 2534014): ("The requested user cannot be found.", 400),
        (190, None): ("Invalid OAuth access token.", 401),
        (190, 463): ("Error validating access token: Session has expired", 401),
        (200, None): ("Permissions error", 403),
        (200, 1545041): (_LATE, 403),
        (368, None): ("The action attempted has been deemed abusive or is otherwise disallowed", 403),
        (551, None): ("This person isn't available right now.", 400),
        (551, 1545041): ("This person isn't available right now.", 400),
        (613, None): ("Calls to this API have exceeded the rate limit.", 400),
        (80006, None): ("There have been too many calls to this Messenger account.", 400),
        (1200, None): ("Temporary send message failure. Please try again later.", 400),
    }
)


def page_refusal(code: int, subcode: int | None = None) -> GraphRefused:
    title, http_status = PAGE_ERRORS.get((code, subcode)) or PAGE_ERRORS.get(
        (code, None), ("Refused because a test asked for it", 400)
    )
    return GraphRefused(http_status, code, f"(#{code}) {title}", subcode=subcode)


def asked_for(fault: Fault) -> GraphRefused:
    """The refusal that a fault stands for."""
    refused = page_refusal(fault.code, fault.subcode)
    refused.http_status = fault.http_status or refused.http_status
    refused.retry_after = fault.retry_after
    return refused
