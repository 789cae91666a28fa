"""What actions share that work on an opening which a patient chose: keeping it, and saying what it is."""

from bot.actions.desk import DeskAction
from bot.actions.turn import current_call
from bot.actions.wording import in_words
from bot.domain.diary import Hold, Opening
from bot.domain.openings import place_of


class WithOpening(DeskAction):
    """Actions on the opening that the patient chose."""

    async def keep(self, opening: Opening, *, key: str, instead_of: str | None = None) -> Hold:
        """The hold that this patient has on it, or a new one. Errors as PracticeSystem.hold."""
        call = current_call()
        hold = await self.diary.current_hold(contact=call.contact, opening=opening, at=call.at)
        return hold or await self.diary.hold(
            opening, contact=call.contact, key=key, at=call.at, instead_of=instead_of
        )

    def described(self, opening: Opening) -> dict[str, str]:
        """What, when and with whom, in the conversation's language."""
        language = current_call().language
        visit_type = self.practice.visit_type(opening.visit_type)
        practitioner = self.practice.practitioner(opening.practitioner)
        return {
            "visit_name": visit_type.name(language) if visit_type else "",
            "opening_words": in_words(self.clock.wall(opening.start), language),
            "practitioner_name": practitioner.name if practitioner else self.practice.name,
            "visit_place": place_of(self.practice, opening),
        }

    def anew(self, opening: Opening) -> dict[str, str]:
        """When and where a visit is, once it has moved."""
        words = self.described(opening)
        return {"new_when": words["opening_words"], "visit_place": words["visit_place"]}
