"""Where steps go on the page: layer by layer from the top, with few crossings and straight long lines.

After Sugiyama, Tagawa and Toda (1981): edges that lead back are turned round, every node stands one layer
below the lowest of those before it, long edges pass each layer at a point of their own, layers are sorted by
the middle of their neighbours, and within that order everybody stands as near to their neighbours as the
others allow. Labels are nodes of the layout too, so nothing lies on top of anything else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

_GAP = 28.0  # beside each other
_SLACK = 16.0  # beside a line that only passes
_RISE = 34.0  # between layers
_SWEEPS = 12
_PULLS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """From one node to another; `label` is the size of what stands on it, if anything does."""

    source: str
    target: str
    label: Size | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The middle of a node or label, and its size."""

    x: float
    y: float
    size: Size

    @property
    def top(self) -> float:
        return self.y - self.size.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.size.height / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """`lines` and `labels` belong to the arcs, in their order. A line's points lead from source to target;
    two neighbouring ones are the ends of a curve that leaves and arrives upright."""

    width: float
    height: float
    places: Mapping[str, Place]
    lines: tuple[tuple[tuple[float, float], ...], ...]
    labels: tuple[Place | None, ...]


def lay_out(sizes: Mapping[str, Size], arcs: Sequence[Arc], *, margin: float = 16.0) -> Layout:
    """`sizes` in reading order, the first one being where it begins."""
    return _Page(sizes, arcs).layout(margin)


_POINT = Size(width=0, height=0)


class _Page:
    def __init__(self, sizes: Mapping[str, Size], arcs: Sequence[Arc]) -> None:
        self._sizes = dict(sizes)
        self._arcs = arcs
        self._turned = _leading_back([*sizes], arcs)
        self._chains: list[list[str]] = []  # by arc: what its line passes, from above to below
        self._layer = self._layers()
        self._above: dict[str, list[str]] = {name: [] for name in self._sizes}
        self._below: dict[str, list[str]] = {name: [] for name in self._sizes}
        for chain in self._chains:
            for one, other in pairwise(chain):
                self._below[one].append(other)
                self._above[other].append(one)
        self._rows: list[list[str]] = [[] for _ in range(max(self._layer.values()) + 1)]
        for name in self._sizes:
            self._rows[self._layer[name]].append(name)

    def _layers(self) -> dict[str, int]:
        """Also makes the chains: label nodes and points on the way become nodes of their own."""
        links: list[tuple[str, str]] = []
        for number, arc in enumerate(self._arcs):
            ends = (arc.target, arc.source) if number in self._turned else (arc.source, arc.target)
            chain = [*ends]
            if arc.source == arc.target:
                chain = []
            elif arc.label is not None:
                name = _label(number)
                self._sizes[name] = arc.label
                chain.insert(1, name)
            self._chains.append(chain)
            links += pairwise(chain)
        layer = _longest_ways([*self._sizes], links)
        for number, chain in enumerate(self._chains):
            whole: list[str] = chain[:1]
            for one, other in pairwise(chain):
                for passed in range(layer[one] + 1, layer[other]):
                    name = f"\0point {number} {passed}"
                    self._sizes[name] = _POINT
                    layer[name] = passed
                    whole.append(name)
                whole.append(other)
            self._chains[number] = whole
        return layer

    def layout(self, margin: float) -> Layout:
        self._sort()
        across = self._across()
        places = self._places(across, margin)
        loops = [a.source for a in self._arcs if a.source == a.target]
        right = max(place.x + place.size.width / 2 for place in places.values()) + (24 if loops else 0)
        lines = [
            self._line(number, chain, places) if chain else _loop(places[self._arcs[number].source])
            for number, chain in enumerate(self._chains)
        ]
        labels = [places.get(_label(number)) for number in range(len(self._arcs))]
        return Layout(
            width=right + margin,
            height=max(place.bottom for place in places.values()) + margin,
            places=places,
            lines=tuple(lines),
            labels=tuple(labels),
        )

    def _sort(self) -> None:
        """Keeps the order with the fewest crossings that sweeping down and up comes by."""
        best, fewest = [[*row] for row in self._rows], self._crossings()
        for sweep in range(_SWEEPS):
            down = sweep % 2 == 0
            rows = self._rows[1:] if down else self._rows[-2::-1]
            for row in rows:
                before = self._above if down else self._below
                place = {n: i for other in self._rows for i, n in enumerate(other)}
                middle = {n: _mean([place[o] for o in before[n]], place[n]) for n in row}
                row.sort(key=lambda name: middle[name])
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [[*row] for row in self._rows], crossings
        self._rows = best

    def _crossings(self) -> int:
        count = 0
        for row, under in pairwise(self._rows):
            place = {name: number for number, name in enumerate(under)}
            ends = [
                place[other] for name in row for other in sorted(self._below[name], key=place.__getitem__)
            ]
            count += sum(a > b for i, a in enumerate(ends) for b in ends[i + 1 :])
        return count

    def _across(self) -> dict[str, float]:
        x: dict[str, float] = {}
        for row in self._rows:
            for name, at in zip(
                row, _spread([0.0] * len(row), self._steps(row), [1.0] * len(row)), strict=True
            ):
                x[name] = at
        for pull in range(_PULLS):
            rows, near = (self._rows, self._above) if pull % 2 == 0 else (self._rows[::-1], self._below)
            for row in rows:
                wishes = [_mean([x[o] for o in near[name]], x[name]) for name in row]
                weights = [4.0 if self._sizes[name] is _POINT else 1.0 for name in row]
                for name, at in zip(row, _spread(wishes, self._steps(row), weights), strict=True):
                    x[name] = at
        return x

    def _steps(self, row: Sequence[str]) -> list[float]:
        """How far apart the middles of neighbours must be."""
        return [
            (self._sizes[a].width + self._sizes[b].width) / 2
            + (_SLACK if self._sizes[a] is _POINT or self._sizes[b] is _POINT else _GAP)
            for a, b in pairwise(row)
        ]

    def _places(self, across: Mapping[str, float], margin: float) -> dict[str, Place]:
        left = min(across[name] - self._sizes[name].width / 2 for name in across) - margin
        places: dict[str, Place] = {}
        top = margin
        for row in self._rows:
            height = max(self._sizes[name].height for name in row)
            for name in row:
                places[name] = Place(x=across[name] - left, y=top + height / 2, size=self._sizes[name])
            top += height + _RISE
        return places

    def _line(
        self, number: int, chain: Sequence[str], places: Mapping[str, Place]
    ) -> tuple[tuple[float, float], ...]:
        """From below the first to above the last; through a label it goes straight."""
        points: list[tuple[float, float]] = []
        for place, name in enumerate(chain):
            at = places[name]
            if place == 0:
                points.append((self._port(name, chain[1], self._below, places), at.bottom))
            elif place == len(chain) - 1:
                points.append((self._port(name, chain[-2], self._above, places), at.top))
            elif at.size is _POINT:
                points.append((at.x, at.y))
            else:
                points += [(at.x, at.top), (at.x, at.bottom)]
        return tuple(reversed(points)) if number in self._turned else tuple(points)

    def _port(
        self, name: str, other: str, neighbours: Mapping[str, list[str]], places: Mapping[str, Place]
    ) -> float:
        """Lines of one node leave side by side, in the order of where they go."""
        near = sorted(neighbours[name], key=lambda each: places[each].x)
        apart = min(28.0, places[name].size.width / (len(near) + 1))
        return places[name].x + (near.index(other) - (len(near) - 1) / 2) * apart


