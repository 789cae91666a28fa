"""One planted fault for every code and more: each is found, at the line marked `#!`, and nothing hides it."""

import re
from pathlib import Path

import pytest
from talk import load, refusal

from bot.dialogue import load_assistant
from bot.errors import ContentRefused

DOCS = Path(__file__).parents[3] / "docs" / "flow-format.md"

SLOTS = """
slots:
  day: {type: text}
  kind: {type: categorical, values: [checkup, pain, error]}
  sure: {type: bool}
  age: {type: float}
  many: {type: list, mappings: [{type: controlled}]}
actions:
  - action_find: {outcome: {slot: kind, values: [checkup, error]}, sets: [many]}
  - action_free: {sets: []}
responses:
  utter_ask_day: [{text: "Day?"}]
  utter_ask_kind: [{text: "Kind?"}]
  utter_ask_sure: [{text: "Sure?"}]
  utter_done: [{text: "Done."}]
"""

FLOW = SLOTS + "flows:\n  f:\n    description: d\n    steps:\n"
ONE_STEP = FLOW + "      - action: utter_done\n"


def step(*lines: str) -> str:
    return FLOW + "".join(f"      {line}\n" for line in lines)


def more(*lines: str) -> str:
    return SLOTS + "".join(f"{line}\n" for line in lines)


