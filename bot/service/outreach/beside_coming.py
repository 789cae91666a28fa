"""What is asked or added beside a yes to a message about a visit: the yes counts, and the rest is answered.

"Yes! Do I need to bring anything?" comes. Whom the visit is with, and when it is, only the visit tells.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from bot.dialogue import Assistant, Conversation, commands_for
from bot.dialogue.asides import EATING
from bot.dialogue.commands import Command, KnowledgeAnswer, StartFlow
from bot.dialogue.gist import BOOK
from bot.service.outreach.coming import agrees_to_come, is_held_back, names_hours, speaks_of_another_time
from bot.service.outreach.done_besides import IDLE
from nlu.turns_of_speech import LATE
from nlu.understanding import Intent, Understanding

_LATE = "running_late"
_ALL = re.IGNORECASE | re.VERBOSE
_OF_THE_VISIT = re.compile(
    r"""(?<!\w)(?:
      (?:with\s(?:whom|who)|who(?:['’]?s|\sis|m)?\s(?:\w+\s){0,4}with|which\s(?:dentist|doctor)|con\schi|da\schi
        |quale\s(?:dottore|dottoressa|dentista|medico)|к\sкому|у\sкого|с\sкем|к\sкакому\s\w+|какой\sврач)(?!\w)
    | (?:what|which)\s(?:time|hour|day)|when\s(?:is|was)\s(?:it|my)|at\swhat\stime
    | (?:a\s)?che\s(?:ora|ore|giorno)|quando\s(?:è|era)
    | во\sсколько|в\sкотором\sчасу|на\sсколько|в\sкакое\sвремя|на\sкакое\sвремя
    | когда\s(?:у\sменя|при[её]м|мне)
    )""",
    _ALL,
)
#: "10.30, right?" asks whether it is so.
_IS_IT_SO = re.compile(
    r"(?<!\w)(?:right|correct|wasn['’]?t it|isn['’]?t it|giusto|vero|no|corretto|esatto|верно"
    r"|правильно|да|так"
    r"|(?:вроде|кажется)\b.{0,30}|записан[аы]?)\s{0,3}\?",
    re.IGNORECASE,
)
_SO_MANY_MINUTES = re.compile(
    r"(?<!\w)(?:min(?:s|utes?|uti|uto|utino|utini)?|minut\w{1,6}|минут\w{0,4}|мин)(?!\w)", re.IGNORECASE
)
_BEHIND_TIME = re.compile(
    rf"(?<!\w)(?:{LATE}|later|dopo|(?:più\s)?tardi|in\sritardo|позже|попозже|позднее)(?!\w)", re.IGNORECASE
)


_ANOTHER_HOUR = re.compile(
    r"(?<!\w)(?:later|earlier|sooner|another (?:time|hour|day)|move|più tardi|più presto|prima delle|spost\w+"
    r"|un['’]altr[oa] (?:ora|giorno|orario)|позже|пораньше|раньше|попозже"
    r"|друг(?:ое|ой) (?:время|день|час)|перен\w+)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedToAYes:
    """`comes`: what notes a yes; `hours` and minutes at which the visits begin, on the wall."""

    comes: tuple[Command, ...]
    hours: Collection[tuple[int, int]]
    assistant: Assistant

    def commands(
        self, commands: tuple[Command, ...], understanding: Understanding, conversation: Conversation
    ) -> tuple[Command, ...]:
        """What such an answer does; () where it adds nothing to a yes, and asks nothing of the visit."""
        said, triggers = understanding.heard, self.assistant.triggers
        appointments = triggers.get("my_appointments")
        if appointments is not None and asks_of_the_visit(said):
            noted = self.comes if agrees_to_that_hour(said, self.hours) else ()
            return (*noted, StartFlow(appointments, explicit=True))
        if self.comes and self._is_yes_beside(commands, understanding):
            return (*self.comes, *commands)
        if is_a_little_late(said) and _LATE in triggers:
            late = replace(understanding, intent=Intent(name=_LATE, confidence=1.0))
            return commands_for(late, conversation, self.assistant)
        return ()

    def _is_yes_beside(self, commands: Sequence[Command], understanding: Understanding) -> bool:
        """Whether the words say yes, and what they ask beside it stands in no one's way: a question that has
        an answer, or one more visit, of a kind that is named."""
        said = understanding.heard
        if not agrees_to_come(said) or is_held_back(said) or not commands:
            return False
        topics = {each.topic for each in commands if isinstance(each, KnowledgeAnswer) and each not in IDLE}
        if topics and len(topics) == len(commands):
            moves = speaks_of_another_time(said) and EATING.removeprefix("faq/") not in topics
            return "?" in said and topics <= self.assistant.answers.keys() and not moves
        flow = self.assistant.triggers.get(BOOK)
        books = any(isinstance(each, StartFlow) and each.flow == flow for each in commands)
        return books and understanding.first("visit_type") is not None and understanding.first("wish") is None


def asks_of_the_visit(text: str) -> bool:
    """ "Who is it with?", "what time is it again?", "10.30, right?"."""
    if "?" in text and names_hours(text) and _IS_IT_SO.search(text):
        return True
    return _OF_THE_VISIT.search(text) is not None and ("?" in text or len(text.split()) <= 6)


def agrees_to_that_hour(text: str, hours: Collection[tuple[int, int]]) -> bool:
    """A yes that names no hour but that of the visit, and asks for none."""
    if is_held_back(text, but=True) or speaks_of_another_time(text) or _ANOTHER_HOUR.search(text):
        return False
    return agrees_to_come(text) and names_hours(text) <= set(hours)


def is_a_little_late(text: str) -> bool:
    """ "Sì, magari arrivo cinque minuti dopo": comes, and staff hear by how much."""
    late = _SO_MANY_MINUTES.search(text) is not None and _BEHIND_TIME.search(text) is not None
    return late and agrees_to_come(text) and "?" not in text
