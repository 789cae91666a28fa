"""Actions that the engine carries out itself (flow format, 7.3, 17.4). They run with their frame on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.dialogue.after_alarm import is_fresh, text_while_waiting
from bot.dialogue.commands import DEATH, SOMEBODY_ELSE
from bot.dialogue.corrections import correct_slots
from bot.dialogue.effects import AlertStaff, OptIn, OptOut
from bot.dialogue.filling import run_rejections
from bot.dialogue.model import HANDOFF, Assistant
from bot.dialogue.names import FACTS
from bot.dialogue.sessions import reset_all
from bot.dialogue.stacking import (
    active_chain,
    cancel_chain,
    cancel_frames,
    chains,
    raise_chain,
    resume,
)
from bot.dialogue.state import Alarm
from bot.dialogue.workbench import Workbench

#: Small talk: an intent, and what is said to it when the project has no answer of that name.
SMALL_TALK: Mapping[str, str] = {
    "greet": "utter_greet",
    "thanks": "utter_thanks",
    "goodbye": "utter_goodbye",
    "bot_challenge": "utter_bot_challenge",
    "who_are_you": "utter_bot_challenge",
    "change_language": "utter_language_changed",
    "ask_something": "utter_ask_anything",
    "nothing_to_cancel": "utter_nothing_to_cancel",
    "insult": "utter_insulted",
    "tied_yes": "utter_tied_yes",
    "edited": "utter_edited",
    "half_a_yes": "utter_half_a_yes",
}


def _nothing(bench: Workbench) -> None:
    pass


def _session_start(bench: Workbench) -> None:
    bench.record("session_started")


def _restart(bench: Workbench) -> None:
    """Everything forgotten but the language and the practice's facts."""
    bench.stack = []
    reset_all(bench)
    bench.record("restart")
    bench.change(ended_flow=None)


def _cancel_flow(bench: Workbench) -> None:
    if bench.top is not None:
        cancel_frames(bench, bench.top.context.get("canceled_frames", ()))


def _continue_interrupted(bench: Workbench) -> None:
    """Take up the flow the patient chose, by name or id; where there is one, that one."""
    interrupted = [chain for chain in chains(bench.stack) if chain.root.interrupted]
    if not interrupted:
        return
    wanted = str(bench.slots.get("interrupted_flow_to_continue") or "").strip().casefold()
    chosen = interrupted[-1]
    for chain in interrupted:
        flow = bench.flow(chain.root)
        if wanted in (flow.id.casefold(), flow.name_in(bench.language).casefold(), flow.name.casefold()):
            chosen = chain
    top = bench.top
    raise_chain(bench, chosen, below=top.frame_id if top else None)
    resume(bench, chosen)


def _cancel_interrupted(bench: Workbench) -> None:
    for chain in reversed(chains(bench.stack)):
        if chain.root.interrupted:
            cancel_chain(bench, chain)


def _clean_stack(bench: Workbench) -> None:
    """Everything but what this very message has begun."""
    own = bench.top
    for chain in reversed(chains(bench.stack)):
        if not chain.root.is_new:
            cancel_chain(bench, chain, reason="code_change")
    bench.stack = [frame for frame in bench.stack if frame is own or frame.is_new]


def _repeat(bench: Workbench) -> None:
    for said in bench.base.said:
        bench.say_exactly(said)
    if not bench.base.said:
        bench.say("utter_nothing_to_repeat")


def _search(bench: Workbench) -> None:
    """The prepared answer; without one, pattern_cannot_handle says so."""
    topic = str((bench.top.context if bench.top else {}).get("topic") or "").removeprefix("faq/")
    if topic in bench.assistant.answers:
        bench.say(f"utter_faq/{topic}")
    elif topic in SMALL_TALK:
        bench.say(SMALL_TALK[topic])
    else:
        context = {"reason": "cannot_handle_no_relevant_answer", "misunderstood": bench.misunderstood}
        bench.push("pattern_cannot_handle", context)


def _reset_routing(bench: Workbench) -> None:
    for slot in bench.assistant.slots.values():
        if not slot.shared and slot.name not in FACTS:
            bench.reset_slot(slot.name)


def _emergency(bench: Workbench) -> None:
    """Staff first, then the fixed text, then the queue, unless a handoff follows anyway."""
    context = bench.top.context if bench.top else {}
    level, key = str(context.get("level", "A")), str(context.get("key"))
    standing = bench.alarm if bench.paused else None
    graver = (
        standing is not None
        and standing.level < level
        and is_fresh(standing, datetime.fromisoformat(bench.turn.at))
    )
    bench.effects.append(AlertStaff(reason="emergency", urgent=True))
    bench.record("emergency", level=level, key=context.get("key"))
    if standing is not None and graver:
        bench.say(text_while_waiting(bench, standing))
        bench.alarm = replace(standing, asked=False)
    else:
        bench.say(_emergency_text(level.lower(), key, bench.assistant))
        bench.alarm = Alarm(level=level, key=key, at=bench.turn.at) if level in ("A", "B") else standing
    if not bench.introduced and not bench.paused:
        bench.say("utter_automated")  # the introduction itself comes with the next message
    chain = active_chain(bench.stack)
    if chain is not None and not chain.root.interrupted and not chain.root.is_new:
        for frame_id in chain.ids:
            bench.change_frame(frame_id, interrupted=True)
        bench.record("flow_interrupted", flow_id=chain.root.flow_id, step_id=chain.step_id)
    follows = len(bench.stack) > 1 and bench.stack[-2].flow_id == HANDOFF and bench.stack[-2].is_new
    if not follows:
        bench.open_handoff("emergency")


