"""The staff inbox: who waits for a person, their conversations, and answering them.

Every change is a POST of a signed-in session with our Origin and the session's CSRF token; a GET changes
nothing (ASVS 5.0.0 V3.5.1, V3.5.3). What is refused says so as {"error": word}.
"""

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

import pydantic
from aiohttp import web

from bot.domain.practice import Practice
from bot.service.desk import AlreadyTaken, Author, ConversationView, Desk, UnknownConversation, WindowClosed
from bot.web.live import Stream, to_json
from bot.web.pages import add_pages, show
from bot.web.security import is_same_origin
from bot.web.session import Session, SignIn, drop_cookie, put_cookie
from bot.web.wording import LANGUAGES, preferred_language

Handler = Callable[[web.Request, Session], Awaitable[web.StreamResponse]]


def add_inbox(app: web.Application, *, desk: Desk, sign_in: SignIn, practice: Practice | None = None) -> None:
    """Register /inbox. `practice` names the page and gives it its time zone."""
    add_pages(app)
    inbox = _Inbox(desk, sign_in, practice)
    get, post = inbox.signed_in, inbox.posted
    app.router.add_routes(
        [
            web.get("/inbox/sign-in", inbox.show_closed_door),
            web.post("/inbox/sign-in", inbox.announce_link),
            web.get("/inbox/sign-in/{token}", inbox.show_door),
            web.post("/inbox/sign-in/{token}", inbox.enter),
            web.get("/inbox", inbox.show_inbox),
            web.get("/inbox/events", get(inbox.stream)),
            web.get("/inbox/conversations", get(inbox.list_handoffs)),
            web.get("/inbox/conversations/{id}", get(inbox.show_conversation)),
            web.post("/inbox/conversations/{id}/take", post(inbox.take)),
            web.post("/inbox/conversations/{id}/reply", post(inbox.reply)),
            web.post("/inbox/conversations/{id}/give-back", post(inbox.give_back)),
            web.post("/inbox/language", post(inbox.choose_language)),
            web.post("/inbox/here", post(inbox.stay)),
            web.post("/inbox/sign-out", post(inbox.leave)),
        ]
    )


