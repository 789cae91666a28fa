"""Commands that show what flows do: graph, explain, replay."""

import json
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shared import DEFAULT_DATA, ContentFolder, Data, assistant_of, beside
from bot.dialogue import Assistant
from bot.drawing import to_mermaid, to_svg
from bot.errors import ChairsideError
from bot.storage.turns.journals import Erased
from bot.workshop.archive import Archive, open_archive
from bot.workshop.explain import explain_conversation, explanation_lines
from bot.workshop.graph import chosen_flows, draw, language_for, read_missing, write_graphs
from bot.workshop.masking import Mask
from bot.workshop.replay import Replayed, divergence_lines, summary
from bot.workshop.replay import replay as replay_conversation

ShowWords = Annotated[
    bool, typer.Option("--show-words", help="Also what patients wrote, their names and numbers.")
]
_LISTED = 20


class Form(StrEnum):
    MERMAID = "mermaid"
    SVG = "svg"


def graph(
    flows: Annotated[
        list[str] | None,
        typer.Argument(help="Ids of flows; else all of the content's own.", show_default=False),
    ] = None,
    content: ContentFolder = None,
    form: Annotated[Form, typer.Option("--format", help="Mermaid is text, SVG a picture.")] = Form.MERMAID,
    coverage: Annotated[
        Path | None,
        typer.Option(help="Colour what tests missed, by the file of `test --coverage FILE.json`."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write a file for each flow into this folder.")] = None,
    language: Annotated[str | None, typer.Option(help="Of texts; else the content's first.")] = None,
) -> None:
    """Draws flows: steps, branches with their conditions, and where they lead."""
    assistant = assistant_of(content)
    graphs = draw(
        assistant,
        chosen_flows(assistant, flows or ()),
        language=language_for(assistant, language),
        missing=read_missing(coverage) if coverage is not None else None,
    )
    if out is not None:
        print(f"{len(write_graphs(graphs, out, form=form))} flows drawn in {out}.")
    elif form is Form.MERMAID:
        print(to_mermaid(graphs), end="")
    elif len(graphs) == 1:
        print(to_svg(graphs[0]), end="")
    else:
        raise ChairsideError("SVG is one picture a flow: name one flow, or a folder for all with --out DIR")


def explain(
    conversation: Annotated[
        str | None, typer.Argument(help="Its id, or how that begins; without it the latest are listed.")
    ] = None,
    turn: Annotated[int | None, typer.Argument(help="Only this turn; 1 is the first.")] = None,
    data: Data = DEFAULT_DATA,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    show_words: ShowWords = False,
) -> None:
    """Tells why the assistant said that: what it understood, tested, ran, set and said, turn by turn."""
    with open_archive(beside(data), shows_words=show_words) as archive:
        if conversation is None:
            _list_conversations(archive, as_json=as_json)
            return
        turns = archive.turns(archive.journals.find(conversation))
    explained = explain_conversation(turns, archive.mask)
    if turn is not None:
        if not 1 <= turn <= len(explained):
            raise ChairsideError(f"the conversation has turns 1 to {len(explained)}, not {turn}")
        explained = explained[turn - 1 : turn]
    if as_json:
        print(json.dumps([each.to_json() for each in explained], ensure_ascii=False, indent=2))
    else:
        print("\n\n".join("\n".join(explanation_lines(each)) for each in explained))


def replay(
    against: Annotated[Path, typer.Option(help="A folder with the changed flows.")],
    data: Data = DEFAULT_DATA,
    conversation: Annotated[
        str | None, typer.Option(help="Only this one: its id, or how that begins.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
    show_words: ShowWords = False,
) -> None:
    """Takes stored conversations again with changed flows; tells which go otherwise, status 1 if any."""
    with open_archive(beside(data), shows_words=show_words) as archive:
        assistant = archive.read_changed(against)
        mask = replace(archive.mask, assistant=assistant)
        ids = [archive.journals.find(conversation)] if conversation else archive.ids()
        replayed = [_replay(archive, each, assistant, mask) for each in ids]
    divergences = [divergence for each in replayed for divergence in each.divergences]
    if as_json:
        print(json.dumps([each.to_json() for each in divergences], ensure_ascii=False, indent=2))
    else:
        for each in replayed:
            if each.skipped:
                print(f"{each.conversation[:8]} is skipped: {each.skipped}")
        for divergence in divergences:
            print("\n".join(divergence_lines(divergence)))
        print(summary(replayed))
    if divergences:
        raise SystemExit(1)


def _replay(archive: Archive, conversation: str, assistant: Assistant, mask: Mask) -> Replayed:
    try:
        turns = archive.turns(conversation)
    except Erased:
        return Replayed(conversation=conversation, skipped="it was erased at the patient's wish")
    return replay_conversation(
        conversation, turns, assistant, language=archive.practice.languages[0], mask=mask
    )


def _list_conversations(archive: Archive, *, as_json: bool) -> None:
    listed = archive.journals.latest(limit=_LISTED)
    if as_json:
        told = [
            {"id": c.id, "channel": c.channel, "turns": c.turns, "last_at": c.last_at.isoformat()}
            for c in listed
        ]
        print(json.dumps(told, indent=2))
        return
    for each in listed:
        at = archive.clock.wall(each.last_at)
        print(f"{each.id[:8]}  {at:%Y-%m-%d %H:%M}  {each.channel:<10} {each.turns:>3} turns")
    if not listed:
        print("No conversations yet.")
