"""What goes into understanding (a message and its Context) and what comes out (an Understanding)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Literal, Protocol

#: Before the id of a practitioner who is not wanted: "not:rossi".
REFUSED = "not:"

#: What kind of answer the dialogue waits for; it decides how bare words ("4", "Rossi", "sì") are read.
AskedKind = Literal[
    "time", "opening", "name", "phone", "birth_date", "yes_no", "visit_type", "choice", "code", "text"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedChoice:
    """A choice on the patient's screen. `start` is the opening's local wall time, where it is one."""

    title: str
    value: str
    start: datetime | None = None
    practitioner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A practitioner, visit type or place of the practice, and how people call it."""

    id: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The moment and the place in which a message is read. Times are naive practice wall time.

    `just_fixed`: the last that was said is that a visit stands; a bare "11" is then an hour.
    """

    now: datetime
    languages: tuple[str, ...]
    language: str | None = None  # of the conversation so far
    country: str = "IT"  # phones, order of day and month
    opens: time = time(9)
    closes: time = time(19)
    asking: AskedKind | None = None
    choices: tuple[OfferedChoice, ...] = ()
    just_fixed: bool = False
    practitioners: tuple[Named, ...] = ()
    visit_types: tuple[Named, ...] = ()
    sites: tuple[Named, ...] = ()  # where there are several: by name, address, and what else they are called


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    name: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """Something named in the text, at text[start:end].

    Kinds and values: `time` {"from": ISO|None, "to": ISO|None} (half-open, local wall time
    `YYYY-MM-DDTHH:MM`, with `grain` minute|hour|part|day|week|month; a point in time has only "from"),
    `part_of_day` {"from": "HH:MM", "to": "HH:MM"} (any day), `person` (a name as it is to be written),
    `phone` (E.164), `email`, `birth_date` (ISO date), `yes_no` (bool), `choice` (the value of an
    OfferedChoice), `visit_type`, `practitioner` and `site` (an id of the practice; "not:" before that of a
    practitioner who is not wanted), `asap` (True), `minutes` (how long, a number), `relative` (True: "my
    son", "mia moglie", a visit for somebody else), `companion` (each but the first of several names),
    `several_people` (True: "for the two of us"), `one_more` (True: "and for my husband?"); of one's own
    visits `all_of_them` ("all"), `which_one` (its place, -1 the last), `not_this_one` (True) and
    `whose_visit` (a name that is merely mentioned).
    """

    entity: str
    value: Any
    start: int
    end: int
    text: str
    grain: str | None = None
    confidence: float = 1.0
    role: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RedFlag:
    """An emergency in a patient's words. Level A: an ambulance; B: minutes matter; C: today, a person."""

    level: Literal["A", "B", "C"]
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideYes:
    """What a yes does not account for, folded, and what it may want: "ok and how do I get there"."""

    words: tuple[str, ...]
    ranking: tuple[Intent, ...]


#: Characters.
HEARD = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Understanding:
    """What a message means. `language` is the one to answer in, `intent` the best or None.

    `beside_yes` is what is said beside a yes where one was asked for; None: the yes is all that was said.
    """

    text: str
    language: str
    intent: Intent | None
    intent_ranking: tuple[Intent, ...] = ()
    entities: tuple[Entity, ...] = ()
    red_flag: RedFlag | None = None
    unread: str = ""
    beside_yes: BesideYes | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def first(self, entity: str) -> Entity | None:
        return next((e for e in self.entities if e.entity == entity), None)

    @property
    def heard(self) -> str:
        """Its beginning, on which phrases are tried: some take the square of the length, and four thousand
        question marks are a message, too."""
        return self.text[:HEARD]


class Interpreter(Protocol):
    """Reads a batch of messages; deterministic, total: any text gives an Understanding, never an error."""

    def understand_many(self, batch: Sequence[tuple[str, Context]]) -> list[Understanding]: ...
