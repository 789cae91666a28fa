"""SMS as a Channel, through any provider with Twilio's HTTP interface."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

import aiohttp

from bot.channels.lenient import read_object, whole_number, words
from bot.channels.meta_webhook import require
from bot.channels.sms.inbound import parse, read_form
from bot.channels.sms.outbound import render
from bot.channels.sms.refusals import action_for
from bot.domain.channels import SMS
from bot.domain.conversation import (
    Address,
    FateUnknown,
    InboundEvent,
    Refused,
    Rendered,
    Reply,
    SendAction,
    SendOutcome,
    Sent,
)
from bot.domain.practice import SmsAccount
from bot.errors import SetupError, SignatureMismatch

SIGNATURE_HEADER = "X-Twilio-Signature"
_WHOLE = re.compile(r"[0-9]{1,6}")


class SmsChannel:
    """One or more numbers of one practice. The provider signs the address that it asks together with the
    form, so what comes in is looked at by `at(target)`. Contract: bot.ports.Channel, AddressedChannel.
    """

    name = SMS

    def __init__(
        self,
        accounts: Sequence[SmsAccount],
        session: aiohttp.ClientSession,
        *,
        timeout: float = 15.0,
        target: str = "",
    ) -> None:
        """Raises SetupError when a number lacks what secures it."""
        if not accounts:
            raise SetupError("SMS has no number; add one under sms in practice.yml")
        for account in accounts:
            require(account.account_sid, what="account_sid", whose=f"SMS number {account.number}")
            require(account.auth_token, what="auth_token", whose=f"SMS number {account.number}")
        self._accounts = {account.number: account for account in accounts}
        self._session = session
        self._timeout = aiohttp.ClientTimeout(total=timeout, connect=timeout * 2 / 3)
        self._target = target

    def at(self, target: str) -> "SmsChannel":
        """The same channel, for one request to this path and query."""
        channel = SmsChannel(list(self._accounts.values()), self._session, target=target)
        channel._timeout = self._timeout
        return channel

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """HMAC-SHA1 over the address and every field, sorted by name.

        https://www.twilio.com/docs/usage/webhooks/webhooks-security
        """
        given = [value for name, value in headers.items() if name.lower() == SIGNATURE_HEADER.lower()]
        if len(given) != 1:
            problem = "is missing" if not given else f"came {len(given)} times"
            raise SignatureMismatch(f"{SIGNATURE_HEADER} {problem}; the provider sends it with every request")
        form = read_form(body)
        query = urlsplit(self._target).query
        matches = [
            hmac.compare_digest(
                signature(account.webhook_url + (f"?{query}" if query else ""), form, account.auth_token),
                given[0].encode("utf-8", "surrogatepass"),
            )
            for account in self._accounts.values()
        ]
        if not any(matches):
            raise SignatureMismatch(
                f"{SIGNATURE_HEADER} does not match; webhook_url in practice.yml must be exactly the address"
                " that the provider asks, and auth_token that of its account"
            )

    def challenge(self, query: Mapping[str, str]) -> str | None:
        return None  # providers of SMS ask for none

    def parse(self, body: bytes) -> tuple[InboundEvent, ...]:
        return parse(body, target=self._target)

    def render(self, reply: Reply, to: Address, *, outbox_id: str) -> Rendered:
        account = self._accounts.get(to.account)
        return render(reply, to, outbox_id=outbox_id, report_to=account.webhook_url if account else "")

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        account = self._accounts.get(to.account)
        if account is None:  # taken out of practice.yml with messages still to be sent
            return Refused(action=SendAction.STOP)
        if self._session.closed:
            return Refused(action=SendAction.RETRY)
        url = f"{account.api_url.rstrip('/')}/2010-04-01/Accounts/{account.account_sid}/Messages.json"
        try:
            async with self._session.post(
                url,
                data=dict(message.body),
                headers={"Authorization": aiohttp.encode_basic_auth(account.account_sid, account.auth_token)},
                timeout=self._timeout,
                allow_redirects=False,
            ) as response:
                return await _outcome(response)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            return Refused(action=SendAction.RETRY)
        except TimeoutError:
            return FateUnknown(reason="time-out")
        except (aiohttp.ClientError, OSError) as error:
            return FateUnknown(reason=type(error).__name__)


async def _outcome(response: aiohttp.ClientResponse) -> SendOutcome:
    """The status has arrived and stands, whatever becomes of the body."""
    try:
        body = read_object(await response.read())
    except (TimeoutError, aiohttp.ClientError, OSError):
        body = {}
    if 200 <= response.status < 300:
        sid = words(body.get("sid"))
        return Sent(message_id=sid) if sid else FateUnknown(reason=f"HTTP {response.status} without a sid")
    if response.status >= 500:
        return FateUnknown(reason=f"HTTP {response.status}")
    code = whole_number(body.get("code"))
    wait = response.headers.get("Retry-After", "")
    return Refused(
        action=action_for(response.status, code),
        code=code,
        retry_after=float(wait) if _WHOLE.fullmatch(wait) else None,
    )


def signature(url: str, form: Mapping[str, str], token: str) -> bytes:
    """What the provider's header says for this request."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(token.encode(), signed.encode("utf-8", "surrogatepass"), hashlib.sha1).digest()
    return base64.b64encode(digest)
