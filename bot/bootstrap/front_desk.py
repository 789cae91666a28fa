"""Everything between a channel's events and its replies."""

import asyncio
import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import cast

import aiohttp

from bot.actions.booking import booking_actions
from bot.actions.executor import InProcessActions
from bot.actions.loading import RasaAction
from bot.actions.outreach import outreach_actions
from bot.actions.proving_contact import Codes
from bot.actions.reaching import reaching_actions
from bot.actions.remote import NearestActions
from bot.bootstrap.books import Books, audit_of
from bot.bootstrap.outreach import OutreachContent, OutreachDesk
from bot.bootstrap.sending import has_agent, reopening, template_book
from bot.bootstrap.staff_side import StaffSide
from bot.dialogue import Assistant
from bot.diaries import open_diaries
from bot.domain.channels import accounts_of
from bot.ports import Actions, Alert, Channel, Clock
from bot.service.changes import Changes
from bot.service.delivery import Delivery
from bot.service.hearing.understanding import Reader
from bot.service.intake import Intake
from bot.service.sending.lines import Line
from bot.service.sending.pacing import Pacing
from bot.service.sending.reachability import Reachability
from bot.service.sending.tokens import TapTokens
from bot.service.sending.typing import Typing
from bot.service.turns.backlog import Backlog
from bot.service.turns.running import Turns
from bot.service.turns.turnstile import Turnstile
from bot.service.upkeep.forgetting import Forgetting
from bot.service.upkeep.gauging import Gauging
from bot.service.upkeep.measured import MeasuredChannel
from bot.service.upkeep.measures import Measures
from bot.service.upkeep.probe import Probe
from bot.service.upkeep.rounds import Rounds
from bot.service.upkeep.supervision import Supervisor
from bot.service.waiting.alerts import AS_THEY_COME, Alerts, Grouping
from bot.storage.inbox.switches import SqlSwitches
from bot.storage.readings import SqlReadings
from bot.storage.sealing.rows import SealedRows
from bot.storage.sealing.seal import derive
from bot.storage.sending.account_alerts import SqlAccountAlerts
from bot.storage.sending.pacing import SqlPace
from bot.storage.store import SqlStore
from bot.storage.turns.awaiting import SqlAwaiting
from bot.storage.turns.claims import PATIENCE
from nlu.understanding import Interpreter

_UNTIL_REACHABLE = timedelta(minutes=5)
#: Loops that wait for somebody else's machine may be silent for so many seconds.
_SLOW_OUTSIDE = 300.0