def _emergency_text(level: str, key: object, assistant: Assistant) -> str:
    """The text of the level; of this key alone where it has one ("utter_emergency_b_spreading")."""
    names = (f"utter_emergency_{level}_{key}", f"utter_emergency_{level}")
    return next((name for name in names if name in assistant.responses), "utter_emergency_a")


def _opt_out(bench: Workbench) -> None:
    scope = str((bench.top.context if bench.top else {}).get("scope", "all"))
    bench.effects.append(OptOut(scope=scope))
    bench.record("opt_out", scope=scope)
    if scope in (DEATH, SOMEBODY_ELSE):
        bench.effects.append(AlertStaff(reason=scope))
    under_way = chains(bench.stack)
    begun = set(bench.assistant.triggers.values())  # a question of ours is no loss
    dropped = not bench.paused and any(chain.root.flow_id in begun for chain in under_way)
    for chain in reversed(under_way):
        cancel_chain(bench, chain, reason="stop")
    bench.stack = [
        replace(frame, context={**frame.context, "dropped": dropped})
        for frame in bench.stack
        if frame.flow_id == "pattern_stop"
    ]
    bench.change(ended_flow=None)


def _opt_in(bench: Workbench) -> None:
    bench.effects.append(OptIn())
    bench.record("opt_in")


def _store_media(bench: Workbench) -> None:
    context = bench.top.context if bench.top else {}
    bench.record("media", kind=context.get("kind"), media_id=context.get("media_id"))


def _note_out_of_hours(bench: Workbench) -> None:
    bench.record("out_of_hours", opens_at=(bench.top.context if bench.top else {}).get("opens_at"))


def _request_data(bench: Workbench) -> None:
    bench.record("data_request", request=(bench.top.context if bench.top else {}).get("request"))


def _note_reminder_reply(bench: Workbench) -> None:
    """Only noted: what a confirmation or a refusal does to the visit is a project's own action to do."""
    bench.record("reminder_reply", **(bench.top.context if bench.top else {}))


def _open_handoff(bench: Workbench) -> None:
    bench.open_handoff(str((bench.top.context if bench.top else {}).get("reason") or "asked"))


def _pass_on(bench: Workbench) -> None:
    """Staff hear of it; what it interrupted goes on below, and asks again."""
    reason = str((bench.top.context if bench.top else {}).get("reason") or "flow")
    bench.effects.append(AlertStaff(reason=reason, is_request=True))
    bench.record("passed_on", reason=reason)
    chain = active_chain(bench.stack)
    if chain is not None and chain.root.interrupted:
        resume(bench, chain)


def _listen(bench: Workbench) -> None:
    """Wait. In a loop of content's own that is the wait for its slot."""
    if bench.top is not None and bench.top.is_loop:
        bench.change_top(phase="waiting")
    else:
        bench.change(listens=True)


BUILT_IN_ACTIONS: Mapping[str, Callable[[Workbench], None]] = {
    "action_listen": _listen,
    "action_restart": _restart,
    "action_session_start": _session_start,
    "action_run_slot_rejections": run_rejections,
    "action_correct_flow_slot": correct_slots,
    "action_cancel_flow": _cancel_flow,
    "action_clarify_flows": _nothing,  # the options are in the pattern's context already
    "action_continue_interrupted_flow": _continue_interrupted,
    "action_cancel_interrupted_flows": _cancel_interrupted,
    "action_clean_stack": _clean_stack,
    "action_repeat_bot_messages": _repeat,
    "action_trigger_search": _search,
    "action_reset_routing": _reset_routing,
    "action_handoff_metric": _nothing,
    "action_emergency_alert": _emergency,
    "action_opt_out": _opt_out,
    "action_opt_in": _opt_in,
    "action_store_media": _store_media,
    "action_note_out_of_hours": _note_out_of_hours,
    "action_data_request": _request_data,
    "action_reminder_reply": _note_reminder_reply,
    "action_prepare_handoff": _nothing,  # a project's own may tell patients when somebody answers
    "action_open_handoff": _open_handoff,
    "action_pass_on": _pass_on,
}

#: A project cannot put its own in the place of these.
IRREPLACEABLE_ACTIONS = frozenset(
    {
        "action_listen",
        "action_run_slot_rejections",
        "action_emergency_alert",
        "action_opt_out",
        "action_store_media",
        "action_note_out_of_hours",
        "action_data_request",
        "action_open_handoff",
        "action_pass_on",
    }
)
