"""The staff inbox: who waits for a person, their conversations, and answering them.

Every change is a POST of a signed-in session with our Origin and the session's CSRF token; a GET changes
nothing (ASVS 5.0.0 V3.5.1, V3.5.3); bot.web.access sees to that and to roles, before anything here runs. What
is refused says so as {"error": word}.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import pydantic
from aiohttp import web

from bot.domain.handoff import Outcome
from bot.domain.practice import Practice
from bot.errors import BookingError
from bot.ports import Clock
from bot.service.inbox.assignment import Assignments, NobodyThere
from bot.service.inbox.card import Cards
from bot.service.inbox.desk import (
    AlreadyTaken,
    AssistantPaused,
    Author,
    ConversationView,
    Desk,
    DraftGone,
    ListPage,
    MessageView,
    NothingAnswered,
    Observer,
    UnknownConversation,
    WindowClosed,
)
from bot.service.inbox.notes import Notes
from bot.service.inbox.presence import Present
from bot.service.inbox.search import Finder
from bot.service.inbox.set_asides import SetAsides
from bot.service.inbox.staff import StaffBook
from bot.service.inbox.suggestions import Suggestions
from bot.service.inbox.switches import SwitchBoard
from bot.service.inbox.template_desk import TemplateDesk
from bot.service.inbox.trail import Trail
from bot.service.inbox.visits import VisitDesk, VisitsView
from bot.web.access import SESSION, Handler, add_handlers, answer, guard, refuse
from bot.web.bodies import MESSAGE_ID, Strict, read
from bot.web.frame import closed_page, menu
from bot.web.inbox.assistant import InboxAssistant
from bot.web.inbox.files import FileShelf, InboxFiles
from bot.web.inbox.notes import InboxNotes
from bot.web.inbox.search import InboxSearch
from bot.web.inbox.templates import InboxTemplates
from bot.web.inbox.visits import InboxVisits, diary_facts, refused_booking
from bot.web.live import Heard, Stream
from bot.web.pages import add_pages, show
from bot.web.sign_in.doors import add_doors
from bot.web.sign_in.openid_door import OpenIdDoor
from bot.web.sign_in.session import SignIn
from bot.web.trail import Views
from bot.web.wording import LANGUAGES

#: By language: "flow_ID" -> what people call the flow.
FlowNames = Callable[[str], Mapping[str, str]]
#: Rows of the list that a page begins with, and the most that it may ask for at once.
FIRST_ROWS, MOST_ROWS = 60, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxParts:
    """What stands behind the page. Without cards and visits the page is without them."""

    desk: Desk
    sign_in: SignIn
    staff: StaffBook
    practice: Practice | None = None  # names the page and gives it its time zone
    cards: Cards | None = None
    visits: VisitDesk | None = None
    observer: Observer | None = None
    notes: Notes | None = None
    clock: Clock | None = None
    trail: Trail | None = None  # of who looked at what
    flow_names: FlowNames | None = None
    service: OpenIdDoor | None = None  # to sign in by, besides passwords
    switches: SwitchBoard | None = None
    suggestions: Suggestions | None = None
    set_aside: SetAsides | None = None
    present: Present | None = None  # where several servers tell each other who is there
    finder: Finder | None = None
    files: FileShelf | None = None
    templates: TemplateDesk | None = None


def add_inbox(app: web.Application, parts: InboxParts) -> None:
    """Register /inbox."""
    add_pages(app)
    guard(app, parts.sign_in, closed=closed_page(parts.practice))
    add_doors(app, sign_in=parts.sign_in, practice=parts.practice, service=parts.service)
    inbox = _Inbox(parts)
    handlers: dict[str, Handler] = {
        "GET /inbox": inbox.show_inbox,
        "GET /inbox/events": inbox.stream,
        "GET /inbox/conversations": inbox.list_handoffs,
        "GET /inbox/conversations/{id}": inbox.show_conversation,
        "GET /inbox/conversations/{id}/card": inbox.show_card,
        "GET /inbox/people": inbox.list_people,
        "GET /inbox/{conversation}": inbox.lead_to,
        "POST /inbox/conversations/{id}/take": inbox.take,
        "POST /inbox/conversations/{id}/reply": inbox.reply,
        "POST /inbox/conversations/{id}/give-back": inbox.give_back,
        "POST /inbox/conversations/{id}/assign": inbox.assign,
        "POST /inbox/conversations/{id}/put-back": inbox.put_back,
        "POST /inbox/conversations/{id}/close": inbox.close,
        "POST /inbox/language": inbox.choose_language,
        "POST /inbox/here": inbox.stay,
        "POST /inbox/presence": inbox.be_present,
    }
    if inbox.assistant:
        handlers |= inbox.assistant.handlers()
    if parts.set_aside:
        handlers["POST /inbox/conversations/{id}/try-again"] = inbox.try_again
    if parts.visits and parts.observer and parts.practice:
        handlers |= InboxVisits(parts.visits, parts.observer, parts.practice).handlers()
    if parts.notes and parts.practice and parts.clock:
        handlers |= InboxNotes(parts.notes, parts.staff, parts.practice, parts.clock).handlers()
    if parts.templates:
        handlers |= InboxTemplates(parts.templates).handlers()
    if parts.files:
        handlers |= InboxFiles(parts.files).handlers()
    if parts.finder:
        handlers |= InboxSearch(parts.finder).handlers()
    add_handlers(app, ((name, in_our_words(handler)) for name, handler in handlers.items()))


class _Answer(Strict):
    text: str = pydantic.Field(min_length=1, max_length=4096)
    client_message_id: str = pydantic.Field(pattern=MESSAGE_ID)
    seen: str | None = None  # id of the latest message on the screen, notes aside; None sends in any case


class _Take(Strict):
    instead_of: str | None = pydantic.Field(default=None, max_length=40)


class _Assign(Strict):
    to: str | None = pydantic.Field(default=None, max_length=40)


class _Close(Strict):
    outcome: Outcome = pydantic.Field(strict=False)


class _Language(Strict):
    language: str


class _Presence(Strict):
    page: str = pydantic.Field(pattern=MESSAGE_ID)
    conversation: str | None = pydantic.Field(default=None, max_length=80)
    is_writing: bool = False


class _Inbox:
    def __init__(self, parts: InboxParts) -> None:
        self._desk = parts.desk
        self._sign_in = parts.sign_in
        self._assignments = Assignments(parts.staff, parts.desk, parts.sign_in.clock)
        self._practice = parts.practice
        self._cards = parts.cards
        self._visits = parts.visits
        self._observer = parts.observer
        self._views = Views(parts.trail, parts.sign_in)
        self._has_notes = parts.notes is not None
        self._set_aside = parts.set_aside
        self._has_search = parts.finder is not None
        self._flow_names = parts.flow_names or (lambda language: {})
        self._present = parts.present or Present(parts.clock or parts.sign_in)
        self.assistant = (
            InboxAssistant(parts.switches, parts.suggestions, parts.practice)
            if parts.switches and parts.suggestions and parts.practice
            else None
        )

    # Being here

    async def stay(self, request: web.Request) -> web.Response:
        """A person moves in the page; that alone keeps a session alive, live updates do not."""
        return answer({})

    async def be_present(self, request: web.Request) -> web.Response:
        """A page says which conversation it shows, and whether somebody writes there."""
        given = await read(request, _Presence)
        who = request[SESSION].who
        await self._present.is_at(who, given.page, given.conversation, is_writing=given.is_writing)
        return answer({})

    async def choose_language(self, request: web.Request) -> web.Response:
        chosen = (await read(request, _Language)).language
        if chosen not in LANGUAGES:
            return refuse(400, "malformed")
        await self._sign_in.speak(request[SESSION], chosen)
        return answer({})

    # Seeing

    async def show_inbox(self, request: web.Request) -> web.StreamResponse:
        session = request[SESSION]
        return show(
            request,
            "inbox.html",
            language=session.language,
            csrf=session.csrf,
            who=session.who,
            role=session.role,
            practice=self._practice.name if self._practice else "",
            time_zone=self._practice.time_zone if self._practice else "",
            now=self._sign_in.now().isoformat(),
            names={**_names(self._practice, session.language), **self._flow_names(session.language)},
            has_notes=self._has_notes,
            has_assistant=self.assistant is not None,
            has_search=self._has_search,
            menu=menu(request),
            is_away=await self._assignments.is_away(session.person),
            facts=diary_facts(self._practice, session.language) if self._practice and self._visits else {},
        )

    async def lead_to(self, request: web.Request) -> web.Response:
        """The links of alerts: a conversation's own address."""
        query = urlencode({"conversation": request.match_info["conversation"]})
        raise web.HTTPSeeOther(f"/inbox?{query}")

    async def list_handoffs(self, request: web.Request) -> web.Response:
        """A page of the list: ?filter=waiting, ?rows=50, and ?after= where the page before ended."""
        try:
            return answer(await self._page(request, after=request.query.get("after")))
        except ValueError:
            return refuse(400, "malformed")

    async def _page(self, request: web.Request, *, after: str | None = None) -> ListPage:
        rows = min(max(int(request.query.get("rows", FIRST_ROWS)), 1), MOST_ROWS)
        chosen = request.query.get("filter", "all")
        tag = request.query.get("tag") or None
        return await self._desk.page(chosen, who=request[SESSION].who, limit=rows, after=after, tag=tag)

    async def show_conversation(self, request: web.Request) -> web.Response:
        view = await self._desk.conversation(request.match_info["id"])
        await self._views.note(request[SESSION], view.id)
        return answer(view)

    async def show_card(self, request: web.Request) -> web.Response:
        return answer(await self._cards.card(request.match_info["id"]) if self._cards else ())

    async def list_people(self, request: web.Request) -> web.Response:
        """Names of those to whom a conversation can be given: they are at the desk."""
        return answer([one.name for one in await self._assignments.there()])

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """The first page of the list, who is where, how much the assistant may do, and of the conversation
        that is open on the page what was said, its card and its visits; with `?diary` the diary too. Whenever
        they change.

        Ends with the session: `signed-out` is the last event.
        """
        session = request[SESSION]
        opened = request.query.get("conversation")
        stream = Stream(request)
        at_desk, people = Heard(self._desk.subscribe()), Heard(self._present.subscribe())
        if opened:
            await self._views.note(session, opened)

        async def look() -> bool:
            if not await self._sign_in.is_alive(session):
                await stream.say("signed-out", {})
                return False
            await stream.say("presence", self._present.others(session.who))
            came, changed = people.fetch(), at_desk.fetch()
            if came and not changed:
                return True  # somebody came or went, and nothing else happened
            if self.assistant:
                await stream.say("assistant", self.assistant.in_short())
            try:
                await stream.say("handoffs", await self._page(request))
            except ValueError:
                return False
            if opened:
                await self._say_opened(stream, opened)
            if self._observer and "diary" in request.query:
                await stream.say("diary", await self._observer.diary())
            return True

        return await stream.follow(at_desk.ticks(), people.ticks(), look=look)

    async def _say_opened(self, stream: Stream, opened: str) -> None:
        try:
            await stream.say("conversation", await self._desk.conversation(opened))
            if self._cards:
                await stream.say("card", await self._cards.card(opened))
            if self._visits:
                await stream.say("visits", await self._visits_of(self._visits, opened))
        except UnknownConversation:
            await stream.say("conversation", {"error": "unknown"})

    async def _visits_of(self, visits: VisitDesk, opened: str) -> VisitsView | dict[str, str]:
        try:
            return await visits.visits(opened)
        except BookingError as error:  # the diary does not answer; the conversation goes on
            return {"error": f"booking_{error.outcome}"}

    # Owning. What it came to is the stream's to tell: an answer of ours could arrive after something newer.

    async def take(self, request: web.Request) -> web.Response:
        """Also instead of a colleague, who is named: whoever took it over meanwhile is not passed over."""
        given = await read(request, _Take)
        session = request[SESSION]
        await self._desk.take(request.match_info["id"], session.who, instead_of=given.instead_of)
        return answer({})

    async def give_back(self, request: web.Request) -> web.Response:
        await self._desk.give_back(request.match_info["id"], request[SESSION].who)
        return answer({})

    async def try_again(self, request: web.Request) -> web.Response:
        """What could not be answered, once more."""
        assert self._set_aside is not None
        await self._set_aside.try_again(request.match_info["id"], by=request[SESSION].who)
        return answer({})

    async def assign(self, request: web.Request) -> web.Response:
        """To a colleague who is at the desk, or without a name to whoever of them is freest."""
        to = (await read(request, _Assign)).to
        await self._assignments.give(request.match_info["id"], to, who=request[SESSION].who)
        return answer({})

    async def put_back(self, request: web.Request) -> web.Response:
        await self._desk.put_back(request.match_info["id"], request[SESSION].who)
        return answer({})

    async def close(self, request: web.Request) -> web.Response:
        outcome = (await read(request, _Close)).outcome
        await self._desk.close(request.match_info["id"], request[SESSION].who, outcome=outcome)
        return answer({})

    # Answering

    async def reply(self, request: web.Request) -> web.Response:
        """Stops an answer to words that the person had not seen yet (`seen`), of the patient or a colleague,
        and shows them, until they send it anyway."""
        given = await read(request, _Answer)
        conversation = request.match_info["id"]
        view = await self._desk.conversation(conversation)
        if given.seen is not None and (newer := _newer(view, given.seen, request[SESSION].who)):
            return refuse(409, "newer", messages=newer)
        if not given.text.strip():
            return refuse(400, "malformed")
        await self._desk.reply(
            conversation,
            given.text.strip(),
            who=request[SESSION].who,
            client_message_id=given.client_message_id,
        )
        return answer({})