#: What is told, and content whose line with `#!` is the faulty one.
FAULTS: list[tuple[str, str]] = [
    # E-YAML
    ("E-YAML anchors are not allowed", more("intents: &a [] #!")),
    ('E-YAML key "slots" appears twice', more("slots: {} #!")),
    ("E-YAML tags are not allowed", more("intents: !!set [] #!")),
    ("E-YAML aliases are not allowed", more("intents: *a #!")),
    (
        'E-YAML "1_000": write the number without "_"',
        SLOTS.replace("type: float}", "type: float, initial_value: 1_000} #!"),
    ),
    # E-KEY
    ('E-KEY a content file has no key "flow"; did you mean "flows"?', more("flow: {} #!")),
    ('E-KEY flow "f" needs a description', more("flows:", "  f: #!", "    steps: [{action: utter_done}]")),
    ('E-KEY flow "f" needs steps', more("flows:", "  f: #!", "    description: d")),
    (
        'E-KEY a collect step has no key "uter"; did you mean "utter"?',
        step("- collect: day", "  uter: utter_done #!"),
    ),
    (
        'E-KEY a link step has no key "description"',
        step("- link: pattern_human_handoff", "  description: d #!"),
    ),
    (
        'E-KEY slot "day" has no key "tpye"; did you mean "type"?',
        SLOTS.replace("day: {type: text}", "day: {type: text, tpye: text} #!"),
    ),
    (
        'E-KEY mapping "from_intent" of slot "day" needs "value"',
        SLOTS.replace(
            "day: {type: text}", "day: {type: text, mappings: [{type: from_intent, intent: human}]} #!"
        ),
    ),
    (
        'E-KEY a rejection needs both "if" and "utter"',
        step("- collect: day", "  rejections:", "    - if: slots.day is null #!"),
    ),
    (
        'E-KEY a button of response "utter_x" needs "title" and "payload"',
        more("  utter_x:", "    - text: x", "      buttons: [{title: x}] #!"),
    ),
    ('E-KEY response "utter_x": a variation needs one of text', more("  utter_x: [{channel: whatsapp}] #!")),
    ("E-KEY an item of training data has one of intent, synonym", more("nlu:", "  - examples: hello #!")),
    (
        'E-KEY "outcome" of action "action_x" has no key "slots"; did you mean "slot"?',
        SLOTS.replace(
            "  - action_free", "  - action_x: {outcome: {slots: kind, values: [error]}} #!\n  - action_free"
        ),
    ),
    # E-TYPE
    (
        'E-TYPE slot "x" needs a type',
        SLOTS.replace("  day: {type: text}", "  day: {type: text}\n  x: {type: txt} #!"),
    ),
    (
        'E-TYPE "ask_before_filling" of a collect step must be true or false',
        step("- collect: day", "  ask_before_filling: yes #!"),
    ),
    ('E-TYPE "many" is a list; lists cannot be collected', step("- collect: many #!")),
    ('E-TYPE "many" is a list; only actions can set lists', step("- set_slots: [{many: 1}] #!")),
    ('E-TYPE "intents" of a content file must be a list', more("intents: hello #!")),
    (
        'E-TYPE "metadata" of an action step must be a mapping',
        step("- action: utter_done", "  metadata: x #!"),
    ),
    ("E-TYPE a step is a mapping", step("- utter_done #!")),
    # E-DUP
    (
        'E-DUP slot "x" has the value "A" twice',
        SLOTS.replace(
            "  day: {type: text}", "  day: {type: text}\n  x: {type: categorical, values: [a, A]} #!"
        ),
    ),
    (
        'E-DUP response "utter_x" has two variations with the id "a"',
        more("  utter_x:", "    - {id: a, text: x}", "    - {id: a, text: y} #!"),
    ),
    (
        'E-DUP flows "f" and "g" both start by intent "book_visit"',
        more(
            "flows:",
            "  f: {description: d, nlu_trigger: [{intent: book_visit}], steps: [{action: utter_done}]}",
            "  g: {description: d, nlu_trigger: [{intent: book_visit}], steps: [{action: utter_done}]} #!",
        ),
    ),
    (
        'E-DUP "action_listen" is the engine\'s own',
        SLOTS.replace("  - action_free", "  - action_listen #!\n  - action_free"),
    ),
    # E-REF
    ('E-REF there is no response "utter_don"; did you mean "utter_done"?', step("- action: utter_don #!")),
    ('E-REF there is no action "action_fin"; did you mean "action_find"?', step("- action: action_fin #!")),
    ('E-REF there is no slot "dya"; did you mean "day"?', step("- collect: dya #!")),
    ('E-REF there is no flow "g"', step("- call: g #!")),
    (
        'E-REF there is no intent "book_visits"; did you mean "book_visit"?',
        ONE_STEP.replace("description: d", "description: d\n    nlu_trigger: [{intent: book_visits}] #!"),
    ),
    (
        'E-REF there is no entity "tiem"; did you mean "time"?',
        SLOTS.replace(
            "day: {type: text}", "day: {type: text, mappings: [{type: from_entity, entity: tiem}]} #!"
        ),
    ),
    (
        'E-REF there is no slot "dya"; did you mean "day"?',
        SLOTS.replace("sets: []", "sets: [dya]").replace(
            "- action_free: {sets: [dya]}", "- action_free: {sets: [dya]} #!"
        ),
    ),
    (
        'E-REF a button of "utter_x" sets slot "dya"',
        more("  utter_x: [{text: x, buttons: [{title: x, payload: /SetSlots(dya=1)}]}] #!"),
    ),
    (
        'E-REF a button of "utter_x" means intent "hmuan"',
        more("  utter_x: [{text: x, buttons: [{title: x, payload: /hmuan}]}] #!"),
    ),
    # E-ID
    (
        'E-ID flow "f" has two steps with the id "a"',
        step("- id: a", "  action: utter_done", "- id: a #!", "  action: utter_done"),
    ),
    ('E-ID "END" is reserved', step("- id: END #!", "  action: utter_done")),
    (
        'E-ID flow "pattern_own": ids with "pattern_" are reserved',
        more("flows:", "  pattern_own: {description: d, steps: [{action: utter_done}]} #!"),
    ),
    ('E-ID slot "1st"', SLOTS.replace("  day: {type: text}", "  day: {type: text}\n  1st: {type: text} #!")),
    ('E-ID response "done": the name of a response begins with "utter_"', more("  done: [{text: x}] #!")),
    # E-KIND, E-NEXT, E-ELSE, E-UNREACHABLE, E-LOOP
    ('did you mean "collect"?', step("- colect: day #!")),
    ("E-KIND a step has exactly one of", step("- collect: day #!", "  action: utter_done")),
    (
        'E-NEXT step "0_utter_done" goes to "nowhere", which does not exist',
        step("- action: utter_done", "  next: nowhere #!"),
    ),
    ("E-NEXT noop needs a `next`", step("- noop: true #!")),
    ("E-NEXT an empty list of steps leads nowhere", step("- action: utter_done", "  next: [] #!")),
    (
        "E-NEXT the last step of a nested list needs a `next`",
        step(
            "- collect: sure",
            "  next:",
            "    - if: slots.sure",
            "      then:",
            "        - action: utter_done #!",
            "    - else: END",
        ),
    ),
    (
        "E-ELSE add a last branch `- else: ...`",
        step("- collect: sure", "  next:", "    - if: slots.sure #!", "      then: END"),
    ),
    (
        "E-ELSE `else` comes last",
        step("- collect: sure", "  next:", "    - else: END #!", "    - if: slots.sure", "      then: END"),
    ),
    (
        "E-UNREACHABLE no way leads to step",
        step("- action: utter_done", "  next: END", "- action: utter_done #!"),
    ),
    (
        "E-LOOP goes round for ever: a -> b -> a",
        step("- id: a #!", "  action: utter_done", "- id: b", "  action: utter_done", "  next: a"),
    ),
    # E-LINK, E-CALL, E-ASKER, E-PERSIST
    ("E-LINK a flow cannot link to itself", step("- link: f #!")),
    (
        "E-LINK a link is the last step of its list",
        step("- link: pattern_human_handoff #!", "- action: utter_done"),
    ),
    ("E-LINK a link ends the flow; it has no next", step("- link: pattern_human_handoff", "  next: END #!")),
    ('E-LINK "pattern_chitchat" cannot be linked from here', step("- link: pattern_chitchat #!")),
    ("E-CALL calls come back to themselves: f -> f", step("- call: f #!")),
    ("E-CALL patterns neither call nor are called", step("- call: pattern_chitchat #!")),
    (
        'E-ASKER response "utter_ask_age" and action "action_ask_age" are both missing',
        step("- collect: age #!"),
    ),
    (
        'E-PERSIST flow "f" does not fill "age"',
        ONE_STEP.replace("description: d", "description: d\n    persisted_slots: [age] #!"),
    ),
    (
        "E-PERSIST",
        step("- collect: day", "  reset_after_flow_ends: false").replace(
            "description: d", "description: d\n    persisted_slots: [day] #!"
        ),
    ),
    # E-COND, E-MIX
    (
        'E-COND "slots.day in day" is not a condition',
        step("- collect: day", "  rejections:", "    - {if: slots.day in day, utter: utter_done} #!"),
    ),
    (
        'E-COND "kind" is never "pian"',
        step("- collect: kind", "  rejections:", "    - {if: slots.kind is 'pian', utter: utter_done} #!"),
    ),
    (
        "E-COND there is no context.x; only patterns have a context",
        ONE_STEP.replace("description: d", "description: d\n    if: context.x #!"),
    ),
    (
        "they cannot be compared",
        ONE_STEP.replace("description: d", "description: d\n    if: slots.sure = 1 #!"),
    ),
    (
        'E-COND "(" is not a pattern that RE2 accepts',
        ONE_STEP.replace("description: d", 'description: d\n    if: slots.day matches "(" #!'),
    ),
    (
        "E-MIX mixes `and` with `or`",
        ONE_STEP.replace(
            "description: d", "description: d\n    if: slots.sure and slots.age or slots.day #!"
        ),
    ),
    # E-VALUE
    (
        'E-VALUE slot "sure" is bool: this is neither true nor false',
        step("- set_slots: [{sure: perhaps}] #!"),
    ),
    ('E-VALUE "max_attempts" is 1, 2, 3', step("- collect: day", "  max_attempts: 0 #!")),
    (
        'E-VALUE slot "x": write its values',
        SLOTS.replace("  day: {type: text}", "  day: {type: text}\n  x: {type: categorical, values: []} #!"),
    ),
    ('E-VALUE "timeout" is in seconds, above 0', SLOTS.replace("sets: []}", "sets: [], timeout: 0} #!")),
    (
        'E-VALUE "kind" is one of image, audio, document, location; did you mean "image"?',
        SLOTS.replace(
            "day: {type: text}", "day: {type: text, mappings: [{type: from_media, kind: imgae}]} #!"
        ),
    ),
    (
        'sets slot "kind" to "pian", which is not one of its values; did you mean "pain"?',
        more("  utter_x: [{text: x, buttons: [{title: x, payload: /SetSlots(kind=pian)}]}] #!"),
    ),
    ("E-VALUE the format's version is", more('version: "2.0" #!')),
    # E-PLACEHOLDER, E-LANG, E-OUTCOME, E-SAFETY
    (
        'E-PLACEHOLDER "utter_done" shows {dya}, which is no slot; did you mean "day"?',
        ONE_STEP.replace('[{text: "Done."}]', '[{text: "Done {dya}."}] #!'),
    ),
    (
        'E-PLACEHOLDER "utter_x" in "it" differs from the others in {day}',
        more('  utter_x: [{text: "{day}", translation: {it: "Giorno"}}] #!'),
    ),
    (
        'E-PLACEHOLDER "utter_x" in "it" differs from the others in {day}',
        more('  utter_x: [{text: x, buttons: [{title: "{day}", payload: x, translation: {it: Giorno}}]}] #!'),
    ),
    ("E-PLACEHOLDER", more('  utter_x: [{text: "{% for a in b %}", metadata: {template: jinja}}] #!')),
    (
        "E-OUTCOME",
        SLOTS.replace("[checkup, error]", "[checkup]").replace("sets: [many]}", "sets: [many]} #!"),
    ),
    (
        'E-OUTCOME action_find may set kind to "error", which no branch handles',
        step(
            "- action: action_find #!",
            "  next:",
            "    - if: slots.kind is 'checkup'",
            "      then: END",
            "    - else: END",
        ),
    ),
    (
        'E-OUTCOME action "action_x" has no outcome "kept"',
        SLOTS.replace(
            "  - action_free",
            "  - action_x: {outcome: {slot: kind, values: [pain, error]}, holds: [kept]} #!\n  - action_free",
        ),
    ),
    (
        'E-SAFETY the first step of "pattern_emergency" must be `action: action_emergency_alert`',
        more("flows:", "  pattern_emergency: {description: d, steps: [{action: utter_done}]} #!"),
    ),
    (
        'E-SAFETY "pattern_human_handoff" must run `action: action_open_handoff`',
        more("flows:", "  pattern_human_handoff: {description: d, steps: [{action: utter_done}]} #!"),
    ),
    (
        'E-VALUE example "book me in" needs a "- " before it',
        more("nlu:", "  - intent: hello", "    examples: book me in #!"),
    ),
    (
        'E-VALUE "(" is not a pattern that RE2 accepts: missing ): (',
        more("nlu:", "  - regex: postcode", '    examples: ["("] #!'),
    ),
    (
        'E-VALUE {"value": "x"} marks no entity; write for example {"entity": "city"}',
        more("nlu:", "  - intent: hello", """    examples: ['from [x]{"value": "x"}'] #!"""),
    ),
    (
        "E-VALUE {entity: city} marks no entity",
        more("nlu:", "  - intent: hello", "    examples: ['from [x]{entity: city}'] #!"),
    ),
    (
        "E-KEY an item of training data needs examples",
        more("nlu:", "  - intent: hello #!"),
    ),
    (
        'E-TYPE "action" of an action step must be text',
        step("- action: #!"),
    ),
    (
        'E-COND "kind" is never "pian"',
        ONE_STEP.replace("description: d", "description: d\n    if: \"{'pian'} contains slots.kind\" #!"),
    ),
    (
        'E-COND "kind" is never "3"',
        ONE_STEP.replace("description: d", "description: d\n    if: slots.kind > 3 #!"),
    ),
    (
        'E-PLACEHOLDER "utter_done" is a template',
        ONE_STEP.replace('[{text: "Done."}]', '[{text: "{{ context.x }}", metadata: {template: jinja}}] #!'),
    ),
    # what is not part of the format
    ("E-STORIES", more("stories: [] #!")),
    ("E-STORIES", more("rules: [] #!")),
    ("E-STORIES", more("forms: {} #!")),
    ("E-POLICY", more("pipeline: [] #!")),
    ("E-LLM", step("- collect: day", "  prompt_template: x #!")),
    ("E-LLM", step("- action: action_trigger_chitchat #!")),
    ("E-AGENT", step("- call: pattern_chitchat", "  exit_if: [x] #!")),
    ("E-VOICE", step("- collect: day", "  silence_timeout: 5 #!")),
    ("E-VOICE", step("- action: action_hangup #!")),
    ("E-FORM", SLOTS.replace("day: {type: text}", "day: {type: text, mappings: [{type: custom}]} #!")),
]

