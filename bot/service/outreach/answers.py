"""What patients answer to messages that we began.

A tap carries the message that it belongs to. Words are an answer to the last message while its rule counts
them as such. Either way the dialogue is put where the message stands (`bot.dialogue.began`), and what the
answer begins is noted at the message: a confirmed visit is not telephoned about, a settled series ends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.dialogue import Assistant, Conversation, commands_for, payload_commands
from bot.dialogue.after_alarm import ALL_CLEAR, TAKEN_BACK
from bot.dialogue.began import noted, taken_up
from bot.dialogue.commands import (
    DEATH,
    SOMEBODY_ELSE,
    Command,
    Emergency,
    KnowledgeAnswer,
    MediaReceived,
    StaleTap,
    StartFlow,
    StopMessages,
)
from bot.dialogue.effects import Button
from bot.dialogue.gist import BOOK, MOVE
from bot.dialogue.opting_out import tells_of_a_death
from bot.dialogue.who_writes_whom import asks_who_it_is
from bot.domain.conversation import InboundKind
from bot.domain.outreach import LOOKS_AHEAD, WROTE, Rule, Who
from bot.domain.pipeline import OWN_KINDS, QUEUE, InboxMessage, Snapshot
from bot.domain.practice import Practice
from bot.domain.practice_time import PracticeTime
from bot.domain.templates import ButtonKind, Template, fill
from bot.service.outreach.beside_coming import AddedToAYes
from bot.service.outreach.coming import (
    Says,
    asks_for_later,
    is_for_somebody_else,
    plain_intent,
    says_of_a_visit,
    takes_note,
)
from bot.service.outreach.decisions import MARK
from bot.service.outreach.done_besides import IDLE, changes_a_visit, is_answered
from bot.service.outreach.ports import OutreachBook, SentMessage
from bot.service.outreach.questions import Answered, question_of, to_a_question
from bot.service.sending.tokens import NotOurToken, TapTokens
from nlu.understanding import Intent, Understanding

#: Words after a visit are an answer to its reminder for so long.
_AFTER_A_VISIT = timedelta(hours=12)
_LONGEST = timedelta(days=31)

_BARE_YES = 3  # words

#: What nothing else in the message outweighs.
_FIRST = (Emergency, StaleTap)
#: "Wrong chat", after an alarm, is about the alarm.
_OF_AN_ALARM = (KnowledgeAnswer(topic=TAKEN_BACK), KnowledgeAnswer(topic=ALL_CLEAR))
#: Flows of a project's own, begun where it has them: a yes on a condition, one that comes later; a recall at
#: another time.
_COMES_IF, _LEFT_OPEN, _RECALL_LATER = "comes_if", "visit_left_open", "recall_later"

MESSAGES = "outreach"  # the slot that names the messages which are answered


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenUp:
    """A turn that answers messages of ours."""

    messages: tuple[SentMessage, ...]
    rule: Rule
    conversation: Conversation
    heard: InboxMessage
    channel: str
    buttons: tuple[Button, ...] = ()  # that words may stand for; a person reads words to them themselves


class OutreachAnswers:
    """One practice's."""

    def __init__(
        self,
        practice: Practice,
        *,
        book: OutreachBook,
        rules: Sequence[Rule],
        templates: Mapping[str, Template],
        tokens: TapTokens,
    ) -> None:
        self._book = book
        self._rules = {rule.id: rule for rule in rules}
        self._templates = templates
        self._tokens = tokens
        self._clock = PracticeTime(practice.time_zone)
        self._languages = practice.languages

    async def taken_up(
        self,
        conversation: Conversation,
        snapshot: Snapshot,
        members: Sequence[InboxMessage],
        *,
        assistant: Assistant,
        at: datetime,
    ) -> TakenUp | None:
        """None where these messages answer none of ours."""
        first = members[0]
        if not self._rules or first.kind in OWN_KINDS:
            return None
        messages = await self._messages(conversation, snapshot, first, assistant, at)
        rule = self._rules.get(messages[0].rule) if messages else None
        if rule is None:
            return None
        together = tuple(message for message in messages if message.rule == rule.id)
        channel = snapshot.contact.address.channel
        if conversation.paused:  # a person has the conversation, and sees the answer
            return TakenUp(
                messages=together,
                rule=rule,
                conversation=conversation,
                heard=first,
                channel=channel,
                buttons=self._buttons(rule, conversation) if snapshot.owner == QUEUE else (),
            )
        placed = self._placed(conversation, snapshot, first, together, rule, assistant, at)
        return TakenUp(
            messages=together,
            rule=rule,
            conversation=placed,
            heard=first,
            channel=channel,
            buttons=tuple(placed.offered),
        )

    async def _messages(
        self,
        conversation: Conversation,
        snapshot: Snapshot,
        first: InboxMessage,
        assistant: Assistant,
        at: datetime,
    ) -> Sequence[SentMessage]:
        contact = snapshot.contact.id
        if first.kind is InboundKind.CHOICE:
            named = self._named(contact, first.payload or "", at)
            found = await self._book.sent(named, contact=contact) if named else None
            return (found,) if found else ()
        sent = await self._book.unanswered(contact, since=at - _LONGEST, heard=first.id)
        return [one for one in sent if self._counts(one, conversation, assistant, at)]

    def _named(self, contact: str, token: str, at: datetime) -> str | None:
        try:
            payload = self._tokens.read(contact, token, at=at)
        except NotOurToken:
            return None
        return marked(payload)[0]

    def _counts(
        self, message: SentMessage, conversation: Conversation, assistant: Assistant, at: datetime
    ) -> bool:
        """Whether words of now may be an answer to it: nothing else has been begun or asked since, or what it
        asked is still open."""
        rule = self._rules.get(message.rule)
        if rule is None:
            return False
        until = self._clock.earliest(rule.answers_for.after(self._clock.wall(message.sent_at)))
        if rule.who in LOOKS_AHEAD:
            until = min(until, message.anchor + _AFTER_A_VISIT)
        last = conversation.last_message_at
        wrote_since = last is not None and datetime.fromisoformat(last) > message.sent_at
        idle = not conversation.stack and not conversation.offered
        waits = question_of(rule, conversation, assistant) is not None
        return at < until and (idle or waits or not wrote_since)

    def _buttons(self, rule: Rule, conversation: Conversation) -> tuple[Button, ...]:
        template = self._templates[rule.template]
        language = self._language(template, conversation)
        return tuple(
            Button(title=button.titles[language], payload=fill(button.value, {}))
            for button in template.buttons
            if button.kind is ButtonKind.REPLY
        )

    def _language(self, template: Template, conversation: Conversation) -> str:
        language = conversation.language
        return language if language in template.languages else template.languages[0]

    def _placed(
        self,
        conversation: Conversation,
        snapshot: Snapshot,
        heard: InboxMessage,
        messages: Sequence[SentMessage],
        rule: Rule,
        assistant: Assistant,
        at: datetime,
    ) -> Conversation:
        template = self._templates[rule.template]
        visits = [visit for message in messages for visit in message.visits]
        ids = " ".join(message.id for message in messages)
        about = {MESSAGES: ids, "visit_handed_on": visits[0] if len(visits) == 1 else None}
        if heard.kind is InboundKind.CHOICE and conversation.stack and rule.flow is None:
            return noted(assistant, conversation, about)
        return taken_up(
            assistant,
            conversation,
            text=template.body[self._language(template, conversation)],
            buttons=self._buttons(rule, conversation),
            slots={**about, "visit": None},
            channel=snapshot.contact.address.channel,
            at=at,
            flow=rule.flow,
        )

    async def heard(
        self,
        taken: TakenUp,
        commands: tuple[Command, ...],
        understanding: Understanding | None,
        assistant: Assistant,
        *,
        text: str,
    ) -> Answered:
        """What the turn does, and from which state of the dialogue; noted at the messages it answers."""
        commands = self._meant(taken, commands, understanding, assistant)
        answered = to_a_question(
            taken.rule,
            taken.conversation,
            commands,
            understanding,
            assistant,
            text=text,
            languages=self._languages,
            channel=taken.channel,
        )
        if answered is None:
            done = self._commands(taken, commands, understanding, assistant)
            answered = Answered(commands=done, conversation=taken.conversation)
        await self._note(taken, answered)
        return answered

    def _commands(
        self,
        taken: TakenUp,
        commands: tuple[Command, ...],
        understanding: Understanding | None,
        assistant: Assistant,
    ) -> tuple[Command, ...]:
        """A plain yes or no is one to the message. "Ok" behind something else is none to it any more."""
        intent = plain_intent(understanding)
        if taken.rule.flow is not None or (commands and commands[0] not in IDLE):
            return commands
        if intent == "deny" and taken.rule.no is not None:
            return (StartFlow(taken.rule.no, explicit=True),)
        buttons = taken.buttons
        if intent == "affirm" and buttons and not _only_takes_note(taken, understanding):
            return payload_commands(buttons[0].payload, assistant, taken.conversation) or commands
        return commands

    def _meant(
        self,
        taken: TakenUp,
        commands: tuple[Command, ...],
        understanding: Understanding | None,
        assistant: Assistant,
    ) -> tuple[Command, ...]:
        """What is said of a visit in more words than yes and no, or by somebody who is not the patient."""
        if understanding is None or any(
            isinstance(each, _FIRST) or each in _OF_AN_ALARM for each in commands
        ):
            return commands
        if taken.rule.who is not Who.PAST_VISIT and tells_of_a_death(understanding.heard):
            return (StopMessages(scope=DEATH),)
        if asks_who_it_is(understanding.heard):
            who = Intent(name="who_are_you", confidence=1.0)
            return commands_for(replace(understanding, intent=who), taken.conversation, assistant)
        if is_for_somebody_else(understanding):
            return (StopMessages(scope=SOMEBODY_ELSE),)
        if taken.conversation.paused:
            return self._comes_while_waiting(taken, commands, understanding, assistant)
        if taken.rule.who in LOOKS_AHEAD and taken.rule.flow is None:
            return self._of_a_visit(taken, commands, understanding, assistant)
        recalled = taken.rule.who in (Who.RECALL, Who.LOST) and _RECALL_LATER in assistant.flows
        if recalled and asks_for_later(understanding.heard):
            return (StartFlow(_RECALL_LATER, explicit=True),)
        return commands

    def _comes_while_waiting(
        self,
        taken: TakenUp,
        commands: tuple[Command, ...],
        understanding: Understanding,
        assistant: Assistant,
    ) -> tuple[Command, ...]:
        """In the queue "I'll be there" is noted as a tap would be; the rest is for the person."""
        looks_ahead = taken.rule.who in LOOKS_AHEAD and taken.rule.flow is None
        if not looks_ahead or not taken.buttons:
            return commands
        is_yes = plain_intent(understanding) == "affirm" and len(understanding.heard.split()) <= _BARE_YES
        answers = is_yes and not _wrote_since(taken)  # and not what was asked before the queue
        if not answers and self._says(taken, understanding) is not Says.COMES:
            return commands
        comes = payload_commands(taken.buttons[0].payload, assistant, taken.conversation)
        return comes or commands

    def _says(self, taken: TakenUp, understanding: Understanding) -> Says | None:
        return says_of_a_visit(understanding.heard, hours=self._hours(taken))

    def _hours(self, taken: TakenUp) -> set[tuple[int, int]]:
        walls = [self._clock.wall(at) for each in taken.messages for at in each.visits.values()]
        return {(wall.hour, wall.minute) for wall in walls}

    def _of_a_visit(
        self,
        taken: TakenUp,
        commands: tuple[Command, ...],
        understanding: Understanding,
        assistant: Assistant,
    ) -> tuple[Command, ...]:
        says = self._says(taken, understanding)
        buttons = taken.buttons
        comes = payload_commands(buttons[0].payload, assistant, taken.conversation) if buttons else None
        goes_on = tuple(each for each in commands if changes_a_visit(each, assistant))
        media = tuple(each for each in commands if isinstance(each, MediaReceived))
        started: Sequence[str | None] = ()
        added = AddedToAYes(comes=comes or (), hours=self._hours(taken), assistant=assistant)
        if not goes_on and (more := added.commands(commands, understanding, taken.conversation)):
            return (*media, *more)
        match says:
            case Says.COMES if comes:
                return (*media, *comes)
            case Says.COMES_AND_BOOKS if comes:
                books = replace(understanding, intent=Intent(name=BOOK, confidence=1.0))
                return (*media, *comes, *commands_for(books, taken.conversation, assistant))
            case Says.AT_ANOTHER_TIME if not goes_on:
                started = (assistant.triggers.get(MOVE),)
            case Says.AT_THAT_HOUR if not goes_on:
                started = (assistant.triggers.get("my_appointments"),)
            case Says.COMES_IF if not is_answered(commands, assistant):
                started = (_COMES_IF,)
            case Says.CANNOT if not goes_on:
                started = (taken.rule.no,)
            case Says.OPEN if not goes_on:
                started = (_LEFT_OPEN,)
        flows = [flow for flow in started if flow is not None and flow in assistant.flows]
        return (*media, *(StartFlow(flow, explicit=True) for flow in flows)) if flows else commands

    async def _note(self, taken: TakenUp, answered: Answered) -> None:
        """What the answer begins. The same turn again notes the same."""
        started = [command.flow for command in answered.commands if isinstance(command, StartFlow)]
        answer = answered.answer or next(iter(started), WROTE)
        await self._book.answered(
            [message.id for message in taken.messages],
            answer,
            settles=answered.answer is not None or answer in taken.rule.settled_by,
            at=taken.heard.received_at,
            heard=taken.heard.id,
        )
        if taken.conversation.paused and answer in taken.rule.settled_by:
            await self.comes(
                " ".join(message.id for message in taken.messages),
                contact=taken.messages[0].contact,
                at=taken.heard.received_at,
            )

    async def comes(self, messages: str, *, contact: str, at: datetime) -> tuple[str, tuple[datetime, ...]]:
        """The patient comes: "noted", "over", "changed", or "unknown"; and when, on the wall."""
        ids = messages.split()
        if not ids:
            return "unknown", ()
        result = await self._book.comes(ids, contact=contact, at=at)
        starts: list[datetime] = []
        for id in ids:
            message = await self._book.sent(id, contact=contact)
            starts += message.visits.values() if message else ()
        return result, tuple(sorted(self._clock.wall(start) for start in starts))


def _only_takes_note(taken: TakenUp, understanding: Understanding | None) -> bool:
    """ "Ok", "thanks", after something else was written since the message: that was what it answers."""
    if understanding is None or not _wrote_since(taken):
        return False
    return takes_note(understanding.heard)


def _wrote_since(taken: TakenUp) -> bool:
    last = taken.conversation.last_message_at
    return last is not None and datetime.fromisoformat(last) > max(m.sent_at for m in taken.messages)


def marked(payload: str) -> tuple[str | None, str]:
    """The message that a tap belongs to, and what the tap asks."""
    if not payload.startswith(MARK):
        return None, payload
    _, message, rest = payload.split(MARK, 2)
    return message, rest
