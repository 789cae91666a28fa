"""A visit that is added to the one that waits for a yes: "yes and a cleaning after it" changes nothing."""

from __future__ import annotations

import re
from dataclasses import replace

from bot.dialogue.message import Message
from nlu.understanding import Entity, Intent

_YES_AND = re.compile(
    r"\W*(yes|yeah|yep|sure|ok|okay|perfect|great|s[iì]|va bene|perfetto|certo|да|ок|окей|хорошо"
    r"|отлично|давайте)\W+"
    r"((please|thanks|per favore|grazie|пожалуйста|спасибо)\W+)?((and|plus|e|ed|и|а)\s+)"
    r"((also|then|afterwards|after that|poi|anche|dopo|потом|ещё|еще|также|затем|сразу)\s+)*"
    r"((i'?d like|i need|book|vorrei|prenot\w+|запишите|хочу)\s+)?((for|per|на|also|anche)\s+)?((a|an"
    r"|the|un|una|la|il)\s+)?",
    re.IGNORECASE,
)
_AFTER_IT = re.compile(
    r"\W*(((right|straight|directly|just) )?(after|afterwards|then)( (it|that|this))?|too|as well"
    r"|please|thanks"
    r"|subito dopo|dopo( di quella)?|poi|anche|grazie|per favore|(сразу )?после( (этого|него|не[её]))?"
    r"|тоже|потом|следом"
    r"|пожалуйста|спасибо|\W)*",
    re.IGNORECASE,
)


def adds_a_visit(message: Message) -> bool:
    """Whether the yes is one, and another kind of visit is wished for besides."""
    kinds = [e for e in message.understanding.entities if e.entity == "visit_type"]
    if message.asked_kind != "yes_no" or not message.is_booking() or len(kinds) != 1:
        return False
    text = message.understanding.text
    if message.conversation.slots.get("visit_type") == kinds[0].value or "?" in text:
        return False
    before, behind = text[: kinds[0].start], text[kinds[0].end :]
    return bool(_YES_AND.fullmatch(before) and _AFTER_IT.fullmatch(behind))


def without_added_visit(message: Message) -> Message:
    """A plain yes. What is added is offered once the first visit stands."""
    said = message.understanding
    yes = Entity(entity="yes_no", value=True, start=0, end=len(said.text), text=said.text)
    plain = replace(
        said,
        intent=Intent(name="affirm", confidence=1.0),
        entities=(yes,),
        details={key: value for key, value in said.details.items() if key != "withheld"},
    )
    return replace(message, understanding=plain)
