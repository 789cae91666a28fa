"""A yes is what is accounted for to the last word; beside any other, something else is wanted first."""

from datetime import datetime

import pytest

from nlu.understanding import OfferedChoice, Understanding
from tests.nlu.conftest import Read

MONDAY = datetime(2026, 3, 2, 8)

A_YES = {
    "en": "yes|yes dear|yes please|yes please that's perfect, thanks a lot!|ok|okay great|sure|"
    "sure thing, thank you|perfect|perfect, see you then|ok perfect thanks, see you thursday|"
    "yes that works for me|yes that works, thank you so much|sounds good|sounds great, thanks|"
    "great, book it|yes book it please|go ahead|please go ahead|yes go ahead and book it|"
    "ok let's do it|ok let's go with that|yes I'll take it|ok I'll take that one|yep|yeah sure|"
    "yeah that's fine|fine by me|fine with me, thanks|that's fine, thank you|"
    "that's perfect, thank you|that's great thanks|lovely, thank you|lovely, see you then|"
    "brilliant, cheers|excellent, looking forward to it|yes, thursday at 10 is perfect|"
    "yes thursday 10 works|ok thursday at 10 then|yes, with dr Bianchi please|yes 10 is great|"
    "10 is fine, thanks|thursday 10 it is|yes, that's correct|correct, thank you|"
    "that's right, please book it|confirmed|confirmed, thank you very much|I confirm|"
    "yes I confirm, thanks for your help|yes ma'am|absolutely, thanks|definitely|of course|"
    "ok thank you bye|great, have a nice day|yes thank you, have a great weekend|yes no problem|"
    "ok no worries, book it|yes if that's ok|yes book it, I'll call if anything changes|👍|"
    "👍 thanks|yes 😊|ok 🙏|yes yes yes|yes!!! finally|alright then|cool, thanks mate|"
    "awesome thank you|yes please do|yes I'd like that|that'll do, thanks|good for me|"
    "yes I want that appointment|yes, check-up on thursday is right|yes please, you're very kind|"
    "all good, book it|deal|y|yup perfect ty|okay lock it in|yes I can make it|"
    "yes even if it's early|that's ideal, thank you|yes exactly|yes that's all good|"
    "yep, all fine|perfect I'll see you at 10|sure, sounds like a plan|Yes pls!! 🙏🙏",
    "it": "sì|sì cara|sì grazie|sì per favore|ok|ok grazie|ok perfetto|ok perfetto grazie mille a giovedì|"
    "perfetto, a giovedì|va bene|va bene grazie|va benissimo, grazie mille|va bene così|"
    "va bene per me|per me va bene|mi va benissimo|sì va bene|sì, prenoti pure|sì prenoti|"
    "prenoti pure, grazie|sì confermo|confermo|confermo, grazie|confermo tutto, grazie|"
    "le confermo l'appuntamento|certo|certo, grazie|certo, prenoti|d'accordo|"
    "d'accordo, a giovedì alle 10|sì, giovedì alle 10 va bene|sì giovedì alle 10 è perfetto|"
    "giovedì alle 10 va benissimo|alle 10 perfetto|ok alle 10|sì con la dottoressa Bianchi|"
    "ottimo, grazie|ottimo, a presto|benissimo, ci vediamo giovedì|"
    "benissimo grazie, buona giornata|sì perfetto, buona serata|ok ci vediamo|ok a dopo|"
    "volentieri|molto volentieri, grazie|esatto|esatto, grazie|giusto|tutto giusto|"
    "sì tutto corretto|ok lo prendo|sì la prendo|facciamo così|ok facciamo così|"
    "sì facciamo così, grazie|proceda|proceda pure|sì proceda, grazie|vada per giovedì|ok vada|"
    "sì non c'è problema|nessun problema, prenoti|sì, se possibile|"
    "ok, se cambia qualcosa vi avviso|sì grazie siete gentilissimi|sì, gentilissima|"
    "grazie mille, perfetto|sì sì|sì certo|sissì perfetto|sì 😊|👍|👍 grazie|ok 🙏 grazie|"
    "perfettissimo|bene, ci sarò|ok ci sarò|sì ci vengo|sì anche se è presto|aggiudicato|andata!|"
    "dai sì, perfetto|sì assolutamente|super, grazie|sì la ringrazio|"
    "ok allora a giovedì, grazie a lei|certo che sì grazie infinite|mi sembra perfetto",
    "ru": "да|да, дорогая|да спасибо|да, пожалуйста|да давайте|да давайте супер|давайте|давайте, спасибо|"
    "хорошо|"
    "хорошо, спасибо|хорошо, запишите|хорошо, записывайте|ок|ок спасибо|окей, спасибо большое|"
    "отлично|отлично, спасибо|отлично, до четверга|отлично, до встречи|супер|супер, спасибо вам|"
    "да, супер, спасибо|да, записывайте|да, запишите меня|записывайте, пожалуйста|"
    "да, подтверждаю|подтверждаю|подтверждаю, спасибо|да, всё верно|всё верно|верно, спасибо|"
    "правильно|да, всё правильно|согласна|согласен, спасибо|да, согласна|да, подходит|"
    "подходит, спасибо|мне подходит|да, мне подходит это время|мне всё подходит|меня устраивает|"
    "да, меня всё устраивает|да, четверг в 10 подходит|да, в четверг в 10|да, в 10 отлично|"
    "в 10 подходит|четверг в 10 отлично|да, к Бьянки|идеально|идеально, спасибо|"
    "прекрасно, до встречи|замечательно, спасибо большое|конечно|да, конечно|ага|ага, давайте|"
    "угу|ладно|ладно, давайте|ладно, записывайте|хорошо, буду|да, приду|да, обязательно буду|"
    "буду вовремя, спасибо|ок, буду|ок, жду|да нет проблем|без проблем, записывайте|"
    "да, если можно|да, если что напишу|да, даже если рано|спасибо, подходит|"
    "спасибо, всё подходит|большое спасибо, записывайте|да 😊|👍|👍 спасибо|ок 🙏|бронируйте|"
    "да, бронируйте|да, оформляйте|да, очень удобно|договорились|договорились, до четверга|"
    "да, вы лучшие, спасибо|да, буду в четверг в 10|хорошо спасибо, приду|окей, запишите|"
    "идёт, спасибо",
}
NO_YES = {
    "en": "ok thanks, i'll let you know|ok i'll get back to you|sure, i'll confirm later|"
    "yes tentatively|ok provisionally|yes for now|yes pending my wife's ok|"
    "ok subject to my boss agreeing|yes maybe|ok probably|ok perhaps|ok i guess not|"
    "ok not really|yeah right lol|yes sure haha as if|great, just great, not|perfect timing, not|"
    "ok and how do i get there|ok and how much is it|ok where do i park|"
    "yes and do you take cards|great do i need to bring anything|ok and when can i come instead|"
    "ok what if i change my mind|yes what happens if i'm late|fine, make it two people|"
    "yes and my son's too|yes and my husband wants one|ok and one for my wife|"
    "yes plus a cleaning for me next month|yes and send me the january invoice|"
    "yes and can someone call me|ok call me first|yes after you tell me the price|"
    "ok once i know the price|yes but only with anaesthesia|ok as soon as my husband agrees|"
    "ok unless it rains|yes until further notice|yes I need to ask my boss|ok let me sleep on it|"
    "ok one moment|ok wait|ok hold that thought|yes i'm thinking about it|hmm ok not sure|"
    "ok don't know yet|ok whatever but not early|yes it hurts a lot|sure, is it painful|"
    "ok will it take long|ok who is that dentist|right, so what do i do now|"
    "yes i was wondering about parking|ok cancel|yes move it|ok cancel everything|good question|"
    "great but can it be later|the first one|the last|first|second one|ok so is it booked|"
    "yes i have a fever|ok can my mum come along|ok tell me more|yes in theory|"
    "okay i'm not convinced",
    "it": "ok grazie, Le faccio sapere|ok vi richiamo io|va bene, confermo dopo|grazie confermo dopo|"
    "sì forse|ok in via provvisoria|sì provvisoriamente|sì in linea di massima|ok probabilmente|"
    "sì, se mia moglie è d'accordo|sì salvo imprevisti di lavoro|ok direi di no|"
    "perfetto, proprio no|sì come no ahah|sì certo, figurati|ok e come ci arrivo|"
    "ok e quanto costa|sì e dove parcheggio|sì ma quanto dura|va bene, devo portare qualcosa|"
    "ok e quando posso venire invece|ok e se cambio idea|ok e se faccio tardi|"
    "va bene, facciamo per due persone|sì e anche per mio marito|sì e anche quella di mio figlio|"
    "sì e una pulizia per me il mese prossimo|sì e mi mandi la fattura di gennaio|"
    "sì e mi chiami qualcuno|ok mi chiami prima|sì dopo che mi dice il prezzo|"
    "ok appena so il prezzo|sì ma solo con anestesia|ok appena mio marito mi dice|"
    "ok salvo pioggia|sì devo chiedere al capo|ok ci dormo su|ok un attimo|ok aspetti|"
    "sì ci sto pensando|mah ok non so|ok non so ancora|ok però non presto|sì fa molto male|"
    "certo, ma è doloroso|ok ci vuole tanto|ok chi è questa dottoressa|bene, e adesso che faccio|"
    "sì volevo sapere del parcheggio|ok annulli|sì la sposti|ok cancelli tutto|bella domanda|"
    "perfetto ma si può più tardi|la prima|l'ultima|la seconda|prima|ok quindi è prenotato|"
    "sì ho la febbre|ok può venire mia mamma|ok grazie vi farò sapere|ok ci penso|sì in teoria|"
    "ok poi vi dico",
    "ru": "ок спасибо, я сообщу|ок, я вам перезвоню|хорошо, подтвержу позже|спасибо, подтвержу позже|"
    "да, возможно|да, может быть|ок предварительно|да, пока предварительно|ок, вероятно|"
    "да, если жена не против|да, смотря по работе|ок, наверное нет|ага конечно ахах|ага, щас|"
    "отлично, ну уж нет|ок а как доехать|ок а сколько стоит|да а где парковка|"
    "да, а сколько длится|хорошо, что взять с собой|ок а когда тогда можно|ок а если передумаю|"
    "ок а если опоздаю|хорошо, давайте на двоих|да и ещё мужу|да и сына тоже|"
    "да и мне чистку в следующем месяце|да и пришлите счёт за январь|да и пусть мне позвонят|"
    "ок, сначала позвоните мне|да, после того как скажете цену|ок как только узнаю цену|"
    "да, но только с анестезией|ок как муж согласится|ок кроме дождя|"
    "да, надо спросить начальника|ок, посплю с этой мыслью|ок минутку|ок подождите|"
    "да, я ещё думаю|ну ок, не уверена|ок, пока не знаю|ок, но не рано|да, очень болит|"
    "конечно, а это больно|ок это долго|ок а кто этот врач|хорошо, и что мне теперь делать|"
    "да, хотела узнать про парковку|ок отмените|да, перенесите|ок отменяйте всё|хороший вопрос|"
    "отлично, но можно попозже|первое|последнее|второе|первый|ок так я записана|"
    "да, у меня температура|ок а маму можно взять|да, подумаю ещё|хорошо, посоветуюсь с мужем|"
    "да, в теории|ок, расскажите подробнее|да, нас двое",
}
#: What the yes does, by the button for it; what else may be said with a yes, and what may not.
DEEDS = [
    ("en", "Yes, cancel it", "yes cancel it please", "yes and book me friday"),
    ("en", "Yes, move it", "ok move it, thanks", "ok cancel it"),
    ("en", "Yes, confirm", "yes book it", "ok cancel it"),
    ("it", "Sì, disdico", "sì la disdica pure", "sì e mi prenoti venerdì"),
    ("it", "Sì, la sposto", "ok la sposti, grazie", "sì annulli"),
    ("ru", "Да, отменить", "да, отмените мою запись", "да, и запишите на пятницу"),
    ("ru", "Да, перенести", "да, переносите", "ок отмените"),
]


