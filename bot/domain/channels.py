"""The ways in which patients reach a practice: each name once, and which accounts a practice has there.

This is the only closed list of them. A channel that is added gets a name here, its accounts in `_ACCOUNTS`,
and a class in `bot.bootstrap.channels`; everything else asks `accounts_of`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from bot.domain.practice import Practice

WHATSAPP, MESSENGER, INSTAGRAM = "whatsapp", "messenger", "instagram"
SMS, EMAIL, WEB = "sms", "email", "web"
#: The one account of the chat on the practice's own site.
SITE = "site"
NAMES = (WHATSAPP, MESSENGER, INSTAGRAM, SMS, EMAIL, WEB)

#: Whoever answers from outside of the inbox, where a channel does not tell us who that is.
ELSEWHERE: Mapping[str, str] = {
    WHATSAPP: "WhatsApp app",
    MESSENGER: "Page inbox",
    INSTAGRAM: "Instagram inbox",
}

_ACCOUNTS: Mapping[str, Callable[[Practice], tuple[str, ...]]] = MappingProxyType(
    {
        WHATSAPP: lambda practice: tuple(number.phone_number_id for number in practice.whatsapp),
        MESSENGER: lambda practice: tuple(page.page_id for page in practice.messenger),
        INSTAGRAM: lambda practice: tuple(each.account_id for each in practice.instagram),
        SMS: lambda practice: tuple(each.number for each in practice.sms),
        EMAIL: lambda practice: (practice.mail.address,) if practice.mail else (),
        WEB: lambda practice: (SITE,) if practice.web_chat else (),
    }
)


def accounts_of(practice: Practice) -> dict[str, tuple[str, ...]]:
    """By channel, in the order of NAMES, the ids of its accounts; channels without any are left out."""
    found = {name: _ACCOUNTS[name](practice) for name in NAMES if name in _ACCOUNTS}
    return {name: accounts for name, accounts in found.items() if accounts}
