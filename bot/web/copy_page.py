"""What is kept of a person, as one page that needs nothing else: they may open it anywhere, and print it."""

import json
from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from babel.dates import format_date

from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.web.wording import wording

#: In this order; the last are how the assistant works, which few want to read and everybody may.
_SECTIONS = (
    *("person", "people", "visits", "messages", "files", "notes", "tags", "consents", "never_write"),
    *("reminders", "calls", "facts", "handoffs", "alerts", "arrivals", "trail", "not_understood"),
)
_IN_DETAIL = ("dialogue", "turns", "actions", "suggestions")
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem } li { margin: .6rem 0 } time, dt, .by { color: #57606a }
.words { white-space: pre-wrap }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; margin: 0 }
dd { margin: 0; overflow-wrap: anywhere } ul { padding-left: 1rem } pre { white-space: pre-wrap }
"""


def copy_page(copy: Mapping[str, Any], *, practice: Practice, language: str) -> str:
    """`copy`: as `SqlRights.copy` gives it. Files can be taken out of the page."""
    return _Page(practice, language).of(copy)


class _Page:
    def __init__(self, practice: Practice, language: str) -> None:
        self._practice = practice
        self._words = wording(language)
        self._language = language
        self._time = PracticeTime(practice.time_zone)

    def of(self, copy: Mapping[str, Any]) -> str:
        title = escape(self._say("title", practice=self._practice.name))
        as_of = escape(self._say("as_of", moment=self._moment(copy["as_of"])))
        sections = "".join(self._section(name, copy.get(name) or ()) for name in _SECTIONS)
        detail = {name: copy[name] for name in _IN_DETAIL if copy.get(name)}
        inner = "".join(f"<h3>{self._heading(name)}</h3>{_raw(rows)}" for name, rows in detail.items())
        return (
            f'<!doctype html><html lang="{self._language}"><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style>'
            f"<h1>{title}</h1><p>{as_of}</p><p>{escape(self._say('rights'))}</p>{sections}"
            f"<h2>{escape(self._say('details'))}</h2><details><summary>…</summary>{inner}</details></html>"
        )

    def _section(self, name: str, rows: Any) -> str:
        inner = "".join(f"<li>{self._shown(name, row)}</li>" for row in rows)
        body = f"<ul>{inner}</ul>" if inner else f"<p>{escape(self._say('none'))}</p>"
        return f"<h2>{self._heading(name)}</h2>{body}"

    def _shown(self, section: str, row: Any) -> str:
        match section:
            case "messages":
                return self._message(row)
            case "files":
                return self._file(row)
            case _:
                return self._row(row)

    def _message(self, row: Mapping[str, Any]) -> str:
        author = {"patient": "you", "bot": "assistant"}.get(row["by"], "staff")
        words = row.get("text") or row.get("kind") or ""
        choices = "".join(f" [{each[0]}]" for each in row.get("choices", ()))
        return (
            f"<time>{escape(self._moment(row['at']))}</time>"
            f' <span class="by">{escape(self._say(author))}</span>'
            f'<div class="words">{escape(words + choices)}</div>'
        )

    def _file(self, row: Mapping[str, Any]) -> str:
        bare = {name: value for name, value in row.items() if name != "content"}
        if not row.get("content"):
            return self._row(bare)
        name = escape(row.get("name") or row["id"], quote=True)
        # Never the patient's own type: a page that came as a file must not run in this one.
        address = f"data:application/octet-stream;base64,{row['content']}"
        return f'<a download="{name}" href="{address}">{name}</a>{self._row(bare)}'

    def _row(self, row: Any) -> str:
        if not isinstance(row, Mapping):
            return f"<pre>{escape(str(row))}</pre>"
        lines = "".join(
            f"<dt>{escape(name)}</dt><dd>{escape(self._value(value))}</dd>" for name, value in row.items()
        )
        return f"<dl>{lines}</dl>"

    def _value(self, value: Any) -> str:
        if not isinstance(value, str):
            return json.dumps(value, ensure_ascii=False)
        return self._moment(value) if value[10:11] == "T" else value

    def _moment(self, iso: str) -> str:
        try:
            at = datetime.fromisoformat(iso)
        except ValueError:
            return iso  # somebody's words
        wall = self._time.wall(at) if at.tzinfo is not None else at
        return f"{format_date(wall, 'long', locale=self._language)}, {wall:%H:%M}"

    def _heading(self, name: str) -> str:
        return escape(self._say(name))

    def _say(self, key: str, **facts: str) -> str:
        return self._words[f"copy_{key}"].format(**facts)


def _raw(rows: Any) -> str:
    return f"<pre>{escape(json.dumps(rows, ensure_ascii=False, indent=1))}</pre>"
