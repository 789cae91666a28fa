"""How pages hear of changes."""

from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from bot.web.live import Bell, changes, to_json
from tests.web.fakes import NOW, said


async def test_a_ring_right_after_the_first_look_is_heard() -> None:
    bell = Bell()
    async with aclosing(changes(bell.subscribe(), quiet=60)) as ticks:
        first = await anext(ticks)
        bell.ring()
        bell.ring()
        second = await anext(ticks)

    assert (first, second) == (True, True)


async def test_several_sources_are_heard() -> None:
    one, other = Bell(), Bell()
    async with aclosing(changes(one.subscribe(), other.subscribe(), quiet=60)) as ticks:
        await anext(ticks)
        heard = []
        for bell in (one, other, other, one):
            bell.ring()
            heard.append(await anext(ticks))

    assert heard == [True] * 4


async def test_silence_is_told_and_does_not_deafen() -> None:
    bell = Bell()
    async with aclosing(changes(bell.subscribe(), quiet=0.01)) as ticks:
        await anext(ticks)
        silence = await anext(ticks)
        bell.ring()
        ring = next(tick for tick in [await anext(ticks), await anext(ticks)] if tick)

    assert (silence, ring) == (False, True)


async def test_a_source_that_ends_ends_the_changes() -> None:
    async def once() -> AsyncIterator[None]:
        yield

    assert [tick async for tick in changes(once(), Bell().subscribe(), quiet=60)] == [True, True]


async def test_a_source_that_breaks_is_not_silent() -> None:
    async def breaks() -> AsyncIterator[None]:
        yield
        raise RuntimeError("the desk is on fire")

    with pytest.raises(RuntimeError, match="on fire"):
        async for _ in changes(breaks(), quiet=60):
            pass


async def test_who_stops_listening_leaves_nothing_behind() -> None:
    bell = Bell()
    async with aclosing(changes(bell.subscribe(), quiet=60)) as ticks:
        await anext(ticks)
        before = bell.listeners

    assert (before, bell.listeners) == (1, 0)


def test_views_become_json() -> None:
    assert to_json(said("Ciao")) == (
        '{"id":"m-1","at":"' + NOW.isoformat() + '","author":"patient","text":"Ciao","choices":[],'
        '"kind":"text","state":null,"by":null,"client_message_id":null,"files":[],"quoted":"","is_edited":false}'
    )


def test_what_has_no_json_form_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        to_json(object())
