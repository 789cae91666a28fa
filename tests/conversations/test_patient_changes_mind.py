"""Corrections, other times, forget it, questions in between, a person; and back."""

from conversation_kit import House, Patient, offered, to_the_confirmation, to_the_offer

Words = dict[str, str]


async def test_another_day_at_the_confirmation(house: House, anna: Patient, words: Words) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(words["rather thursday"])
    assert {offered(ref).day for ref in anna.slots["openings_on_offer"]} == {5}
    assert await house.held() == []
    await anna.taps(anna.openings[0])
    await anna.taps(anna.titles[0])

    [(visit, _)] = await house.booked()
    assert visit.opening.start.day == 5


async def test_another_name_at_the_confirmation_keeps_the_time(
    house: House, anna: Patient, words: Words
) -> None:
    await to_the_confirmation(anna, words)
    [held] = await house.held()
    await anna.says(words["the name is"])
    assert words["corrected name"] in anna.text
    await anna.taps(anna.titles[0])

    [(visit, who)] = await house.booked()
    assert (who.name, visit.opening) == (words["corrected name"], held.opening)


async def test_no_at_the_confirmation_offers_other_times(house: House, anna: Patient, words: Words) -> None:
    await to_the_offer(anna, words)
    first = set(anna.openings)
    await anna.taps(anna.openings[0])
    await anna.says(words["no"])

    assert anna.openings
    assert first.isdisjoint(anna.openings)
    assert await house.held() == []


async def test_the_other_choice_at_the_confirmation_does_the_same(
    house: House, anna: Patient, words: Words
) -> None:
    await to_the_offer(anna, words)
    first = set(anna.openings)
    await anna.taps(anna.openings[0])
    await anna.taps(anna.titles[1])

    assert anna.openings
    assert first.isdisjoint(anna.openings)
    assert await house.held() == []


async def test_other_times_tapped_or_typed(anna: Patient, words: Words) -> None:
    await to_the_offer(anna, words)
    first = set(anna.openings)
    await anna.taps(words["others"])
    second = set(anna.openings)
    await anna.says(words["other times"])
    third = set(anna.openings)

    assert first and second and third
    assert first.isdisjoint(second) and third.isdisjoint(first | second)


async def test_a_question_in_the_middle_is_answered_and_the_booking_goes_on(
    anna: Patient, words: Words
) -> None:
    await anna.says(words["book"])
    question = anna.text.split("\n")[-1]
    await anna.says(words["opening hours"])

    assert "9:00–13:00" in anna.text
    assert question in anna.text
    assert len(anna.sees) == 1


async def test_a_question_at_the_offer_shows_the_same_openings_again(anna: Patient, words: Words) -> None:
    await to_the_offer(anna, words)
    before = anna.titles
    await anna.says(words["opening hours"])

    assert anna.titles == before


async def test_a_hello_in_the_middle_is_answered_in_passing(anna: Patient, words: Words) -> None:
    await to_the_confirmation(anna, words)
    before = anna.titles
    await anna.says(words["hello"])

    assert (anna.titles, len(anna.sees)) == (before, 1)


async def test_a_second_booking_does_not_remember_the_days_of_the_first(anna: Patient, words: Words) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(words["rather thursday"])
    await anna.taps(anna.openings[0])
    await anna.taps(anna.titles[0])
    await anna.says(words["book"])
    await anna.says(words["name"])
    await anna.taps(anna.titles[0])
    await anna.says(words["in the afternoon"])

    assert {offered(ref).day for ref in anna.slots["openings_on_offer"]} > {5}


async def test_a_person_in_the_middle_and_back(house: House, anna: Patient, words: Words) -> None:
    await to_the_offer(anna, words)
    await anna.says(words["operator"])
    assert anna.handed_over == ["asked"]
    assert anna.titles == ()
    await anna.says(words["yes"])
    assert await house.booked() == []
    await anna.handed_back()
    await anna.taps(anna.openings[0])
    await anna.taps(anna.titles[0])

    assert len(await house.booked()) == 1


async def test_forget_it_lets_go_of_the_time(house: House, anna: Patient, words: Words) -> None:
    await to_the_confirmation(anna, words)
    assert len(await house.held()) == 1
    await anna.says(words["forget it"])

    assert await house.held() == []
    assert anna.conversation.stack == ()
    assert anna.slots.get("patient_name") is None


async def test_after_forget_it_a_booking_starts_afresh(house: House, anna: Patient, words: Words) -> None:
    await to_the_confirmation(anna, words)
    await anna.says(words["forget it"])
    await to_the_confirmation(anna, words)
    await anna.taps(anna.titles[0])

    assert len(await house.booked()) == 1


async def test_thanks_after_the_booking_is_answered_shortly(anna: Patient, words: Words) -> None:
    await to_the_confirmation(anna, words)
    await anna.taps(anna.titles[0])
    await anna.says(words["thanks"])

    assert len(anna.sees) == 1
    assert anna.titles == ()


async def test_words_that_mean_nothing_repeat_the_question_then_call_a_person(
    anna: Patient, words: Words
) -> None:
    await to_the_offer(anna, words)
    offer = anna.openings
    await anna.says(words["gibberish"])
    assert anna.openings == offer
    await anna.says(words["gibberish"])
    await anna.says(words["gibberish"])

    assert anna.handed_over == ["misunderstood"]


async def test_whoever_asks_gets_the_truth_about_the_robot(anna: Patient, words: Words) -> None:
    await to_the_offer(anna, words)
    offer = anna.titles
    await anna.says(words["robot"])

    assert "Studio Lucciola" in anna.text
    assert anna.titles == offer


async def test_pain_in_the_middle_of_a_booking_makes_it_an_urgent_one(
    house: House, anna: Patient, words: Words
) -> None:
    await anna.says(words["book"])
    await anna.says(words["name"])
    await anna.taps(anna.titles[0])
    await anna.says(words["pain"])
    assert house.practice.phone in anna.text
    assert offered(anna.slots["openings_on_offer"][0]).day == 2
    await anna.taps(anna.openings[0])
    await anna.taps(anna.titles[0])

    assert len(await house.booked()) == 1
    assert anna.titles == ()
    assert anna.conversation.stack == ()


async def test_pain_gets_the_first_free_times(house: House, anna: Patient, words: Words) -> None:
    await anna.says(words["pain"])
    assert house.practice.phone in anna.text
    await anna.says(words["name"])
    await anna.taps(anna.titles[0])

    assert anna.openings
    assert offered(anna.slots["openings_on_offer"][0]).day == 2
