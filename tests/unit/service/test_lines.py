"""What waits when an account may not send."""

from datetime import UTC, datetime, timedelta

from bot.service.clock import FrozenClock
from bot.service.sending.lines import Lines
from bot.service.sending.reachability import Reachability

NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
NUMBER = ("whatsapp", "1")


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def test_a_stopped_account_is_asked_by_one_message_at_a_time_and_less_and_less_often() -> None:
    lines = Lines()
    first = lines.stopped(NUMBER, at(0))
    again = lines.stopped(NUMBER, at(0.1))  # another message that was under way
    asks = [lines.closed_for(NUMBER, name, at(30)) for name in ("anna", "bruno", "anna")]
    still = lines.stopped(NUMBER, at(31))
    then = [lines.closed_for(NUMBER, name, at(32)) for name in ("anna", "bruno")]

    assert (first, again, asks, still, then) == (
        (30, True),
        (29.9, False),
        [0, 60, 0],
        (60, False),
        [59, 59],
    )


def test_once_a_message_goes_out_the_rest_follows_and_a_new_fault_is_news() -> None:
    lines = Lines()
    lines.stopped(NUMBER, at(0))
    asks = lines.closed_for(NUMBER, "anna", at(30))
    works = lines.sent(NUMBER, at(31))

    assert (asks, works, lines.closed_for(NUMBER, "bruno", at(31)), lines.stopped(NUMBER, at(40))) == (
        0,
        True,
        0,
        (30, True),
    )


def test_who_asks_and_has_nothing_to_send_makes_way() -> None:
    lines = Lines()
    lines.stopped(NUMBER, at(0))
    lines.closed_for(NUMBER, "anna", at(30))
    lines.let_go(NUMBER, "anna", at(30))

    assert lines.closed_for(NUMBER, "bruno", at(30)) == 0


def test_too_fast_pauses_the_whole_account_longer_each_time_and_as_long_as_meta_asks() -> None:
    lines = Lines()
    pauses = []
    for second in (0, 1, 3):
        pauses.append(lines.slowed(NUMBER, at(second)))
        lines.closed_for(NUMBER, "anna", at(second + 60))
    asked = lines.slowed(NUMBER, at(100), asked=90)

    assert (pauses, asked, lines.closed_for(NUMBER, "bruno", at(100))) == ([1, 2, 4], 90, 90)


def test_however_many_are_refused_together_as_too_fast_it_is_one_pause() -> None:
    lines = Lines()
    together = [lines.slowed(NUMBER, at(0)) for _ in range(8)]
    asked = lines.slowed(NUMBER, at(0), asked=7)
    taken = lines.sent(NUMBER, at(0.1))  # it had left before anything was refused
    shut = lines.closed_for(NUMBER, "anna", at(1))
    lines.closed_for(NUMBER, "anna", at(7))

    assert (together, asked, taken, shut) == ([1] * 8, 7, False, 6)
    assert lines.slowed(NUMBER, at(7.5)) == 2, "only one that was tried after the pause makes it longer"


def test_a_wait_for_a_status_counts_only_while_one_could_come() -> None:
    clock = FrozenClock(NOW)
    reach = Reachability(clock)
    wait = timedelta(seconds=10)
    before = reach.left_of(wait, since=NOW)
    clock.move(seconds=20)
    reach.begin()
    begun = reach.left_of(wait, since=NOW)
    clock.move(seconds=4)
    going = reach.left_of(wait, since=NOW)
    reach.lost()  # the database is away: webhooks are answered with 503
    lost = reach.left_of(wait, since=NOW)
    clock.move(seconds=2)
    reach.begin()
    back = reach.left_of(wait, since=NOW)
    clock.move(seconds=600)  # the machine slept
    slept = reach.left_of(wait, since=NOW)
    clock.move(seconds=4)
    reach.tick()
    clock.move(seconds=4)
    reach.tick()
    clock.move(seconds=2)
    over = reach.left_of(wait, since=NOW)

    assert [left.total_seconds() for left in (before, begun, going, lost, back, slept, over)] == [
        10,
        10,
        6,
        10,
        10,
        10,
        0,
    ]


def test_an_account_that_takes_messages_and_refuses_them_later_is_asked_less_and_less_often() -> None:
    lines = Lines()
    news = [lines.stopped_later(NUMBER, at(0)), lines.stopped_later(NUMBER, at(0.2))]  # two were under way
    first = [lines.closed_for(NUMBER, "anna", at(1)), lines.closed_for(NUMBER, "anna", at(30))]
    lines.sent(NUMBER, at(30))  # which proves nothing yet
    on_trial = lines.closed_for(NUMBER, "bruno", at(31))
    again = lines.stopped_later(NUMBER, at(32))
    second = [lines.closed_for(NUMBER, name, at(92)) for name in ("anna", "bruno")]
    lines.sent(NUMBER, at(92))
    believed = [lines.closed_for(NUMBER, name, at(102)) for name in ("bruno", "carla")]

    assert (news, first, on_trial, again, second, believed) == (
        [True, False],
        [29, 0],
        9,
        False,
        [0, 60],
        [0, 0],
    )


def test_three_in_a_row_without_an_answer_and_one_message_asks_for_all_less_and_less_often() -> None:
    lines = Lines()
    alone = [lines.unanswered(NUMBER, at(second)) for second in (0, 1)]
    closed = [lines.unanswered(NUMBER, at(2)), lines.unanswered(NUMBER, at(2))]  # the last was under way
    asks = [lines.closed_for(NUMBER, name, at(3)) for name in ("anna", "bruno")]
    longer = [lines.unanswered(NUMBER, at(4)), lines.closed_for(NUMBER, "bruno", at(4))]
    asks_again = [lines.closed_for(NUMBER, name, at(6)) for name in ("bruno", "anna")]
    works = lines.sent(NUMBER, at(7))

    assert (alone, closed, asks, longer, asks_again) == ([0, 0], [1, 1], [0, 60], [2, 2], [0, 60])
    assert (works, lines.closed_for(NUMBER, "anna", at(7)), lines.unanswered(NUMBER, at(8))) == (True, 0, 0)


def test_any_answer_in_between_means_that_somebody_is_there() -> None:
    lines = Lines()
    for second in range(0, 10, 2):
        lines.unanswered(NUMBER, at(second))
        lines.unanswered(NUMBER, at(second))
        lines.sent(NUMBER, at(second + 1))

    assert lines.closed_for(NUMBER, "anna", at(10)) == 0


def test_what_may_have_arrived_waits_while_others_can_ask() -> None:
    lines = Lines()
    before = lines.silent_for(NUMBER, at(0))
    for _ in range(3):
        lines.unanswered(NUMBER, at(0))
    meanwhile, nobody_asked = lines.silent_for(NUMBER, at(1)), lines.silent_for(NUMBER, at(61))
    lines.closed_for(NUMBER, "anna", at(61))
    lines.sent(NUMBER, at(62))

    assert (before, meanwhile, nobody_asked, lines.silent_for(NUMBER, at(62))) == (0, 60, 0, 0)
