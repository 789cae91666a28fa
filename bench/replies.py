"""Replies of every shape, in three languages, rendered for each channel and read by the strict stand-in.

Each must be accepted, carry our id, lose no words where it says that it lost none, and be cut (where a
channel has no room) only between characters as readers see them, which another library judges.

    python -m bench.replies --replies 1000 --seed 1
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import regex

from bot.channels import instagram, messenger, whatsapp
from bot.channels.plain_text import clean, one_line
from bot.dialogue.names import FACTS
from bot.dialogue.template_reading import load_templates
from bot.domain.conversation import (
    Address,
    Choice,
    FormCall,
    LinkButton,
    Media,
    MediaKind,
    Place,
    Rendered,
    Reply,
)
from bot.domain.outreach import PARAMETERS
from bot.domain.templates import KNOWN_PARAMETERS, Template
from bot.source import content
from bot.stand_in.instagram_requests import read_instagram_request
from bot.stand_in.messenger_requests import read_page_request
from bot.stand_in.whatsapp_requests import read_request

OUTBOX = "6f0d7c1e-7a0f-5c53-9c51-3a4f8d1f4b60"
LANGUAGES = ("en", "it", "ru")
_PHRASES: Mapping[str, tuple[str, ...]] = {
    "en": ("We have these times for you.", "Which one suits you?", "Dr Green sees you on Tuesday at 10:30."),
    "it": (
        "Ecco gli orari disponibili.",
        "Quale preferisce?",
        "La dott.ssa Verdi La riceve martedì alle 10:30.",
    ),
    "ru": ("Вот свободное время.", "Что вам подходит?", "Доктор Зелёная ждёт вас во вторник в 10:30."),
}
#: Characters that are several code points: cutting within one shows something else.
_CLUSTERS = ("👩🏽‍⚕️", "🇮🇹", "é", "й", "👨‍👩‍👧‍👦", "நி", "각", "\r\n", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "❤️‍🔥", "😀")
_TITLES: Mapping[str, tuple[str, ...]] = {
    "en": ("Tue 12 May, 10:30", "Another day", "Somebody else", "Yes", "No"),
    "it": ("mar 12 mag, 10:30", "Un altro giorno", "Qualcun altro", "Sì", "No"),
    "ru": ("вт 12 мая, 10:30", "Другой день", "Другой врач", "Да", "Нет"),
}


@dataclass(frozen=True, slots=True)
class Door:
    """A channel's renderer, what judges its messages, and where our id travels."""

    render: Callable[..., Rendered]
    read: Callable[[object], object]
    address: Address
    our_id: Callable[[Mapping[str, Any]], Any]
    has_templates: bool = True


DOORS: Mapping[str, Door] = {
    "whatsapp": Door(
        whatsapp.render,
        read_request,
        Address(channel="whatsapp", account="1", recipient="IT.1111111111", phone="+393330000001"),
        lambda body: body["biz_opaque_callback_data"],
    ),
    "messenger": Door(
        messenger.render,
        read_page_request,
        Address(channel="messenger", account="2", recipient="7000000000000001"),
        lambda body: body["message"]["metadata"],
    ),
    "instagram": Door(
        instagram.render,
        read_instagram_request,
        Address(channel="instagram", account="3", recipient="8000000000000001"),
        lambda body: body["message"]["metadata"],
        has_templates=False,
    ),
}


@dataclass(slots=True)
class Tally:
    """What became of the replies, by channel."""

    rendered: Counter[str] = field(default_factory=Counter)
    fell_back: Counter[str] = field(default_factory=Counter)
    shapes: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def shipped_templates() -> Mapping[str, Template]:
    known = KNOWN_PARAMETERS | PARAMETERS | FACTS
    return load_templates([content("flows")], languages=LANGUAGES, known=known)


def made(seed: int, count: int, templates: Mapping[str, Template]) -> Iterator[tuple[str, str, Reply]]:
    """(shape, language, reply), every shape in every language in turn."""
    dice = random.Random(seed)
    shapes = tuple(_SHAPES)
    for number in range(count):
        shape, language = shapes[number % len(shapes)], LANGUAGES[number // len(shapes) % len(LANGUAGES)]
        yield shape, language, _SHAPES[shape](dice, language, templates)


def judge(seed: int, count: int, templates: Mapping[str, Template]) -> Tally:
    tally = Tally()
    for shape, language, reply in made(seed, count, templates):
        for channel, door in DOORS.items():
            if reply.template is not None and not door.has_templates:
                continue
            tally.rendered[channel] += 1
            tally.shapes[shape] += 1
            try:
                rendered = door.render(reply, door.address, outbox_id=OUTBOX)
                door.read(json.loads(json.dumps(rendered.body)))
                tally.fell_back[channel] += rendered.fallback is not None
                tally.faults += [
                    f"{channel} {shape} {language}: {fault}" for fault in _faults(reply, rendered, door)
                ]
            except Exception as error:  # the one thing that is looked for
                tally.faults.append(f"{channel} {shape} {language}: {type(error).__name__}: {error}")
    return tally


def _faults(reply: Reply, rendered: Rendered, door: Door) -> Iterator[str]:
    if door.our_id(rendered.body) != OUTBOX:
        yield "our id is missing"
    if reply.template is not None:
        return
    shown = _strings(rendered.body)
    is_shortened = "shortened" in (rendered.fallback or "")
    wanted = [clean(reply.text).strip(), *(one_line(choice.title) for choice in reply.choices)]
    for words in wanted:
        if words and not is_shortened and not any(words in each for each in shown):
            yield f"words are lost: {words[:40]!r}"
    for each in shown:
        head, ellipsis, _ = each.partition("…")
        if is_shortened and ellipsis and reply.text.startswith(head) and not _ends_whole(reply.text, head):
            yield f"a character is cut: {head[-10:]!r}"


def _ends_whole(text: str, head: str) -> bool:
    """Whether `head` ends where one character ends, by Unicode's rules as `regex` has them."""
    ends = {0, *(found.end() for found in regex.finditer(r"\X", text))}
    rest = text[len(head) :]
    return len(head) in ends or rest[:1].isspace()


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _strings(part)]


