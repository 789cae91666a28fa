"""Who looked at which conversation, for the trail of who did what (ASVS 5.0.0 V16.3.2)."""

from datetime import datetime, timedelta

from bot.domain.deeds import Deed
from bot.service.inbox.trail import Trail
from bot.web.sign_in.session import Session, SignIn

#: A page that opens its stream again, or answers twice, is one look.
ONE_LOOK = timedelta(minutes=5)
_MOST = 5_000


class Views:
    """Notes each look once. Without a trail, none."""

    def __init__(self, trail: Trail | None, sign_in: SignIn) -> None:
        self._trail = trail
        self._sign_in = sign_in
        self._seen: dict[tuple[str, str], datetime] = {}

    async def note(self, session: Session, conversation: str) -> None:
        if self._trail is None:
            return
        at, look = self._sign_in.now(), (session.key, conversation)
        before = self._seen.get(look)
        if before is not None and at - before < ONE_LOOK:
            return
        if len(self._seen) >= _MOST:
            self._seen = {one: when for one, when in self._seen.items() if at - when < ONE_LOOK}
        self._seen[look] = at
        await self._trail.note_now(Deed.VIEWED, by=session.who, conversation=conversation)