WARNINGS: list[tuple[str, str]] = [
    (
        'W-LEGACY "/x/i" is matched with its slashes',
        ONE_STEP.replace("description: d", 'description: d\n    if: slots.day matches "/x/i" #!'),
    ),
    (
        'W-LEGACY "min_value" has no effect',
        SLOTS.replace("age: {type: float}", "age: {type: float, min_value: 1} #!"),
    ),
    (
        "W-LEGACY `undefined` and `empty` are rarely meant",
        ONE_STEP.replace("description: d", "description: d\n    if: slots.day is empty #!"),
    ),
    (
        'W-LLM response "utter_x": "rephrase" has no effect',
        more("  utter_x: [{text: x, metadata: {rephrase: true}}] #!"),
    ),
    (
        "W-COEX there is only one system",
        SLOTS.replace("  day: {type: text}", "  day: {type: text}\n  route_session_to_calm: {type: bool} #!"),
    ),
    (
        "W-COEX there is only one system",
        SLOTS.replace(
            "day: {type: text}", "day: {type: text, mappings: [{type: from_llm, coexistence_system: NLU}]} #!"
        ),
    ),
    (
        'W-TEXTORDER "day" is text',
        ONE_STEP.replace(
            "description: d", 'description: d\n    if: slots.day is not null and slots.day < "3" #!'
        ),
    ),
    (
        'W-SHARED "a" and "b" both collect "day"',
        more(
            "flows:",
            "  a: {description: d, steps: [{collect: day}]}",
            "  b: {description: d, steps: [{collect: day}]} #!",
        ),
    ),
    (
        'W-OUTCOME action "action_free" declares neither',
        step("- action: action_free").replace("- action_free: {sets: []}", "- action_free #!"),
    ),
    (
        'W-UNUSED nothing fills or reads slot "age"',
        SLOTS.replace("age: {type: float}", "age: {type: float} #!"),
    ),
]