def _leading_back(names: Sequence[str], arcs: Sequence[Arc]) -> frozenset[int]:
    """The arcs that close a circle, seen from the first node on."""
    leaving: dict[str, list[int]] = {name: [] for name in names}
    for number, arc in enumerate(arcs):
        leaving[arc.source].append(number)
    back: set[int] = set()
    done: set[str] = set()
    for start in names:
        if start in done:
            continue
        path = {start}
        stack = [(start, iter(leaving[start]))]
        while stack:
            name, ways = stack[-1]
            way = next(ways, None)
            if way is None:
                stack.pop()
                path.discard(name)
                done.add(name)
                continue
            target = arcs[way].target
            if target in path:
                back.add(way)
            elif target not in done:
                path.add(target)
                stack.append((target, iter(leaving[target])))
    return frozenset(back)


def _longest_ways(names: Sequence[str], links: Sequence[tuple[str, str]]) -> dict[str, int]:
    """The layer of each: one below the lowest of those that lead to it. `links` have no circle."""
    waits = dict.fromkeys(names, 0)
    after: dict[str, list[str]] = {name: [] for name in names}
    for one, other in links:
        after[one].append(other)
        waits[other] += 1
    layer = dict.fromkeys(names, 0)
    ready = [name for name in names if not waits[name]]
    while ready:
        name = ready.pop()
        for other in after[name]:
            layer[other] = max(layer[other], layer[name] + 1)
            waits[other] -= 1
            if not waits[other]:
                ready.append(other)
    return layer


def _spread(wishes: Sequence[float], steps: Sequence[float], weights: Sequence[float]) -> list[float]:
    """As near to the wishes as can be, in this order and at least `steps` apart (least squares: neighbours
    that would overlap become a block, which goes to the middle of its wishes)."""
    offsets = [0.0]
    for step in steps:
        offsets.append(offsets[-1] + step)
    blocks: list[tuple[float, float, int]] = []  # middle, weight, members
    for wish, offset, weight in zip(wishes, offsets, weights, strict=True):
        middle, heavy, members = wish - offset, weight, 1
        while blocks and blocks[-1][0] >= middle:
            other, mass, count = blocks.pop()
            middle = (other * mass + middle * heavy) / (mass + heavy)
            heavy, members = heavy + mass, members + count
        blocks.append((middle, heavy, members))
    bases = [middle for middle, _, members in blocks for _ in range(members)]
    return [base + offset for base, offset in zip(bases, offsets, strict=True)]


def _label(number: int) -> str:
    return f"\0label {number}"  # no step is called so


def _loop(place: Place) -> tuple[tuple[float, float], ...]:
    """Out of the right side and in again."""
    right = place.x + place.size.width / 2
    return ((right, place.y - 8), (right + 24, place.y), (right, place.y + 8))


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
