"""Who may write in a thread: conversation routing between apps of one page.

Source: the page conversation-routing of the Messenger Platform documentation. Without a default app everybody
may write. With one, a thread belongs to one app at a time; the others hear it as `standby` and are refused.
Control that nobody uses ends after 24 hours.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.stand_in.messenger_requests import invalid
from bot.stand_in.strict_json import StrictObject

_LASTS = timedelta(hours=24)
CONTROLS = ("pass_thread_control", "take_thread_control", "release_thread_control", "request_thread_control")


class Threads:
    """Of one page. `own_app` is the app under test; `announce` posts an event of a patient's thread."""

    def __init__(
        self,
        *,
        own_app: int,
        now: Callable[[], datetime],
        announce: Callable[[str, Mapping[str, Any]], None],
    ) -> None:
        self._own_app = own_app
        self._now = now
        self._announce = announce
        self._owners: dict[str, tuple[int, datetime]] = {}
        self.is_routed = False  # whether the page has a default app: ours

    def is_ours(self, psid: str) -> bool:
        """Whether our app may write, and hears as an owner does."""
        return not self.is_routed or self._owner(psid) in (None, self._own_app)

    def taken_by_staff(self, psid: str, inbox_app: int) -> None:
        """Whoever answers in the Page's inbox takes control."""
        if self.is_routed and self._owner(psid) != inbox_app:
            self._give(psid, inbox_app)

    def control(self, edge: str, body: object) -> dict[str, Any]:
        """POST /{page}/{edge}. Raises GraphRefused, Refused."""
        request = StrictObject(body)
        recipient = request.child("recipient")
        psid = recipient.text("id", high=32)
        recipient.end()
        metadata = request.optional_text("metadata", high=1000)
        target = int(request.text("target_app_id", high=20)) if edge == "pass_thread_control" else 0
        request.end()
        if not self.is_routed and edge != "request_thread_control":
            raise invalid("A default app must be set for conversation routing", subcode=2018204)
        match edge:
            case "pass_thread_control":
                if not self.is_ours(psid):
                    raise invalid("Only the owner of a thread may pass it", subcode=2018147)
                self._give(psid, target, metadata)
            case "take_thread_control":
                self._give(psid, self._own_app, metadata)
            case "release_thread_control":
                self._owners.pop(psid, None)
            case _:
                told = {"requested_owner_app_id": self._own_app, "metadata": metadata or ""}
                self._announce(psid, {"request_thread_control": told})
        return {"success": True}

    def _give(self, psid: str, app: int, metadata: str | None = None) -> None:
        before = self._owner(psid) or self._own_app
        self._owners[psid] = app, self._now()
        kind = "pass" if app == self._own_app else "take"  # to whom it is given, and from whom it is taken
        told = {"previous_owner_app_id": before, "new_owner_app_id": app, "metadata": metadata or ""}
        self._announce(psid, {f"{kind}_thread_control": told})

    def _owner(self, psid: str) -> int | None:
        owner, since = self._owners.get(psid, (None, None))
        if since is not None and self._now() - since >= _LASTS:
            del self._owners[psid]
            return None
        return owner
