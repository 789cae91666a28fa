"""What a phone of the sandbox shows of one message."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """A button under a message, or a row of its list."""

    id: str
    title: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Menu:
    """A list that opens from a button of its own."""

    label: str
    sections: tuple[tuple[str, tuple[Tap, ...]], ...]  # (title, rows)


@dataclass(slots=True, kw_only=True)
class Bubble:
    """One message on the phone. `state` is sent | delivered | read | failed; `tapped` the choice taken.

    `buttons` stay under the message; `chips` are there until another message comes.
    """

    id: str
    by_patient: bool
    at: str
    text: str
    kind: str = "text"
    header: str = ""
    footer: str = ""
    buttons: tuple[Tap, ...] = ()
    chips: tuple[Tap, ...] = ()
    menu: Menu | None = None
    state: str = "sent"
    tapped: str | None = None

    def offers(self, choice: str) -> bool:
        return any(tap.id == choice for tap in (*self.buttons, *self.chips))
