"""Meta's side and a patient's phone, which outlive every crash of the front desk; and places to die at."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from bot.domain.conversation import Address, Choice, Rendered, Reply, SendOutcome, Sent
from bot.testing import RecordingChannel, Seen


class Outside:
    """Meta and the patient's phone, in a file: what happened there outlives every crash here."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.touch()

    def note(self, **fact: Any) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(fact) + "\n")

    def facts(self, kind: str) -> list[dict[str, Any]]:
        lines = self._file.read_text("utf-8").splitlines()
        return [fact for fact in map(json.loads, lines) if fact["kind"] == kind]

    @property
    def screen(self) -> list[Seen]:
        return [
            Seen(
                fact["text"],
                tuple(Choice(title=title, payload=payload) for title, payload in fact["choices"]),
            )
            for fact in self.facts("sent")
        ]


class Death:
    """Counts outside calls, and kills this process at one of them: of all, or of one `kind`, since which call
    comes when is not the same in every run."""

    def __init__(self) -> None:
        self.at: int | None = None
        self.kind: str | None = None
        self.calls: list[str] = []

    def comes(self, call: str) -> None:
        self.calls.append(call)
        counts = self.kind in (None, call)
        if counts and self.at == sum(self.kind in (None, each) for each in self.calls):
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)  # a signal may take a moment, in which nothing more may happen


class LastingChannel(RecordingChannel):
    """Meta's side of a send, between two places to die at."""

    def __init__(self, outside: Outside, death: Death) -> None:
        super().__init__()
        self._outside = outside
        self._death = death

    async def send(self, message: Rendered, to: Address) -> SendOutcome:
        reply: Reply = message.body["reply"]
        self._death.comes("before a send")
        choices = [(choice.title, choice.payload) for choice in reply.choices]
        self._outside.note(kind="sent", id=message.body["id"], text=reply.text, choices=choices)
        self._death.comes("after a send")
        return Sent(message_id=f"wamid.{message.body['id']}")
