"""When an answer of the assistant's is only a suggestion, and what the patient hears until somebody reads
it."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.dialogue import Conversation
from bot.dialogue.effects import Effect, RunAction, StepBegan
from bot.domain.conversation import Reply

#: The reason of the hand-off that is open while a suggestion waits.
DRAFT = "draft"
#: Actions of ours that change nothing outside of the conversation but what is kept for a while: a turn that
#: ran only these can be undone. Whatever else somebody's content runs may have written.
_UNDONE = frozenset(
    f"action_{name}"
    for name in (
        *("prepare_booking", "ask_visit_type", "find_openings", "ask_opening", "hold_opening"),
        *("ask_confirm_booking", "release_holds", "prepare_handoff", "find_todays_visit", "recall_patient"),
        *("find_visits", "ask_visit", "tell_visits", "read_visit", "find_new_times", "ask_new_opening"),
        *("hold_new_time", "ask_confirm_move", "ask_confirm_cancel", "hand_visit_on", "find_standing_visit"),
    )
)

_RECEIVED = {
    "en": "Thank you, we have your message. You will get an answer here {staff_when}. If it can't wait, call"
    " {practice_phone}.",
    "it": "Grazie, abbiamo ricevuto il Suo messaggio. Le risponderemo qui {staff_when}. Se non può aspettare,"
    " chiami il {practice_phone}.",
    "ru": "Спасибо, мы получили ваше сообщение. Ответим вам здесь {staff_when}. Если это срочно, позвоните:"
    " {practice_phone}.",
}


def suggested_flow(
    suggests: Callable[[str], bool], *, begun: Conversation, effects: Sequence[Effect], ended: Conversation
) -> str | None:
    """The flow for which a turn's answer is a suggestion; None when it goes out at once.

    That is so when any flow that the turn found, went through or left under way is one that is suggested. It
    counts for the last of these that patients know, rather than for a pattern.
    """
    touched = [frame.flow_id for frame in begun.stack]
    touched += [effect.flow for effect in effects if isinstance(effect, StepBegan)]
    touched += [frame.flow_id for frame in ended.stack]
    suggested = [flow for flow in touched if suggests(flow)]
    known = [flow for flow in suggested if not flow.startswith("pattern_")]
    return next(reversed(known or suggested), None)


def may_have_written(effects: Iterable[Effect]) -> bool:
    return any(isinstance(effect, RunAction) and effect.name not in _UNDONE for effect in effects)


def received(language: str, facts: Mapping[str, str]) -> Reply:
    """While nobody is at the desk who could read the suggestion (`staff_when` among the facts)."""
    return Reply(text=_RECEIVED.get(language, _RECEIVED["en"]).format_map(facts))
