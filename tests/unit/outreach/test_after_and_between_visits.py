"""What is written after a visit and between visits: who gets it, and where an answer leads."""

from datetime import date

from outreach_kit import MOBILE, cancel, goes_on, known, rows, told

from bot.domain.consent import Consent
from bot.domain.conversation import InboundKind
from bot.testing import Patient, Surgery


async def treated(surgery: Surgery, kind: str = "extraction", *, greets: str = "Good morning") -> Patient:
    """Was there on Tuesday at ten."""
    anna = await known(surgery, greets=greets)
    await surgery.staff_book(
        "2026-03-03T10:00", name="Anna Verdi", phone=MOBILE, visit_type=kind, birth_date="1980-05-12"
    )
    return anna


async def handed_over(surgery: Surgery) -> list[str]:
    return [row.reason for row in await surgery.desk.staff.desk.handoffs()]


async def test_on_the_way_home_and_on_the_morning_after(treating: Surgery) -> None:
    anna = await treated(treating)

    await goes_on(treating, days=1, hours=3)
    home = anna.sees
    await goes_on(treating, hours=23)

    assert "keep to what you were told" in home.text
    assert anna.sees.titles == ("I'm fine", "Something's wrong")
    assert "Hello Anna" in anna.sees.text


async def test_who_is_fine_is_left_alone(treating: Surgery) -> None:
    anna = await treated(treating)
    await goes_on(treating, days=2, hours=3)

    await anna.taps("I'm fine")

    assert "glad to hear it" in anna.sees.text
    assert await handed_over(treating) == []


async def test_a_worrying_answer_goes_to_a_person_with_its_words(treating: Surgery) -> None:
    anna = await treated(treating)
    await goes_on(treating, days=2, hours=3)

    await anna.says("Not good, the stitches look strange")

    assert "treatment team reads this" in anna.sees.text
    assert await handed_over(treating) == ["clinical_question"]
    view = await treating.desk.staff.desk.conversation(treating.contact(anna))
    assert any("stitches" in message.text for message in view.messages)


async def test_a_photo_in_answer_goes_to_a_person(treating: Surgery) -> None:
    anna = await treated(treating)
    await goes_on(treating, days=2, hours=3)

    await anna.sends(InboundKind.IMAGE)

    assert await handed_over(treating) == ["clinical_question"]


async def test_a_red_flag_in_answer_is_an_emergency(treating: Surgery) -> None:
    anna = await treated(treating)
    await goes_on(treating, days=2, hours=3)

    await anna.says("I can't breathe")

    assert "112" in "".join(seen.text for seen in anna.screen[-2:])


async def test_who_was_not_there_is_not_asked(treating: Surgery) -> None:
    anna = await known(treating)
    visit = await treating.staff_book(
        "2026-03-03T10:00", name="Anna Verdi", phone=MOBILE, visit_type="extraction"
    )
    await cancel(treating, visit)
    before = anna.sees

    await goes_on(treating, days=2, hours=3)

    assert anna.sees == before


async def test_a_series_ends_when_the_patient_says_done(treating: Surgery) -> None:
    anna = await treated(treating, "splint")
    await goes_on(treating, days=2, hours=2)
    first = anna.sees
    await goes_on(treating, days=1)
    await anna.taps("Done")
    last = anna.sees

    for _ in range(4):
        await goes_on(treating, days=1)

    assert first.titles == ("Done", "I have a question")
    assert "any more" in last.text
    assert anna.sees == last
    states = [row.state for row in await rows(treating) if row.rule == "therapy_day"]
    assert (states.count("sent"), states.count("skipped"), states.count("planned")) == (2, 12, 0)


async def test_who_opts_out_in_the_middle_of_a_series_gets_no_more_of_it(treating: Surgery) -> None:
    anna = await treated(treating, "splint")
    await goes_on(treating, days=2, hours=2)
    await anna.says("stop")
    last = anna.sees

    await goes_on(treating, days=1)
    await goes_on(treating, days=1)

    assert anna.sees == last


async def test_half_a_year_later_there_is_a_recall_unless_a_visit_is_booked(treating: Surgery) -> None:
    anna = await treated(treating)
    await goes_on(treating, days=186, hours=3)
    recall = anna.sees
    await anna.taps("Find a time")

    assert "your last visit was on Tuesday 3 March" in recall.text
    assert "first and last name" in anna.sees.text
    assert [state for rule, state, _ in await told(treating) if rule == "time_for_a_check_up"] == ["sent"]


