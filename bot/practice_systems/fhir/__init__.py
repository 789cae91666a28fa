"""FHIR R4: `practice_system: {kind: fhir}`. docs/practice-systems.md says what it promises."""

from bot.practice_systems.fhir.opening import open_fhir

__all__ = ["open_fhir"]
