"""A conversation in the terminal: `chairside chat`."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from bot import bootstrap
from bot.dialogue.effects import Button
from bot.domain.conversation import Choice
from bot.domain.practice import Practice, WhatsAppAccount
from bot.errors import ChairsideError
from bot.service.clock import StartedClock, SystemClock
from bot.testing import ACCOUNT, Surgery
from bot.workshop.explain import trace_lines
from bot.workshop.talk import ActionMissing, EndlessTurn, Talk, Venue

_GREETING = {
    "it": "Scriva qui; una riga vuota per finire.",
    "en": "Write here; an empty line ends.",
    "ru": "Пишите здесь; пустая строка заканчивает разговор.",
}


async def chat_in_terminal(
    configuration: bootstrap.Configuration, *, now: datetime | None, language: str | None
) -> None:
    """`chairside chat`: be the patient. A number taps that choice; an empty line or Ctrl-D ends."""
    print(_GREETING.get(language or "", _GREETING["en"]))
    with TemporaryDirectory(prefix="chairside-chat-") as folder:
        clock = StartedClock(now or SystemClock().now())
        environment = configuration.apart(Path(folder)).environment
        at = clock.now().isoformat()
        async with Surgery.open(
            Path(folder), at=at, clock=clock, environment=environment, change=_to_try_out
        ) as surgery:
            patient = surgery.patient()
            while line := _ask():
                choices = patient.screen and patient.sees.choices
                if choices and line.isdigit() and 0 < int(line) <= len(choices):
                    answers = await patient.brings(choices[int(line) - 1].payload)
                else:
                    answers = await patient.says(line)
                for seen in answers:
                    _show(seen.text, seen.choices)


async def chat_at_the_bench(venue: Venue, *, language: str | None, trace: bool) -> None:
    """The same with the engine alone. Payloads may be typed; `trace` tells what each message came to."""
    languages = venue.assistant.languages
    if language is not None and language not in languages:
        raise ChairsideError(f'--language "{language}" is not spoken here; one of: {", ".join(languages)}')
    print(_GREETING.get(language or languages[0], _GREETING["en"]))
    talk = Talk(venue, slots={"language": language} if language else {})
    offered: Sequence[Button] = ()
    while line := _ask():
        if line.isdigit() and 0 < int(line) <= len(offered):
            line = offered[int(line) - 1].payload
        before = [(frame.flow_id, frame.step_id, frame.interrupted) for frame in talk.conversation.stack]
        try:
            turn = await talk.hears(line)
        except (ActionMissing, EndlessTurn) as error:
            print(f"\n{error}\n")
            talk = Talk(venue, slots={"language": language} if language else {})
            continue
        offered = [button for said in turn.said for button in said.buttons]
        if trace:
            at, assistant = venue.now(), venue.assistant
            told = trace_lines(turn, before=before, number=talk.turns, at=at, assistant=assistant)
            print("\n".join(told))
        for said in turn.said:
            _show(said.text, said.buttons)
        if turn.conversation.paused and not turn.said:
            print("\n(a person has the conversation; the assistant says nothing)\n")


def _to_try_out(practice: Practice) -> Practice:
    """Nothing is booked in the practice's own software by who only tries things out; and whoever does needs
    no account anywhere."""
    ours = WhatsAppAccount(phone_number_id=ACCOUNT, app_secret="", verify_token="", access_token="")
    return replace(practice, system=None, whatsapp=(ours,))


def _ask() -> str:
    print("> ", end="", flush=True)
    return sys.stdin.readline().strip()


def _show(text: str, choices: Sequence[Choice | Button]) -> None:
    print(f"\n{text}")
    for number, choice in enumerate(choices, start=1):
        note = f"  ({choice.description})" if choice.description else ""
        print(f"  [{number}] {choice.title}{note}")
    print()
