"""What simulated patients and staff do, as numbers that anybody may change. None of them is measured by us.

How often visits are missed is what trials of reminders report, roughly: one on WhatsApp a day before took
6.6 points off the share of visits missed.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """Shares of 1, but where said otherwise."""

    patients_a_day: float = 8.0  # who begin a chat to book
    on_messenger: float = 0.25
    asks_for_a_person: float = 0.05
    corrects_the_name: float = 0.08
    changes_language: float = 0.02
    answers_a_reminder: float = 0.55
    answers_in_words: float = 0.3  # instead of tapping
    answers_late: float = 0.04  # after the visit
    moves: float = 0.10  # of those who answer a reminder
    cancels: float = 0.07
    asks_who_this_is: float = 0.03
    misses_unreminded: float = 0.17
    misses_reminded: float = 0.10
    misses_confirmed: float = 0.03
    misses_called: float = 0.06
    reached_by_phone: float = 0.7
    minutes_to_answer: float = 25.0  # staff, on average, while open


FIRST_WORDS = {
    "en": (
        "hi, i need an appointment",
        "Hello, I'd like to book a check-up",
        "good evening can i get a visit pls",
    ),
    "it": (
        "Buonasera, vorrei prenotare una visita",
        "salve mi serve un appuntamento",
        "buongiorno, vorrei fissare una visita",
    ),
    "ru": (
        "Здравствуйте, хочу записаться на приём",
        "добрый день, можно записаться?",
        "запишите меня пожалуйста к врачу",
    ),
}
FIRST_NAMES = {
    "en": ("James", "Olivia", "Harry", "Grace", "Oscar", "Lucy", "Arthur", "Ruby"),
    "it": ("Giulia", "Marco", "Chiara", "Luca", "Sara", "Paolo", "Elisa", "Davide"),
    "ru": ("Анна", "Иван", "Ольга", "Пётр", "Мария", "Сергей", "Елена", "Дмитрий"),
}
LAST_NAMES = {
    "en": ("Walker", "Hughes", "Turner", "Cooper", "Bennett", "Foster", "Murray", "Palmer"),
    "it": ("Bianchi", "Colombo", "Ferrari", "Greco", "Marino", "Conti", "Gallo", "Rizzo"),
    "ru": ("Соколова", "Кузнецов", "Морозова", "Волков", "Зайцева", "Павлов", "Орлова", "Козлов"),
}
YES = {"en": "yes, I'll be there", "it": "sì, confermo", "ru": "да, приду"}
A_PERSON = {"en": "human", "it": "operatore", "ru": "человек"}
WHO = {"en": "who is this?", "it": "chi è?", "ru": "кто это?"}
STAFF_SAYS = {
    "en": "Hello, how can I help?",
    "it": "Buongiorno, come posso aiutarLa?",
    "ru": "Здравствуйте, чем помочь?",
}
