"""The weeks as one HTML file: no script, no other file, light and dark."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from html import escape

from bot.workshop.simulation.figures import Day, Figures

_WIDTH, _HEIGHT, _HEAD, _FOOT = 900, 132, 18, 34  # of a drawing; it grows and shrinks with the page
_SUNDAY = 6
_STYLE = """
:root {
  color-scheme: light dark;
  --ink: #14211e; --quiet: #5b6b67; --paper: #f6f8f7; --card: #fff; --line: #dfe7e4; --rest: #eef2f0;
  --a: #0f766e; --b: #d9822b; --c: #b42318;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7efed; --quiet: #9db0ab; --paper: #0d1312; --card: #161f1e; }
  :root { --line: #2a3735; --rest: #1c2725; }
  :root { --a: #3fb8a5; --b: #e0a050; --c: #f0766a; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 20px 40px; max-width: 1040px; }
body { background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
h1 { margin: 0; font-size: 26px; letter-spacing: -.01em; }
h2 { margin: 0; font-size: 15px; }
.under { margin: 2px 0 22px; color: var(--quiet); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(126px, 1fr)); gap: 12px; }
.tile, section { border: 1px solid var(--line); border-radius: 14px; background: var(--card); }
.tile { padding: 14px 16px; }
.tile b { display: block; font-size: 25px; line-height: 1.2; font-variant-numeric: tabular-nums; }
.tile span { color: var(--quiet); font-size: 13px; }
section { margin: 14px 0; padding: 16px 18px 12px; }
header { display: flex; flex-wrap: wrap; gap: 4px 18px; align-items: baseline; margin: 0 0 6px; }
.key { color: var(--quiet); font-size: 13px; }
.key i { display: inline-block; width: 9px; height: 9px; margin: 0 6px 0 0; border-radius: 3px; }
svg { display: block; width: 100%; min-width: 640px; height: auto; }
.days { overflow-x: auto; }
text { fill: var(--quiet); font-size: 11px; text-anchor: middle; font-variant-numeric: tabular-nums; }
text.value { fill: var(--ink); font-weight: 600; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(300px, 100%), 1fr)); gap: 0 32px; }
dl { margin: 8px 0 0; }
dl div { display: flex; justify-content: space-between; gap: 18px; padding: 5px 0; }
dl div { border-bottom: 1px solid var(--line); }
dt { color: var(--quiet); }
dd { margin: 0; font-weight: 600; text-align: right; font-variant-numeric: tabular-nums; }
ul { margin: 8px 0 0; padding: 0; list-style: none; }
li { padding-left: 26px; text-indent: -26px; }
li::before { content: "✓"; display: inline-block; width: 26px; text-indent: 0; }
li::before { color: var(--a); font-weight: 700; }
li.bad::before { content: "✗"; color: var(--c); }
li.bad, .tile.bad b { color: var(--c); font-weight: 600; }
footer { margin: 20px 2px 0; color: var(--quiet); font-size: 13px; }
@media print { body { background: #fff; } section, .tile { break-inside: avoid; } }
"""

#: A colour, and what of a day has it.
Series = tuple[str, Callable[[Day], float]]


def page(figures: Figures, *, title: str, price: float) -> str:
    """Everything that was counted, and the days as bars."""
    days = sorted(figures.days.items())
    said = "with nothing sent by the practice" if not figures.with_reminders else "with reminders"
    return "".join(
        (
            '<!doctype html><html lang="en"><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title><style>{_STYLE}</style>",
            f"<h1>{escape(title)}</h1>",
            f'<p class="under">{escape(_span(days))}, {said}, seed {figures.seed}</p>',
            _tiles(figures, price),
            _bars(
                "Chairs in use, share of open time",
                days,
                (("--a", _in_use),),
                shown=lambda value: f"{value:.0%}",
                top=1.0,
            ),
            _bars(
                "Visits a day",
                days,
                (("--a", lambda d: d.visits - d.missed), ("--c", lambda d: d.missed)),
                names=("held", "missed"),
            ),
            _bars(
                "Messages a day",
                days,
                (
                    ("--a", lambda d: d.messages_in),
                    ("--b", lambda d: d.messages_out - d.reminders),
                    ("--c", lambda d: d.reminders),
                ),
                names=("from patients", "answers", "begun by the practice"),
            ),
            _bars("Chats handed to a person", days, (("--b", lambda d: d.handoffs),), top=4.0),
            f"<section><h2>Figures</h2>{_table(figures.summary(price=price))}</section>",
            f"<section><h2>Promises</h2>{_promises(figures)}</section>",
            "<footer>What patients do is assumed, not measured: bot/workshop/simulation/people.py. What the "
            "front desk does is what it does for real ones.</footer></html>",
        )
    )


def _span(days: Sequence[tuple[date, Day]]) -> str:
    return f"{days[0][0]:%-d %B %Y} to {days[-1][0]:%-d %B %Y}" if days else "no days"


def _tiles(figures: Figures, price: float) -> str:
    counts, paid = figures.counts, figures.counts["paid messages"]
    tiles = (
        (f"{figures.missed_share:.1%}", "of visits missed", False),
        (f"{figures.utilisation:.0%}", "of open time in use", False),
        (f"{counts['refilled']} of {counts['freed']}", "freed times booked again", False),
        (f"{figures.total('reminders')}", "messages begun by the practice", False),
        (f"{paid * price:.2f}", f"paid for {paid} of them", False),
        (f"{figures.total('handoffs')}", "chats handed to a person", False),
        (f"{len(figures.broken)}", "promises broken", bool(figures.broken)),
    )
    return (
        '<div class="tiles">'
        + "".join(
            f'<div class="tile{" bad" if is_bad else ""}"><b>{escape(value)}</b>'
            f"<span>{escape(name)}</span></div>"
            for value, name, is_bad in tiles
        )
        + "</div>"
    )


def _promises(figures: Figures) -> str:
    broken = "".join(f'<li class="bad">{escape(one)}</li>' for one in figures.broken)
    kept = "".join(f"<li>{escape(name)} ({looked} looked at)</li>" for name, looked in figures.kept.items())
    return f"<ul>{broken}{kept}</ul>"


def _in_use(day: Day) -> float:
    return day.attended_minutes / day.open_minutes if day.open_minutes else 0.0


def _table(rows: Mapping[str, str]) -> str:
    lines = (f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in rows.items())
    return f"<dl>{''.join(lines)}</dl>"


def _bars(
    title: str,
    days: Sequence[tuple[date, Day]],
    series: Sequence[Series],
    *,
    names: Sequence[str] = (),
    shown: Callable[[float], str] = lambda value: f"{value:g}",
    top: float = 0.0,
) -> str:
    """`top`: the axis reaches at least so far."""
    rows = [(day, [value(found) for _, value in series]) for day, found in days]
    highest = max([top, *(sum(values) for _, values in rows)]) or 1.0
    step = _WIDTH / max(len(rows), 1)
    parts = [
        _column(day, values, place=(number * step, step), series=series, highest=highest, shown=shown)
        for number, (day, values) in enumerate(rows)
    ]
    keys = "".join(
        f'<span class="key"><i style="background:var({colour})"></i>{escape(name)}</span>'
        for (colour, _), name in zip(series, names, strict=False)
    )
    tall = _HEAD + _HEIGHT + _FOOT
    return (
        f"<section><header><h2>{escape(title)}</h2>{keys}</header>"
        f'<div class="days"><svg viewBox="0 0 {_WIDTH} {tall}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}"
        f'<line x1="0" x2="{_WIDTH}" y1="{_HEAD + _HEIGHT}" y2="{_HEAD + _HEIGHT}" stroke="var(--line)"/>'
        "</svg></div></section>"
    )


def _column(
    day: date,
    values: Sequence[float],
    *,
    place: tuple[float, float],
    series: Sequence[Series],
    highest: float,
    shown: Callable[[float], str],
) -> str:
    """One day: what rests on Sundays is shaded, a value stands above, the day below."""
    left, step = place
    wide = min(step * 0.72, 44.0)
    x, middle, y = left + (step - wide) / 2, left + step / 2, float(_HEAD + _HEIGHT)
    parts = []
    if day.weekday() == _SUNDAY:
        parts.append(f'<path d="M{left:.1f} {_HEAD}h{step:.1f}v{_HEIGHT}h-{step:.1f}z" fill="var(--rest)"/>')
    for (colour, _), value in zip(series, values, strict=True):
        tall = _HEIGHT * value / highest
        y -= tall
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{tall:.1f}" rx="2"'
            f' fill="var({colour})"/>'
        )
    total = sum(values)
    if total:
        parts.append(f'<text class="value" x="{middle:.1f}" y="{y - 5:.1f}">{escape(shown(total))}</text>')
    below = _HEAD + _HEIGHT + 15
    parts.append(f'<text x="{middle:.1f}" y="{below}">{day.day}</text>')
    parts.append(f'<text x="{middle:.1f}" y="{below + 14}">{day:%a}</text>')
    return "".join(parts)
