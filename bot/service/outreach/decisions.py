"""Whether a message that we begin goes out now, to whom, and in which words. Pure: facts in, decision out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial

from bot.domain.outreach import BY_PHONE, LOOKS_AHEAD, Kind, OutreachState, Rule, Who
from bot.domain.outreach_moments import call_at, is_allowed, next_allowed
from bot.domain.pipeline import BOT, CLOSED, QUEUE
from bot.domain.practice import Practice
from bot.domain.templates import Category, Template, TemplateState, TemplateUnfit
from bot.domain.windows import Permission, Way, Writer, can_send
from bot.service.outreach.ports import Decision, Due, Facts, Recipient, Send, Settle, Wait
from bot.service.outreach.words import values
from bot.service.sending.tokens import TapTokens
from bot.service.turns.facts import practice_facts

#: After so long it is looked again whether a person has finished, or a template is back.
_LOOK_AGAIN = timedelta(minutes=10)
#: A reminder waits for so long for a person who has the chat.
_PERSON_FIRST = timedelta(hours=3)
#: A tap on a message that we began counts for so long after what it was about.
_TAPPED_WITHIN = timedelta(days=7)
#: Begins the payload of such a tap: which message it belongs to.
MARK = "~"


@dataclass(frozen=True, slots=True)
class _No:
    """Why not to this recipient; `again`: it may be otherwise at that moment."""

    reason: str
    again: datetime | None = None


class Deciding:
    """One practice's. `is_paused`: whether the assistant is silent on a channel."""

    def __init__(
        self,
        practice: Practice,
        *,
        rules: Mapping[str, Rule],
        templates: Mapping[str, Template],
        tokens: TapTokens,
        is_paused: Callable[[str], bool],
    ) -> None:
        self._practice = practice
        self._rules = rules
        self._templates = templates
        self._tokens = tokens
        self._is_paused = is_paused
        self._facts_of_practice = cache(partial(practice_facts, practice))  # a practice is read once

    def decide(self, due: Due, facts: Facts, *, at: datetime) -> Decision:
        rule = self._rules[due.rule]
        if facts.never is not None:
            return Settle(state=OutreachState.SKIPPED, reason=facts.never)
        if not facts.stands:
            return Settle(state=OutreachState.VOID, reason="changed")
        if at >= due.too_late:
            return missed(rule, due.reason or "too_late")
        if not is_allowed(rule.when, at, self._practice):
            return wait(due, next_allowed(rule.when, at, self._practice), "hours")
        if rule.when.cap is not None and facts.sent_today >= rule.when.cap:
            return wait(due, next_allowed(rule.when, at, self._practice, day=True), "daily_cap")
        if facts.chosen == BY_PHONE:
            return Settle(state=OutreachState.SKIPPED, reason="asked_for_a_call", calls=rule.call is not None)
        noes: list[_No] = []
        for recipient in _in_order(rule, facts.recipients):
            found = self._to(recipient, rule, due, facts, at)
            if isinstance(found, Send):
                return found
            noes.append(found)
        return self._none(rule, due, noes)

    def _none(self, rule: Rule, due: Due, noes: Sequence[_No]) -> Decision:
        later = [no for no in noes if no.again is not None]
        if later:
            soonest = min(later, key=lambda no: no.again or due.too_late)
            return wait(due, soonest.again or due.too_late, soonest.reason)
        reason = noes[0].reason if noes else "unreachable"
        return Settle(state=OutreachState.SKIPPED, reason=reason, calls=rule.call is not None)

    def _to(self, recipient: Recipient, rule: Rule, due: Due, facts: Facts, at: datetime) -> Send | _No:
        if recipient.consent.has_opted_out:
            return _No("opted_out")
        if not _wants(recipient, rule):
            return _No("no_consent")
        permission = can_send(Writer.OUTREACH, recipient.channel, recipient.reach, at)
        if permission.way is Way.NEVER:
            return _No(str(permission.obstacle))
        if self._is_paused(recipient.channel):
            return _No("paused", at + _LOOK_AGAIN)
        if recipient.alarmed:  # "Will you come?" is not asked below "call 112"
            return _No("with_a_person", at + _LOOK_AGAIN)
        if recipient.owner not in (BOT, CLOSED) and not _cannot_wait(recipient, rule, due, at):
            return _No("with_a_person", at + _LOOK_AGAIN)
        if recipient.busy_until is not None and recipient.busy_until > at:
            return _No("busy", recipient.busy_until)
        return self._worded(recipient, permission, rule, due, facts, at)

    def _worded(
        self,
        recipient: Recipient,
        permission: Permission,
        rule: Rule,
        due: Due,
        facts: Facts,
        at: datetime,
    ) -> Send | _No:
        template = self._templates[rule.template]
        language = self._language(recipient, permission, template, facts)
        if language is None:
            return _No("template", at + 3 * _LOOK_AGAIN)
        if permission.way is Way.TEMPLATE and not _may_carry(template, recipient, permission):
            return _No("no_template")
        try:
            known = values(
                self._practice, due, facts, language, of_practice=self._facts_of_practice(language)
            )
            reply = template.reply(language, known)
        except TemplateUnfit:
            return _No("template_unfit")
        valid_for = max(due.anchor, at) + _TAPPED_WITHIN - at
        choices = tuple(
            replace(
                choice,
                payload=self._tokens.issue(
                    recipient.contact, f"{MARK}{due.id}{MARK}{choice.payload}", at=at, valid_for=valid_for
                ),
            )
            for choice in reply.choices
        )
        reply = replace(reply, choices=choices)
        if permission.way is Way.FREE:
            reply = replace(reply, template=None)
        return Send(
            recipient=recipient,
            reply=reply,
            call_at=call_at(rule, due.anchor, at, self._practice),
        )

    def _language(
        self, recipient: Recipient, permission: Permission, template: Template, facts: Facts
    ) -> str | None:
        """The patient's, else the house's where only that one has been approved; None while none may go."""
        for language in self._languages(recipient, template):
            if permission.way is Way.FREE:
                return language
            key = (recipient.channel, template.name, language)
            if facts.templates.get(key, TemplateState.UNKNOWN).may_be_sent:
                return language
        return None

    def _languages(self, recipient: Recipient, template: Template) -> Iterator[str]:
        for language in dict.fromkeys((recipient.language, self._practice.languages[0])):
            if language is not None and language in template.languages:
                yield language