def marked(content: str) -> str:
    [line] = [number for number, line in enumerate(content.splitlines(), start=1) if line.endswith("#!")]
    return f"f/flows.yml:{line}:"


def test_the_content_that_faults_are_planted_into_is_good() -> None:
    assert refusal(ONE_STEP) == []


@pytest.mark.parametrize(("told", "content"), FAULTS, ids=[told for told, _ in FAULTS])
def test_a_planted_fault_is_found_where_it_stands(told: str, content: str) -> None:
    problems = [problem for problem in refusal(content) if problem.startswith(marked(content))]

    assert [problem for problem in problems if told in problem], refusal(content)


@pytest.mark.parametrize(("told", "content"), WARNINGS, ids=[told for told, _ in WARNINGS])
def test_what_is_doubtful_is_warned_of_where_it_stands(told: str, content: str) -> None:
    warnings = [str(problem) for problem in load(content).warnings]

    assert [line for line in warnings if line.startswith(marked(content)) and told in line], warnings


def test_a_text_or_name_without_a_translation_is_found() -> None:
    files = {
        "config.yml": "language: en\nadditional_languages: [it]\n",
        "flows.yml": "responses:\n  utter_x:\n    - text: x\n"
        "flows:\n  f:\n    name: a flow\n    description: d\n    steps: [{action: utter_x}]\n",
    }

    assert [problem for problem in refusal(files, ["en", "it"]) if "flows.yml" in problem] == [
        'f/flows.yml:3:7: E-LANG "utter_x" is not written in "it"; add it under `translation`',
        'f/flows.yml:5:3: E-LANG flow "f" has no name in "it"; add it under `translation`',
    ]


