"""The rules that content declares under `outreach`: read and checked, every mistake told at once.

What a rule names must exist: its template, in every language of the practice; the flow that each button of it
starts; whatever its words name must be filled for whom it is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import time
from pathlib import Path

from bot.dialogue.model import Assistant, CollectStep
from bot.dialogue.names import FACTS
from bot.dialogue.outreach_keys import CALL, RULE, SEND
from bot.dialogue.payloads import IntentPayload, SlotsPayload, read_payload
from bot.dialogue.reading import Fields, Ledger, entries_of, nearest, text_of
from bot.domain.channels import NAMES as CHANNELS
from bot.domain.outreach import (
    ABOUT_VISITS,
    LOOKS_AHEAD,
    OF_BALANCE,
    OF_PATIENTS,
    OF_VISITS,
    Asks,
    Kind,
    Rule,
    Span,
    When,
    Who,
)
from bot.domain.templates import ButtonKind, Category, Template
from bot.errors import ContentRefused
from bot.source import Node, read_file

_IN_ORDER = ("whatsapp", "messenger", "sms", "email")
_QUIET = (time(8), time(20))
#: Moments that may not be written to at all, whatever a rule says.
_NIGHT = (time(7), time(21, 30))


def load_outreach(
    folders: Sequence[Path],
    *,
    assistant: Assistant,
    templates: Mapping[str, Template],
) -> tuple[Rule, ...]:
    """Every rule in these folders. Raises ContentRefused with all mistakes."""
    ledger = Ledger()
    rules: dict[str, Rule] = {}
    for path, shown in _files(folders):
        try:
            section = read_file(path, shown_as=shown).get("outreach")
        except ContentRefused:
            continue  # the loader of flows tells
        for key, node in entries_of(section, ledger, '"outreach"') if section else ():
            name = str(key.scalar)
            if name in rules:
                ledger.add(key, "E-DUP", f'the rule "{name}" is defined twice; keep one')
                continue
            rule = _Reading(name, key, node, ledger, assistant, templates).read()
            rules[name] = rule
    if any(problem.is_error for problem in ledger.problems):
        raise ContentRefused(tuple(ledger.problems))
    return tuple(rules.values())


def _files(folders: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    for folder in folders:
        for path in [folder] if folder.is_file() else sorted(folder.rglob("*.y*ml")):
            name = path.name if path == folder else str(Path(folder.name) / path.relative_to(folder))
            yield path, name


class _Reading:
    """One rule while it is read."""

    def __init__(
        self,
        name: str,
        key: Node,
        node: Node,
        ledger: Ledger,
        assistant: Assistant,
        templates: Mapping[str, Template],
    ) -> None:
        self._name = name
        self._key = key
        self._ledger = ledger
        self._assistant = assistant
        self._templates = templates
        self._fields = Fields(node, ledger, f'rule "{name}"', RULE)

    def read(self) -> Rule:
        fields = self._fields
        who = Who(self._one_of("for", [str(each) for each in Who]))
        kind = Kind(self._one_of("kind", [str(each) for each in Kind]))
        call, script = self._call(who)
        rule = Rule(
            id=self._name,
            who=who,
            kind=kind,
            when=self._when(who),
            template=fields.text("template") if fields.get("template") else "",
            channels=tuple(fields.names("channels")) or _IN_ORDER,
            flow=fields.maybe_text("flow"),
            asks=self._asks(),
            no=fields.maybe_text("no"),
            visit_types=frozenset(fields.names("visit_types")),
            topic=fields.maybe_text("topic"),
            settled_by=frozenset(fields.names("settled_by")),
            call=call,
            script=script,
            answers_for=self._span(fields, "answers_for") or Span.parse("7 days"),
            is_on=fields.flag("on", True),
        )
        self._check(rule)
        return rule

    def _asks(self) -> Asks:
        if self._fields.get("asks") is None:
            return Asks.HOW_THEY_ARE
        if self._fields.get("flow") is None:
            self._say('"asks" belongs to a message that asks: name its "flow"', self._fields.get("asks"))
        return Asks(self._one_of("asks", [str(each) for each in Asks]))

    # -- moments ------------------------------------------------------------------------------------------

    def _when(self, who: Who) -> When:
        node = self._fields.get("send")
        if node is None:
            self._say('"send" is missing; say when, such as {before: 24 hours}')
            return When(offset=Span())
        fields = Fields(node, self._ledger, f'"send" of rule "{self._name}"', SEND)
        right, wrong = ("before", "after") if who in LOOKS_AHEAD else ("after", "before")
        if fields.get(wrong) is not None:
            self._say(f'a rule for {who} is sent "{right}", not "{wrong}"', fields.get(wrong))
        offset = self._span(fields, right)
        if offset is None and fields.get("at") is None:
            self._say(f'say when: "{right}: 24 hours", or "at: 10:00" on the day itself', node)
        cap, times = fields.number("a_day"), fields.number("times")
        if fields.get("times") is not None and fields.get("every") is None:
            self._say('"times" needs "every: 1 day"', fields.get("times"))
        return When(
            offset=offset or Span(),
            at=self._clock(fields, "at"),
            between=self._between(fields),
            open_days=fields.flag("open_days", False),
            lead=self._span(fields, "lead") or Span(),
            until=self._span(fields, "until") or Span.parse("2 hours"),
            cap=None if cap is None else int(cap),
            every=self._span(fields, "every"),
            times=1 if times is None else int(times),
        )

    def _between(self, fields: Fields) -> tuple[time, time]:
        node = fields.get("between")
        if node is None:
            return _QUIET
        start, _, end = fields.text("between").partition("-")
        try:
            span = (time.fromisoformat(start.strip().zfill(5)), time.fromisoformat(end.strip().zfill(5)))
        except ValueError:
            self._say('hours are written as "08:00-20:00"', node)
            return _QUIET
        if not _NIGHT[0] <= span[0] < span[1] <= _NIGHT[1]:
            self._say("nobody is written to at night: take hours between 07:00 and 21:30", node)
        return span

    def _clock(self, fields: Fields, key: str) -> time | None:
        node = fields.get(key)
        if node is None:
            return None
        try:
            return time.fromisoformat(fields.text(key).strip().zfill(5))
        except ValueError:
            self._say(f'"{key}" is a time such as "10:00"', node)
            return None

    def _span(self, fields: Fields, key: str) -> Span | None:
        node = fields.get(key)
        if node is None:
            return None
        try:
            return Span.parse(fields.text(key))
        except ValueError as error:
            self._say(f'"{key}": {error}', node)
            return None

    def _call(self, who: Who) -> tuple[Span | None, dict[str, str]]:
        node = self._fields.get("call")
        if node is None:
            return None, {}
        fields = Fields(node, self._ledger, f'"call" of rule "{self._name}"', CALL)
        right = "before" if who in LOOKS_AHEAD else "after"
        span = self._span(fields, right)
        if span is None:
            self._say(f'say when to call: "{right}: 4 hours"', node)
        script = fields.mapping("script")
        texts = {
            str(key.scalar): text_of(value, self._ledger, "a script")
            for key, value in (script.entries if script else ())
        }
        for language in self._assistant.languages:
            if language not in texts:
                self._say(f'the script has no words in "{language}", a language of this practice', node)
        return span, texts

    # -- what it names ------------------------------------------------------------------------------------

    def _check(self, rule: Rule) -> None:
        if rule.visit_types and rule.who not in ABOUT_VISITS:
            self._say(f'a rule for {rule.who} is about no visit; delete "visit_types"')
        if (rule.who is Who.TOPIC) != (rule.topic is not None):
            self._say('"topic" belongs to rules for topic, and they need one')
        for channel in rule.channels:
            if channel not in CHANNELS:
                self._say(f'there is no channel "{channel}"{nearest(channel, CHANNELS)}')
        for flow in filter(None, (rule.flow, rule.no, *sorted(rule.settled_by))):
            if flow not in self._assistant.flows:
                self._say(f'there is no flow "{flow}"{nearest(flow, self._assistant.flows)}')
        self._check_question(rule)
        template = self._templates.get(rule.template)
        if template is None:
            self._say(f'there is no template "{rule.template}"{nearest(rule.template, self._templates)}')
            return
        self._check_template(rule, template)

    def _check_question(self, rule: Rule) -> None:
        """The question stands in the template: the flow must begin with it."""
        flow = self._assistant.flows.get(rule.flow or "")
        if flow is None:
            return
        first = flow.steps[flow.first]
        if not isinstance(first, CollectStep) or first.utter is None:
            self._say(
                f'flow "{flow.id}" is asked by this message: its first step must be a "collect" with words'
            )

    def _check_template(self, rule: Rule, template: Template) -> None:
        for language in self._assistant.languages:
            if language not in template.languages:
                self._say(f'template "{template.name}" has no words in "{language}"')
        filled = OF_PATIENTS | FACTS
        filled |= OF_VISITS if rule.who in ABOUT_VISITS else frozenset()
        filled |= OF_BALANCE if rule.who is Who.BALANCE else frozenset()
        for name in sorted(template.used - filled):
            self._say(
                f'template "{template.name}" names {{{name}}}, which nothing fills in a rule for {rule.who}'
                f"{nearest(name, filled)}"
            )
        is_marketing = template.category is Category.MARKETING
        if is_marketing != (rule.kind is Kind.PROMOTION):
            self._say(
                f'template "{template.name}" is {template.category}, and the rule is {rule.kind}:'
                ' what promotes has "category: marketing" and "kind: promotion", anything else neither'
            )
        for button in template.buttons:
            if button.kind is ButtonKind.REPLY and not self._leads_on(button.value):
                self._say(f'button "{button.value}" of template "{template.name}" starts no flow')

    def _leads_on(self, payload: str) -> bool:
        read = read_payload(payload)
        if isinstance(read, IntentPayload):
            return read.intent in self._assistant.triggers or read.intent in ("human", "stop")
        return isinstance(read, SlotsPayload) and all(n in self._assistant.slots for n, _ in read.pairs)

    def _one_of(self, key: str, known: Sequence[str]) -> str:
        node = self._fields.get(key)
        value = self._fields.text(key) if node is not None else ""
        if value not in known:
            self._say(f'"{key}" must be one of {", ".join(known)}{nearest(value, known)}', node)
            return known[0]
        return value

    def _say(self, message: str, node: Node | None = None) -> None:
        self._ledger.add(node or self._key, "E-OUTREACH", message)
