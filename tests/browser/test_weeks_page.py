"""The page of simulated weeks, as a browser shows it: nothing is cut off, and nothing is loaded."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser

from bot.workshop.simulation.figures import Day, Figures
from bot.workshop.simulation.page import page
from tests.browser.people import leave

MONDAY = date(2026, 3, 2)


def weeks() -> Figures:
    figures = Figures(seed=1, seconds=60.0)
    for number in range(28):
        figures.days[MONDAY + timedelta(days=number)] = Day(
            open_minutes=960,
            booked_minutes=480,
            attended_minutes=36 * (number % 20),
            visits=number % 12,
            missed=number % 3 if number % 12 > 2 else 0,
            messages_in=5 * number,
            messages_out=6 * number,
            reminders=number // 2,
            handoffs=number % 2,
        )
    figures.looked("No two visits at one time", 57)
    figures.looked("Nobody was written to at night", 90, ["a message at <03:10>"])
    return figures


@pytest.mark.parametrize(("width", "scheme"), [(1040, "light"), (360, "dark")])
async def test_the_weeks_fit_a_desk_and_a_phone(
    browser: Browser, tmp_path: Path, width: int, scheme: str
) -> None:
    path = tmp_path / "weeks.html"
    path.write_text(page(weeks(), title="28 days of nobody", price=0.03), encoding="utf-8")
    context = await browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    shown, asked = await context.new_page(), list[str]()
    shown.on("request", lambda request: asked.append(request.url))

    await shown.goto(path.as_uri())

    outside = await shown.evaluate(
        """() => [...document.querySelectorAll("svg")].flatMap((svg) => {
          const frame = svg.getBoundingClientRect();
          return [...svg.querySelectorAll("text, rect")].filter((each) => {
            const box = each.getBoundingClientRect();
            return box.left < frame.left - 1 || box.right > frame.right + 1
              || box.top < frame.top - 1 || box.bottom > frame.bottom + 1;
          });
        }).length"""
    )
    wide = await shown.evaluate("document.documentElement.scrollWidth")
    assert (outside, wide <= width, asked) == (0, True, [path.as_uri()])
    assert await shown.locator(".tile").count() == 7
    assert await shown.locator("li.bad").inner_text() == "a message at <03:10>"
    assert await shown.locator("li:not(.bad)").inner_text() == "No two visits at one time (57 looked at)"
    await leave(context)
