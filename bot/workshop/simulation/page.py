"""The weeks as one HTML file: no script, no other file, light and dark."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from html import escape

from bot.workshop.simulation.figures import Day, Figures

_WIDTH, _HEIGHT, _GAP = 24, 120, 6
_STYLE = """
:root {
  color-scheme: light dark;
  --ink: #14211e; --paper: #f6f8f7; --card: #fff; --line: #dfe7e4;
  --a: #0f766e; --b: #d9822b; --c: #b42318;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7efed; --paper: #0d1312; --card: #161f1e; --line: #2a3735; }
  :root { --a: #3fb8a5; --b: #e0a050; --c: #f0766a; }
}
body { margin: 0 auto; padding: 24px; max-width: 980px; background: var(--paper); color: var(--ink); }
body { font: 15px/1.5 system-ui, sans-serif; }
section { margin: 18px 0; padding: 16px 20px; overflow-x: auto; }
section { border: 1px solid var(--line); border-radius: 14px; background: var(--card); }
h1 { font-size: 24px; }
h2 { margin: 0 0 8px; font-size: 16px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; margin: 0; }
dt { opacity: .75; }
dd { margin: 0; font-weight: 600; }
text { fill: var(--ink); font-size: 10px; }
.bad { color: var(--c); font-weight: 600; }
.key { display: inline-block; width: 10px; height: 10px; margin: 0 6px 0 14px; border-radius: 3px; }
"""


def page(figures: Figures, *, title: str, price: float) -> str:
    """Everything that was counted, and the days as bars."""
    days = sorted(figures.days.items())
    broken = "".join(f"<li>{escape(one)}</li>" for one in figures.broken)
    promises = f'<ul class="bad">{broken}</ul>' if broken else "<p>Every promise held.</p>"
    return "".join(
        (
            f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>',
            f"<style>{_STYLE}</style><h1>{escape(title)}</h1>",
            f"<section><h2>Figures</h2>{_table(figures.summary(price=price))}</section>",
            _bars("Chairs in use, share of open time", days, (("--a", _in_use),), top=1.0),
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
            _bars("Chats handed to a person", days, (("--b", lambda d: d.handoffs),)),
            f"<section><h2>Promises</h2>{promises}</section>",
            f"<p>Seed {figures.seed}. What patients do is assumed, not measured: "
            "bot/workshop/simulation/people.py.</p></html>",
        )
    )


def _in_use(day: Day) -> float:
    return day.attended_minutes / day.open_minutes if day.open_minutes else 0.0


def _table(rows: Mapping[str, str]) -> str:
    lines = (f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows.items())
    return f"<dl>{''.join(lines)}</dl>"


def _bars(
    title: str,
    days: Iterable[tuple[date, Day]],
    series: tuple[tuple[str, Callable[[Day], float]], ...],
    *,
    names: tuple[str, ...] = (),
    top: float | None = None,
) -> str:
    rows = [(day, [value(found) for _, value in series]) for day, found in days]
    highest = top or max((sum(values) for _, values in rows), default=1) or 1
    parts = []
    for place, (day, values) in enumerate(rows):
        x, y = place * (_WIDTH + _GAP), float(_HEIGHT)
        for (colour, _), value in zip(series, values, strict=True):
            tall = _HEIGHT * value / highest
            y -= tall
            parts.append(
                f'<rect x="{x}" y="{y:.1f}" width="{_WIDTH}" height="{tall:.1f}" rx="2"'
                f' fill="var({colour})"/>'
            )
        said = f"{sum(values):.0%}" if top else f"{sum(values):g}"
        parts.append(f'<text x="{x + _WIDTH / 2}" y="{max(y - 3, 9):.0f}" text-anchor="middle">{said}</text>')
        parts.append(f'<text x="{x + _WIDTH / 2}" y="{_HEIGHT + 12}" text-anchor="middle">{day:%d.%m}</text>')
    keys = "".join(
        f'<span class="key" style="background:var({colour})"></span>{escape(name)}'
        for (colour, _), name in zip(series, names, strict=False)
    )
    wide = max(len(rows) * (_WIDTH + _GAP), 1)
    return (
        f"<section><h2>{escape(title)}{keys}</h2>"
        f'<svg width="{wide}" height="{_HEIGHT + 18}" role="img" aria-label="{escape(title)}">'
        f"{''.join(parts)}</svg></section>"
    )