def in_our_words(handler: Handler) -> Handler:
    """What the desk refuses, as HTTP."""

    async def told(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)
        except UnknownConversation:
            return refuse(404, "unknown")
        except AlreadyTaken as taken:
            return refuse(409, "taken", by=taken.by)
        except NobodyThere:
            return refuse(409, "nobody_there")
        except WindowClosed:
            return refuse(409, "window_closed")
        except DraftGone:
            return refuse(409, "draft_gone")
        except AssistantPaused:
            return refuse(409, "assistant_paused")
        except BookingError as error:
            return refused_booking(error)
        except NothingAnswered:
            return refuse(409, "nothing_answered")
        except pydantic.ValidationError:
            return refuse(400, "malformed")

    return told


def _names(practice: Practice | None, language: str) -> Mapping[str, str]:
    """What people call the visit types and practitioners, by id."""
    if practice is None:
        return {}
    visits = {visit_type.id: visit_type.name(language) for visit_type in practice.visit_types}
    return visits | {practitioner.id: practitioner.name for practitioner in practice.practitioners}


def _newer(view: ConversationView, seen: str, who: str) -> tuple[MessageView, ...]:
    """What came after that message; what one wrote oneself, and notes, are no news. Of a message that is not
    there, and of "" in a conversation that began meanwhile, everything is."""
    said = [message for message in view.messages if message.author is not Author.NOTE]
    place = next((place for place, message in enumerate(said) if message.id == seen), -1)
    return tuple(m for m in said[place + 1 :] if not (m.author is Author.STAFF and m.by == who))