def _each(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(language, text) for language, texts in table.items() for text in texts.split("|")]


def _asked(read: Read, language: str, text: str, title: str = "Yes") -> Understanding:
    choices = (
        OfferedChoice(title=title, value="yes", start=MONDAY.replace(day=5, hour=10), practitioner="bianchi"),
        OfferedChoice(title="Other time", value="no"),
    )
    return read(text, asking="yes_no", language=language, choices=choices, now=MONDAY)


def _is_a_yes(understood: Understanding) -> bool:
    agrees = any(
        (e.entity == "yes_no" and e.value is True) or (e.entity == "choice" and e.value == "yes")
        for e in understood.entities
    )
    return agrees and understood.beside_yes is None


@pytest.mark.parametrize(("language", "text"), _each(A_YES))
def test_a_patient_says_yes_in_many_words(read: Read, language: str, text: str) -> None:
    assert _is_a_yes(_asked(read, language, text))


@pytest.mark.parametrize(("language", "text"), _each(NO_YES))
def test_a_patient_says_more_than_yes(read: Read, language: str, text: str) -> None:
    assert not _is_a_yes(_asked(read, language, text))


@pytest.mark.parametrize(("language", "title", "yes", "more"), DEEDS)
def test_only_what_the_yes_does_is_said_with_it(
    read: Read, language: str, title: str, yes: str, more: str
) -> None:
    assert _is_a_yes(_asked(read, language, yes, title))
    assert not _is_a_yes(_asked(read, language, more, title))


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "ok and how do i get there", "faq/address"),
        ("it", "ok e come ci arrivo", "faq/address"),
        ("ru", "ок а как доехать", "faq/address"),
        ("it", "ok grazie, Le faccio sapere", "think_it_over"),
    ],
)
def test_what_is_beside_a_yes_is_read_by_itself(read: Read, language: str, text: str, intent: str) -> None:
    beside = _asked(read, language, text).beside_yes

    assert beside is not None and beside.ranking[0].name == intent


@pytest.mark.parametrize("text", ["the first one", "la prima", "первое"])
def test_an_ordinal_picks_nothing_where_one_time_waits(read: Read, text: str) -> None:
    assert _asked(read, "en", text).first("choice") is None


def test_a_number_still_picks_a_line_where_choices_are_numbered(read: Read) -> None:
    picked = _asked(read, "en", "2").first("choice")

    assert picked is not None and picked.value == "no"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I meant next Thursday"),
        ("it", "anzi intendevo giovedì prossimo"),
        ("ru", "я имела в виду следующий четверг"),
    ],
)
def test_a_patient_means_another_thursday_than_the_one_on_offer(read: Read, language: str, text: str) -> None:
    wish = _asked(read, language, text).first("wish")

    assert wish is not None and wish.value["windows"] == [["2026-03-12T00:00", "2026-03-13T00:00"]]
