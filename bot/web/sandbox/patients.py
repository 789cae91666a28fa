"""The people of the sandbox: one for each language, with something to say."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxPatient:
    """Somebody to play. `digits` is the phone without "+", `psid` the Page-scoped id on Messenger.

    A Page-scoped id is longer than any phone number: no contact is mistaken for another.
    """

    digits: str
    psid: str
    name: str
    language: str
    suggestions: tuple[str, ...]

    def contact(self, channel: str) -> str:
        return self.psid if channel == "messenger" else self.digits


PATIENTS = (
    SandboxPatient(
        digits="393331234567",
        psid="7204918365027741",
        name="Anna Rossi",
        language="it",
        suggestions=(
            "Buonasera, vorrei prenotare una prima visita",
            "Avete posto giovedì pomeriggio per un'igiene?",
            "Siete aperti il sabato?",
            "Vorrei parlare con una persona",
        ),
    ),
    SandboxPatient(
        digits="447700900123",
        psid="7204918365027742",
        name="James Smith",
        language="en",
        suggestions=(
            "Hello, I'd like to book a check-up",
            "Anything free on Thursday afternoon?",
            "Where can I park?",
            "Can I talk to a person?",
        ),
    ),
    SandboxPatient(
        digits="79161234567",
        psid="7204918365027743",
        name="Елена Орлова",
        language="ru",
        suggestions=(
            "Здравствуйте, хочу записаться на приём",
            "Можно в четверг после обеда?",
            "Где вы находитесь?",
            "Позовите, пожалуйста, человека",
        ),
    ),
)
