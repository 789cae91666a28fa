"""How fast an account sends, and what waits when it may not."""

from datetime import UTC, datetime, timedelta

from bot.service.clock import FrozenClock
from bot.service.lines import Lines
from bot.service.reachability import Reachability

NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
NUMBER, PAGE = ("whatsapp", "1"), ("messenger", "2")


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def sent_within(lines: Lines, seconds: float, *, line: tuple[str, str] = NUMBER) -> int:
    """How many messages to as many patients leave in this time, when each is asked for as soon as it may."""
    count, now = 0, 0.0
    while now < seconds:
        pause = lines.pause(line, f"patient {count}", at(now))
        count += pause == 0
        now += pause
    return count


def test_a_number_sends_eighty_messages_a_second_and_one_of_the_business_app_twenty() -> None:
    usual = sent_within(Lines(lambda line: 80), 10)
    of_the_app = sent_within(Lines(lambda line: 20), 10)

    assert (800 <= usual <= 810, 200 <= of_the_app <= 204) == (True, True)


def test_one_patient_gets_a_burst_on_credit_and_then_waits_until_it_is_paid() -> None:
    lines = Lines(lambda line: 1000)
    burst = [lines.pause(NUMBER, "anna", at(0.1 * second)) for second in range(45)]
    later = [lines.pause(NUMBER, "anna", at(second)) for second in (4.9, 6, 100, 269)]
    other = lines.pause(NUMBER, "bruno", at(269))
    free = lines.pause(NUMBER, "anna", at(270))

    assert (burst, later, free, other) == ([0] * 45, [265.1, 264, 170, 1], 0, 0)


def test_a_page_knows_no_pause_between_messages_to_one_person() -> None:
    lines = Lines(lambda line: 250)

    assert [lines.pause(PAGE, "anna", at(0.01 * number)) for number in range(200)] == [0] * 200


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