def test_every_mistake_of_every_file_is_told_at_once_and_in_order(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(step("- collect: dya", "- action: utter_don"))
    (tmp_path / "b.yml").write_text("flow: {}\n")
    (tmp_path / "c.yml").write_text("intents: &a []\n")

    with pytest.raises(ContentRefused) as refused:
        load_assistant([tmp_path], languages=("en",))

    name = tmp_path.name
    assert [str(p).split(" ")[:2] for p in refused.value.problems if p.is_error] == [
        [f"{name}/a.yml:20:18:", "E-REF"],
        [f"{name}/a.yml:21:17:", "E-REF"],
        [f"{name}/b.yml:1:1:", "E-KEY"],
        [f"{name}/c.yml:1:10:", "E-YAML"],
    ]


#: Told elsewhere: of a practice's own actions, of languages (above), of test files, of what actions return.
ELSEWHERE = {"E-ACTION", "E-LANG", "W-DUPTEST", "E-EVENT"}


def test_every_code_that_the_format_lists_is_planted() -> None:
    section = DOCS.read_text(encoding="utf-8").split("\n## Codes\n")[1].split("\n## ")[0]
    listed = set(re.findall(r"\b[EW]-[A-Z]+\b", section))
    planted = {code for told, _ in (*FAULTS, *WARNINGS) for code in re.findall(r"\b[EW]-[A-Z]+\b", told)}

    assert listed - planted - ELSEWHERE == set()