class FrontDesk:
    """Everything between a channel's events and its replies, wired together for one practice."""

    def __init__(
        self,
        books: Books,
        *,
        clock: Clock,
        assistant: Assistant,
        interpreter: Interpreter | asyncio.Task[Interpreter],
        channels: Mapping[str, Channel],
        alert_channels: Sequence[Alert] = (),
        inbox_url: str = "/inbox",
        grouping: Grouping = AS_THEY_COME,
        wait_for_status: float = 10.0,
        probe: Probe | None = None,
        keep_ledger: bool = True,
        resend_blindly: bool = False,
        look_again_at_owner: bool = True,
        own_actions: Sequence[RasaAction] = (),
        remote_actions: Actions | None = None,
        pinned: Callable[[str], Assistant | None] = lambda version: None,
        http: aiohttp.ClientSession | None = None,
        codes: Codes | None = None,
        worker_patience: timedelta = PATIENCE,
        measures: Measures | None = None,
        turnstile: Turnstile | None = None,
        outreach: OutreachContent | None = None,
        a_second: Callable[[Line], float] | None = None,
    ) -> None:
        practice = books.practice
        self.practice = practice
        self.books = books
        self.clock = clock
        self.measures = measures or Measures(practice.id)
        self.supervisor = Supervisor()
        self.channels = channels = {
            name: cast(Channel, MeasuredChannel(channel, self.measures)) for name, channel in channels.items()
        }
        self.assistant = assistant
        self.changes = Changes()
        self.worker = uuid.uuid4().hex
        self.tokens = TapTokens(derive(books.master_key, b"taps"))
        self.store = SqlStore(
            books.database,
            practice=practice.id,
            keyring=books.keyring,
            clock=clock,
            apply_write=books.diary.apply_write,
            worker=self.worker,
            has_agent=has_agent(practice),
            patience=worker_patience,
        )
        self.diaries = open_diaries(
            practice, database=books.database, store=books.diary, http=http, now=clock.now
        )
        self.diary = self.diaries.of_patients
        self.alerts = Alerts(
            handoffs=self.store.handoffs,
            practice=practice,
            channels=alert_channels,
            clock=clock,
            inbox_url=inbox_url,
            grouping=grouping,
        )
        probe = probe or Probe(None)
        self.audit = audit_of(books, clock)
        self.switches = SqlSwitches(
            books.database, practice=practice, clock=clock, audit=self.audit, changed=self.changes.ring
        )
        self.reachability = Reachability(clock)
        self.typing = Typing(
            self.channels,
            awaiting=SqlAwaiting(books.database, SealedRows(practice.id, books.keyring)),
            switches=self.switches,
        )
        self.delivery = Delivery(
            store=self.store,
            channels=channels,
            clock=clock,
            changes=self.changes,
            probe=probe,
            switches=self.switches,
            held_back=lambda conversation: self.turns.wake(conversation),
            wait_for_status=wait_for_status,
            resend_blindly=resend_blindly,
            look_again_at_owner=look_again_at_owner,
            measures=self.measures,
            pacing=Pacing(
                clock,
                budget=SqlPace(books.database, practice=practice.id, clock=clock),
                a_second=a_second,
            ),
            reachability=self.reachability,
            stopped=SqlAccountAlerts(books.database, practice.id, clock).refused,
            told=self.alerts.ring,
            typing=self.typing,
        )
        self.reader = Reader(interpreter=interpreter, practice=practice)
        self.outreach = OutreachDesk(
            books,
            outreach or OutreachContent(),
            clock=clock,
            store=self.store,
            system=self.diary,
            tokens=self.tokens,
            is_paused=lambda channel: self.switches.now.is_paused(channel),
            wake_delivery=self.delivery.wake,
        )
        self.templates = template_book(books, self.outreach.content.templates)
        self.store.fates.reopening = reopening(self.templates, self.tokens)
        self.store.fates.carrying = self.templates.carrying
        of_the_house = [
            *booking_actions(practice, self.diary, codes),
            *outreach_actions(self.outreach.answers, self.outreach.notes),
            *reaching_actions(practice, self.outreach.chosen),
        ]
        here = InProcessActions([*of_the_house, *own_actions], assistant=assistant)
        self.actions: Actions = NearestActions(here, remote_actions) if remote_actions else here
        self.turns = Turns(
            store=self.store,
            assistant=assistant,
            reader=self.reader,
            actions=self.actions,
            practice=practice,
            clock=clock,
            tokens=self.tokens,
            delivery=self.delivery,
            alerts=self.alerts,
            changes=self.changes,
            probe=probe,
            switches=self.switches,
            worker=self.worker,
            keep_ledger=keep_ledger,
            outreach=self.outreach.answers,
            pinned=pinned,
            measures=self.measures,
            turnstile=turnstile,
        )
        self.intake = Intake(
            store=self.store,
            turns=self.turns,
            delivery=self.delivery,
            accounts=frozenset(
                (channel, account)
                for channel, accounts in accounts_of(practice).items()
                for account in accounts
            ),
            changes=self.changes,
            probe=probe,
            links=practice.links,
            ring_alerts=self.alerts.ring,
            reachability=self.reachability,
            typing=self.typing,
            refused_later=self.delivery.refused_later,
            status_came=self.delivery.status_came,
        )
        self.staff = StaffSide(
            books,
            clock=clock,
            assistant=assistant,
            store=self.store,
            audit=self.audit,
            changes=self.changes,
            switches=self.switches,
            turns=self.turns,
            delivery=self.delivery,
            alerts=self.alerts,
            diaries=self.diaries,
            templates=self.templates,
            tokens=self.tokens,
            chosen=self.outreach.chosen,
        )
        self.backlog = Backlog(self.store, knows=self.turns.knows, wake=self.turns.wake)
        self.rounds = Rounds(
            self.store.claims,
            clock=clock,
            changes=self.changes,
            wait_for_status=self.delivery.status_deadline,
            wake_turns=self.turns.wake,
            wake_delivery=self.delivery.wake,
        )
        self.forgetting = Forgetting(
            self.store.erased,
            forget=[books.keyring.let_go, self.staff.finder.forget, self.changes.ring],
        )
        told = channels.keys() & {"whatsapp"}  # others tell of what was read, if anything
        self.gauging = Gauging(
            SqlReadings(books.database, practice=practice.id, clock=clock, told=told),
            measures=self.measures,
            supervisor=self.supervisor,
        )

    async def start(self) -> None:
        """Take up what an earlier process left: messages to answer, replies to send, fates to learn."""
        # Nothing uncertain is decided before `be_reachable`: until then no status can come in.
        unfinished = await self.store.unfinished(decide_at=self.clock.now() + _UNTIL_REACHABLE)
        for conversation in unfinished.to_answer:
            self.turns.wake(conversation)
        for conversation in unfinished.to_send:
            self.delivery.wake(conversation)
        watch = self.supervisor.watch
        if self.books.database.is_shared:
            watch("rounds", self.rounds.run)
            watch("presence", self.staff.present.run, silent_after=math.inf)  # nobody's answer depends on it
        else:
            watch("backlog", self.backlog.run)
        if self.staff.choosing is not None:
            watch("choosing", self.staff.choosing.run)
        watch("alerts", self.alerts.run, silent_after=_SLOW_OUTSIDE)
        watch("promises", self.staff.promises.run)
        watch("pauses", self.staff.pauses.run)
        watch("gauging", self.gauging.run)
        watch("forgetting", self.forgetting.run)
        watch("reachability", self.reachability.run)
        if self.outreach.goes_on:
            watch("outreach", self.outreach.service.run, silent_after=_SLOW_OUTSIDE)
        if self.staff.following is not None:
            watch("following", self.staff.following.run, silent_after=_SLOW_OUTSIDE)

    async def be_reachable(self) -> None:
        """The webhook listens: the wait for statuses begins."""
        self.reachability.begin()
        await self.store.wait_anew(decide_at=self.clock.now() + self.delivery.status_deadline)
        self.delivery.look_again()

    async def stop(self) -> None:
        await self.supervisor.stop()
        self.typing.stop()
        await self.turns.stop()
        await self.delivery.stop()
        await self.store.claims.leave()
        if self.diaries.outside is not None:
            await self.diaries.outside.close()
        if not self.books.is_lent:
            self.books.database.close()