# -- shapes -----------------------------------------------------------------------------------------------


def _words(dice: random.Random, language: str, least: int = 1, most: int = 4) -> str:
    said = [dice.choice(_PHRASES[language]) for _ in range(dice.randint(least, most))]
    if dice.random() < 0.3:
        said.insert(dice.randrange(len(said) + 1), dice.choice(_CLUSTERS) * dice.randint(1, 8))
    return " ".join(said).replace("\r\n", "\n")


def _long(dice: random.Random, language: str) -> str:
    """Longer than any channel takes, and hard to cut."""
    if dice.random() < 0.5:
        return dice.choice(_CLUSTERS) * dice.randint(400, 1500)
    return " ".join(_words(dice, language, 3, 6) for _ in range(dice.randint(8, 40)))


def _choices(
    dice: random.Random, language: str, count: int, *, described: bool = False
) -> tuple[Choice, ...]:
    titles = [f"{dice.choice(_TITLES[language])[:16]} {number}" for number in range(count)]
    if dice.random() < 0.15 and count:
        titles[dice.randrange(count)] += " " + _words(dice, language, 1, 1)
    return tuple(
        Choice(
            title=title,
            payload=f"c1.{number}{'x' * dice.randint(1, 150)}",
            description=_words(dice, language, 1, dice.choice((1, 1, 2))) if described else "",
        )
        for number, title in enumerate(titles)
    )


def _media(dice: random.Random) -> Media:
    kind = dice.choice(tuple(MediaKind))
    name = "istruzioni.pdf" if kind is MediaKind.DOCUMENT else ""
    return Media(kind=kind, link="https://studio.example/files/after", filename=name)


_PLACE = Place(latitude=45.07, longitude=7.68, name="Studio Aurora", address="Via Roma 1, Torino")


def _template(dice: random.Random, language: str, templates: Mapping[str, Template]) -> Reply:
    template = templates[dice.choice(sorted(templates))]
    values = template.examples(language) | {"practice_phone": "+390110000000"}
    if "staff_text" in values:
        values["staff_text"] = _words(dice, language, 1, 3) + "\n\t " + dice.choice(_CLUSTERS)
    reply = template.reply(language, values)
    tokens = tuple(replace(choice, payload="c1." + "x" * 90) for choice in reply.choices)
    return replace(reply, choices=tokens)


_Shape = Callable[[random.Random, str, Mapping[str, Template]], Reply]

_SHAPES: Mapping[str, _Shape] = {
    "text": lambda dice, language, _: Reply(text=_words(dice, language)),
    "long text": lambda dice, language, _: Reply(text=_long(dice, language)),
    "empty text": lambda dice, language, _: Reply(text=dice.choice(("", " ", "\x00", "\ud83d"))),
    "buttons": lambda dice, language, _: Reply(
        text=_words(dice, language), choices=_choices(dice, language, dice.randint(1, 3))
    ),
    "list": lambda dice, language, _: Reply(
        text=_words(dice, language),
        choices=_choices(dice, language, dice.randint(4, 10), described=True),
        menu=dice.choice(("Options", "Vedi le opzioni", "x" * 30)),
    ),
    "many choices": lambda dice, language, _: Reply(
        text=_words(dice, language), choices=_choices(dice, language, dice.randint(11, 30))
    ),
    "choices below a long text": lambda dice, language, _: Reply(
        text=_long(dice, language), choices=_choices(dice, language, dice.randint(1, 12), described=True)
    ),
    "the same title twice": lambda dice, language, _: Reply(
        text=_words(dice, language),
        choices=(_choices(dice, language, 1)[0], Choice(title="x", payload="")) * 2,
    ),
    "media": lambda dice, language, _: Reply(
        text=dice.choice(("", _words(dice, language))), media=_media(dice)
    ),
    "media with choices": lambda dice, language, _: Reply(
        text=_words(dice, language),
        media=_media(dice),
        choices=_choices(dice, language, dice.randint(1, 6), described=dice.random() < 0.5),
    ),
    "place": lambda dice, language, _: Reply(text=dice.choice(("", _words(dice, language))), place=_PLACE),
    "link": lambda dice, language, _: Reply(
        text=_words(dice, language),
        link=LinkButton(
            label=dice.choice(("Pay", "Оплатить счёт по ссылке")), url="https://studio.example/p/1"
        ),
    ),
    "form": lambda dice, language, _: Reply(
        text=_words(dice, language),
        form=FormCall(id="123", token=OUTBOX, label="Details", screen=dice.choice(("", "FIRST"))),
    ),
    "request for the number": lambda dice, language, _: Reply(text=_words(dice, language), asks_phone=True),
    "template": _template,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--replies", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    tally = judge(chosen.seed, chosen.replies, shipped_templates())
    print(
        f"{chosen.replies} replies of {len(_SHAPES)} shapes in {len(LANGUAGES)} languages, seed {chosen.seed}"
    )
    for channel, count in tally.rendered.items():
        print(
            f"{channel:10} {count} rendered and accepted, {tally.fell_back[channel]} shown in a lesser form"
        )
    print("\n".join(tally.faults[:20]))
    print(f"{len(tally.faults)} faults")
    sys.exit(bool(tally.faults))


if __name__ == "__main__":
    main()