class _Strict(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid", strict=True)


class _Entry(_Strict):
    who: str = pydantic.Field(default="", max_length=40)


class _Answer(_Strict):
    text: str = pydantic.Field(min_length=1, max_length=4096)
    client_message_id: str = pydantic.Field(pattern=r"^[0-9a-zA-Z-]{16,64}$")
    seen: str | None = None  # id of the patient's latest message on the screen; None sends in any case


class _Language(_Strict):
    language: str


class _Inbox:
    def __init__(self, desk: Desk, sign_in: SignIn, practice: Practice | None) -> None:
        self._desk = desk
        self._sign_in = sign_in
        self._practice = practice

    # Doors

    def signed_in(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def guarded(request: web.Request) -> web.StreamResponse:
            session = self._sign_in.find(request)
            if session is None:
                return _refuse(401, "signed_out")
            return await _in_our_words(handler, request, session)

        return guarded

    def posted(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def checked(request: web.Request, session: Session) -> web.StreamResponse:
            if not is_same_origin(request):
                return _refuse(403, "foreign_origin")
            token = request.headers.get("X-CSRF-Token", "")
            if not hmac.compare_digest(token.encode(), session.csrf.encode()):
                return _refuse(403, "csrf")
            self._sign_in.touch(session)
            return await handler(request, session)

        return self.signed_in(checked)

    async def show_closed_door(self, request: web.Request) -> web.Response:
        return self._door(request, status=401)

    async def show_door(self, request: web.Request) -> web.Response:
        """Looking is free: link previews and scanners open every link they meet."""
        is_open = self._sign_in.is_open(request.match_info["token"])
        return self._door(request, is_open=is_open, status=200 if is_open else 410)

    def _door(self, request: web.Request, *, status: int, is_open: bool | None = None) -> web.Response:
        may_enter = self._sign_in.may_enter(request)
        return show(
            request,
            "sign_in.html",
            language=self._browser_language(request),
            status=status if may_enter else 403,
            practice=self._practice.name if self._practice else "",
            may_enter=may_enter,
            is_open=is_open,
            can_announce=self._sign_in.can_announce,
        )

    async def announce_link(self, request: web.Request) -> web.Response:
        if not is_same_origin(request) or not self._sign_in.may_enter(request):
            return _refuse(403, "foreign_origin")
        self._sign_in.announce()
        return _answer({})

    async def enter(self, request: web.Request) -> web.Response:
        if not is_same_origin(request):
            return _refuse(403, "foreign_origin")
        if not self._sign_in.may_enter(request):
            return _refuse(403, "elsewhere")
        try:
            entry = _Entry.model_validate_json(await request.read() or b"{}")
        except pydantic.ValidationError:
            return _refuse(400, "malformed")
        language = self._browser_language(request)
        entered = self._sign_in.redeem(
            request.match_info["token"], who=entry.who.strip() or _nobody(language), language=language
        )
        if entered is None:
            return _refuse(410, "void")
        response = _answer({"next": "/inbox"})
        put_cookie(request, response, entered[0])
        return response

    async def leave(self, request: web.Request, session: Session) -> web.Response:
        self._sign_in.end(session)
        response = _answer({"next": "/inbox/sign-in"})
        drop_cookie(response)
        return response

    async def stay(self, request: web.Request, session: Session) -> web.Response:
        """A person moves in the page; that alone keeps a session alive, live updates do not."""
        return _answer({})

    async def choose_language(self, request: web.Request, session: Session) -> web.Response:
        chosen = _Language.model_validate_json(await request.read()).language
        if chosen not in LANGUAGES:
            return _refuse(400, "malformed")
        session.language = chosen
        return _answer({})

    def _browser_language(self, request: web.Request) -> str:
        house = self._practice.languages[0] if self._practice else "en"
        return preferred_language(request, default=house if house in LANGUAGES else "en")

    # Seeing

    async def show_inbox(self, request: web.Request) -> web.StreamResponse:
        session = self._sign_in.find(request)
        if session is None:
            raise web.HTTPSeeOther("/inbox/sign-in")
        self._sign_in.touch(session)
        return show(
            request,
            "inbox.html",
            language=session.language,
            csrf=session.csrf,
            who=session.who,
            practice=self._practice.name if self._practice else "",
            time_zone=self._practice.time_zone if self._practice else "",
            now=self._sign_in.now().isoformat(),
            names=_names(self._practice, session.language),
        )

    async def list_handoffs(self, request: web.Request, session: Session) -> web.Response:
        return _answer(await self._desk.handoffs())

    async def show_conversation(self, request: web.Request, session: Session) -> web.Response:
        self._sign_in.touch(session)
        return _answer(await self._desk.conversation(request.match_info["id"]))

    async def stream(self, request: web.Request, session: Session) -> web.StreamResponse:
        """The list, and the conversation that is open on the page, whenever they change.

        Ends with the session: `signed-out` is the last event.
        """
        opened = request.query.get("conversation")
        stream = Stream(request)

        async def look() -> bool:
            if not self._sign_in.is_alive(session):
                await stream.say("signed-out", {})
                return False
            await stream.say("handoffs", await self._desk.handoffs())
            if opened:
                await stream.say("conversation", await self._opened(opened))
            return True

        return await stream.follow(self._desk.subscribe(), look=look)

    async def _opened(self, conversation: str) -> ConversationView | dict[str, str]:
        try:
            return await self._desk.conversation(conversation)
        except UnknownConversation:
            return {"error": "unknown"}

    # Answering

    async def take(self, request: web.Request, session: Session) -> web.Response:
        await self._desk.take(request.match_info["id"], session.who)
        return await self.show_conversation(request, session)

    async def give_back(self, request: web.Request, session: Session) -> web.Response:
        await self._desk.give_back(request.match_info["id"], session.who)
        return await self.show_conversation(request, session)

    async def reply(self, request: web.Request, session: Session) -> web.Response:
        """Stops an answer to words that the person had not seen yet (`seen`), until they send it anyway."""
        answer = _Answer.model_validate_json(await request.read())
        conversation = request.match_info["id"]
        view = await self._desk.conversation(conversation)
        if answer.seen is not None and answer.seen != _latest_of_patient(view):
            return _refuse(409, "newer")
        if not answer.text.strip():
            return _refuse(400, "malformed")
        await self._desk.reply(
            conversation, answer.text.strip(), who=session.who, client_message_id=answer.client_message_id
        )
        return await self.show_conversation(request, session)


async def _in_our_words(handler: Handler, request: web.Request, session: Session) -> web.StreamResponse:
    """What the desk refuses, as HTTP."""
    try:
        return await handler(request, session)
    except UnknownConversation:
        return _refuse(404, "unknown")
    except AlreadyTaken as taken:
        return _refuse(409, "taken", by=taken.by)
    except WindowClosed:
        return _refuse(409, "window_closed")
    except pydantic.ValidationError:
        return _refuse(400, "malformed")


def _names(practice: Practice | None, language: str) -> dict[str, str]:
    """What people call the visit types and practitioners, by id."""
    if practice is None:
        return {}
    visits = {visit_type.id: visit_type.name(language) for visit_type in practice.visit_types}
    return visits | {practitioner.id: practitioner.name for practitioner in practice.practitioners}


def _latest_of_patient(view: ConversationView) -> str | None:
    return next((message.id for message in reversed(view.messages) if message.author is Author.PATIENT), None)


def _nobody(language: str) -> str:
    return {"it": "Segreteria", "ru": "Регистратура"}.get(language, "Reception")


def _answer(value: Any, *, status: int = 200) -> web.Response:
    return web.Response(text=to_json(value), content_type="application/json", status=status)


def _refuse(status: int, error: str, **more: str) -> web.Response:
    return _answer({"error": error, **more}, status=status)
