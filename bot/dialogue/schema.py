"""The JSON Schema of content files: for editors, which complete and check keys while one types.

It knows keys and types. What refers to what, conditions and translations only `chairside check` can judge.
"""

from __future__ import annotations

import json
from typing import Any

from bot.dialogue.keys import ANYTHING, SECTIONS, STEPS, TEST_SECTIONS, table


def schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Chairside content",
        **table({**SECTIONS, **dict.fromkeys(TEST_SECTIONS, ANYTHING)}),
        "$defs": {
            "step": {
                "oneOf": [
                    table({kind: main, **beside}, needs=[kind]) for kind, (main, beside) in STEPS.items()
                ]
            }
        },
    }


def schema_text() -> str:
    """As it is shipped, `flows/flow.schema.json`."""
    return json.dumps(schema(), indent=2) + "\n"