async def test_who_has_booked_again_is_not_recalled(treating: Surgery) -> None:
    await treated(treating)
    await goes_on(treating, days=180)
    await treating.staff_book("2026-09-10T10:00", name="Anna Verdi", phone=MOBILE)

    await goes_on(treating, days=6, hours=3)

    assert await sent(treating, "time_for_a_check_up") == 0


async def test_recalls_are_so_many_a_day(two_a_day: Surgery) -> None:
    treating = two_a_day
    for number in range(5):
        await known(treating, wa_id=f"39333000000{number}", greets="Good morning")
        await treating.staff_book(
            f"2026-03-03T1{number}:00", name=f"Anna {number}", phone=f"+39333000000{number}"
        )

    await goes_on(treating, days=185, hours=3)  # Thursday
    thursday = await sent(treating, "time_for_a_check_up")
    await goes_on(treating, days=1)
    friday = await sent(treating, "time_for_a_check_up")
    await goes_on(treating, days=1)
    saturday = await sent(treating, "time_for_a_check_up")

    assert (thursday, friday, saturday) == (2, 4, 5)


async def test_what_is_open_is_told_only_to_who_knows_when_they_were_born(treating: Surgery) -> None:
    anna = await treated(treating, "check_up")
    noted = await treating.desk.outreach.notes.note_balance(
        MOBILE,
        date(1980, 5, 12),
        amount="€120",
        link="https://pay.example.org/7",
        at=treating.clock.now(),
    )
    await goes_on(treating, days=1, hours=4)
    preview = anna.sees.text
    await anna.taps("Show it")
    await anna.says("12 May 1981")
    wrong = anna.sees.text
    await anna.says("12 May 1980")

    assert noted
    assert "120" not in preview
    assert "120" not in wrong
    assert "€120 is still open" in anna.sees.text
    assert "https://pay.example.org/7" in anna.sees.text


async def test_three_wrong_dates_of_birth_and_a_person_looks(treating: Surgery) -> None:
    anna = await treated(treating, "check_up")
    await treating.desk.outreach.notes.note_balance(
        MOBILE, date(1980, 5, 12), amount="€120", link=None, at=treating.clock.now()
    )
    await goes_on(treating, days=1, hours=4)
    await anna.taps("Show it")

    for year in (1981, 1982, 1983):
        await anna.says(f"12 May {year}")

    assert await handed_over(treating) == ["invoices"]


async def test_a_birthday_is_wished_to_who_said_yes_to_such_messages(treating: Surgery) -> None:
    anna = await treated(treating)
    before = anna.sees
    await goes_on(treating, days=71, hours=2)  # 12 May
    unasked = anna.sees
    consents = treating.desk.outreach.consents
    await consents.note(treating.contact(anna), promotions=True, by="patient", at=treating.clock.now())
    assert (await consents.of(treating.contact(anna))) != Consent()
    await goes_on(treating, days=365)

    assert before != unasked or "birthday" not in unasked.text
    assert "birthday" not in unasked.text
    assert "Happy birthday, Anna" in anna.sees.text


async def test_nobody_writes_to_the_dead(treating: Surgery) -> None:
    anna = await treated(treating)
    await treating.desk.outreach.notes.never_write(MOBILE, reason="deceased", at=treating.clock.now())
    before = anna.sees

    await goes_on(treating, days=2, hours=3)

    assert anna.sees == before
    assert {reason for _, _, reason in await told(treating)} <= {"deceased", "just_booked"}
    assert await treating.desk.outreach.call_list.call_tasks() == ()


async def test_everybody_is_asked_how_it_was_and_the_unhappy_are_heard_in_private(
    asking: Surgery,
) -> None:
    treating, anna = asking, await treated(asking, "check_up")
    await goes_on(treating, days=1, hours=6)
    asked = anna.sees

    await anna.taps("Not so well")

    assert "https://example.org" in asked.text
    assert asked.titles == ("It was fine", "Not so well")
    assert await handed_over(treating) == ["complaint"]


async def sent(surgery: Surgery, rule: str) -> int:
    return sum(row.state == "sent" for row in await rows(surgery) if row.rule == rule)
