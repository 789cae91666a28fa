"""The templates of one account: created, judged, paused, deleted; and what a call of one is refused for."""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.stand_in.options import KnownTemplate
from bot.stand_in.refusals import Refused
from bot.stand_in.template_texts import BODY_LIMIT, TemplateText, filled, read_template, refused

STATES = ("PENDING", "APPROVED", "REJECTED", "PAUSED", "DISABLED", "IN_APPEAL", "FLAGGED")
_NAME_IS_BLOCKED = timedelta(days=30)
_MOST = 250

Parameters = Sequence[tuple[str | None, str]]
Announce = Callable[[str, Mapping[str, Any]], None]


@dataclass(slots=True, kw_only=True)
class Template:
    id: int
    text: TemplateText
    status: str
    reason: str = "NONE"

    def as_json(self) -> dict[str, Any]:
        shown = {
            "name": self.text.name,
            "parameter_format": "NAMED" if self.text.named else "POSITIONAL",
            "components": list(self.text.components),
            "language": self.text.language,
            "status": self.status,
            "category": self.text.category,
            "id": str(self.id),
        }
        return shown if self.reason == "NONE" else {**shown, "rejected_reason": self.reason}


class TemplateShelf:
    """`announce` posts a webhook: a field and its value. With neither created nor known templates, calls of
    any name are let through unseen."""

    def __init__(
        self,
        *,
        for_page: bool,
        known: tuple[KnownTemplate, ...] | None,
        now: Callable[[], datetime],
        announce: Announce,
    ) -> None:
        self._for_page = for_page
        self._now = now
        self._announce = announce
        self._ids = itertools.count(1_100_000_000_000_001)
        self._templates: dict[tuple[str, str], Template] = {}
        self._blocked: dict[tuple[str, str], datetime] = {}
        self._takes_any = known is None
        for each in known or ():
            self._templates[each.name, each.language] = Template(
                id=next(self._ids), text=_made_up(each), status=each.status
            )

    def create(self, body: object) -> Template:
        """Not yet judged. Raises GraphRefused."""
        text = read_template(body, for_page=self._for_page)
        key = text.name, text.language
        if key in self._templates:
            raise refused("there is already content in this language for this template", 2388024)
        if self._blocked.get(key, self._now()) > self._now():
            raise refused("the content of this name and language is being deleted", 2388023)
        if len(self._templates) >= _MOST:
            raise refused(f"an account has at most {_MOST} templates", 2388019)
        self._takes_any = False
        template = Template(id=next(self._ids), text=text, status="PENDING")
        self._templates[key] = template
        return template

    def edit(self, id: str, body: object) -> Template:
        """New content, to be judged again. Raises GraphRefused."""
        found = self.by_id(id)
        if found is None:
            raise refused("no such template", 33)
        old = found.text
        if not isinstance(body, dict):
            raise refused("Param body must be a JSON object")
        whole = {"name": old.name, "language": old.language, "category": old.category, **body}
        whole.setdefault("parameter_format", "NAMED" if old.named else "POSITIONAL")
        found.text = read_template(whole, for_page=self._for_page)
        found.status = "PENDING"
        return found

    def delete(self, name: str, *, id: str | None = None) -> None:
        """All languages of a name, or the one template of this id. Raises GraphRefused."""
        gone = [
            key
            for key, template in self._templates.items()
            if key[0] == name and id in (None, str(template.id))
        ]
        if not gone:
            raise refused("message template not found", 2593002)
        for key in gone:
            if self._templates.pop(key).status == "APPROVED":
                self._blocked[key] = self._now() + _NAME_IS_BLOCKED

    def by_id(self, id: str) -> Template | None:
        return next((each for each in self._templates.values() if str(each.id) == id), None)

    def find(self, name: str, language: str) -> Template | None:
        return self._templates.get((name, language))

    def listed(self, *, name: str = "", status: str = "", language: str = "") -> list[dict[str, Any]]:
        return [
            each.as_json()
            for each in self._templates.values()
            if name in each.text.name
            and status.upper() in ("", each.status)
            and language in ("", each.text.language)
        ]

    def judge(self, template: Template, status: str, *, reason: str = "NONE") -> None:
        """Meta makes up its mind; the webhook says so."""
        template.status = status
        template.reason = reason if status == "REJECTED" else "NONE"
        told: dict[str, Any] = {
            "event": status,
            "message_template_id": template.id,
            "message_template_name": template.text.name,
            "message_template_language": template.text.language,
            "reason": reason,
        }
        if status == "PAUSED":
            told["other_info"] = {"title": "FIRST_PAUSE", "description": "Patients blocked or reported it."}
        if status == "DISABLED":
            told["disable_info"] = {"disable_date": int(self._now().timestamp())}
        self._announce("message_template_status_update", told)

    def recategorise(self, template: Template, category: str) -> None:
        previous = template.text.category
        values = {name: getattr(template.text, name) for name in template.text.__slots__}
        template.text = TemplateText(**{**values, "category": category})
        told = {
            "message_template_id": template.id,
            "message_template_name": template.text.name,
            "message_template_language": template.text.language,
            "previous_category": previous,
            "new_category": category,
        }
        self._announce("template_category_update", told)

    def check_call(
        self,
        name: str,
        language: str,
        *,
        header: Parameters,
        body: Parameters,
        header_format: str = "",
        buttons: Sequence[int] = (),
    ) -> TemplateText | None:
        """The template meant, None where any is let through. `buttons`: the places that got a parameter.
        Raises Refused."""
        template = self._templates.get((name, language))
        if template is None:
            if self._takes_any:
                return None
            raise Refused(132001, "Template name does not exist in the translation")
        if template.status == "PAUSED":
            raise Refused(132015, f"Template {name} is paused due to low quality")
        if template.status == "DISABLED":
            raise Refused(132016, f"Template {name} has been disabled")
        if template.status not in ("APPROVED", "FLAGGED"):
            raise Refused(132001, f"Template {name} is not approved in the translation")
        text = template.text
        if (text.header_format or "TEXT") != (header_format or text.header_format or "TEXT"):
            raise Refused(132012, f"header: Format mismatch, expected {text.header_format or 'none'}")
        values = _matched(text, "body", text.body_variables, body)
        if text.header_format in ("", "TEXT"):
            _matched(text, "header", text.header_variables, header)
        if len(filled(text.body, values)) > BODY_LIMIT:
            raise Refused(132005, f"Translated text is longer than {BODY_LIMIT} characters")
        takes = [
            place
            for place, button in enumerate(text.buttons)
            if button.kind in ("QUICK_REPLY", "POSTBACK") or button.has_variable
        ]
        if not set(buttons) <= set(takes):
            raise Refused(132018, "There is no button with a parameter at this index")
        missing = [place for place in takes if text.buttons[place].kind == "URL" and place not in buttons]
        if missing:
            raise Refused(131008, f"buttons: Button at index {missing[0]} of type Url requires a parameter")
        return text


def _matched(text: TemplateText, part: str, wanted: tuple[str, ...], given: Parameters) -> dict[str, str]:
    if len(given) != len(wanted):
        raise Refused(
            132000,
            f"{part}: number of localizable_params ({len(given)}) does not match the expected number of "
            f"params ({len(wanted)})",
        )
    names = [name for name, _ in given]
    if not text.named:
        if any(name is not None for name in names):
            raise Refused(132012, f"{part}: this template has positional parameters")
        return dict(zip(wanted, (value for _, value in given), strict=True))
    if any(name is None for name in names):
        raise Refused(100, "Parameter name is missing or empty")
    if set(names) != set(wanted):
        raise Refused(132018, f"{part}: parameter names do not match those of the template")
    return {str(name): value for name, value in given}


def _made_up(known: KnownTemplate) -> TemplateText:
    """A text with as many variables as are known of it."""
    body = "Text " + " ".join(f"{{{{{number}}}}}" for number in range(1, known.body_parameters + 1)) + " text"
    return TemplateText(name=known.name, language=known.language, category="UTILITY", named=False, body=body)