def missed(rule: Rule, reason: str) -> Settle:
    """It is too late. Whoever was to be reminded of a visit is called."""
    calls = rule.who in LOOKS_AHEAD or rule.call is not None
    return Settle(state=OutreachState.MISSED, reason=reason, calls=calls)


def wait(due: Due, until: datetime, reason: str) -> Wait:
    """Never beyond the moment at which it is given up."""
    return Wait(until=min(until, due.too_late), reason=reason)


def _in_order(rule: Rule, recipients: Sequence[Recipient]) -> list[Recipient]:
    """Where the patient wrote last comes first, which is their choice; then in the rule's order."""
    fitting = [recipient for recipient in recipients if recipient.channel in rule.channels]
    return sorted(
        fitting,
        key=lambda r: (
            -(r.last_wrote.timestamp() if r.last_wrote else 0),
            rule.channels.index(r.channel),
            r.contact,
        ),
    )


def _wants(recipient: Recipient, rule: Rule) -> bool:
    """Who asked for a topic wants it, unless they have stopped such messages since."""
    if rule.who is Who.TOPIC:
        return recipient.consent.promotions is not False
    return recipient.consent.allows(promotion=rule.kind is Kind.PROMOTION)


def _cannot_wait(recipient: Recipient, rule: Rule, due: Due, at: datetime) -> bool:
    """A visit is reminded of on the day before, though the chat waits in the queue, or staff forgot to
    give it back: nobody telephones at dawn."""
    if rule.who not in LOOKS_AHEAD:
        return False
    return recipient.owner == QUEUE or at >= due.anchor - rule.when.offset.time + _PERSON_FIRST


def _may_carry(template: Template, recipient: Recipient, permission: Permission) -> bool:
    category: Category = template.category
    return recipient.channel in template.channels and category in permission.templates
