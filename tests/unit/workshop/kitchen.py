"""Small contents of our own, and cases run on them in this process."""

from datetime import UTC, datetime
from pathlib import Path

from bot.errors import ContentRefused
from bot.service.clock import FrozenClock
from bot.workshop.cases import read_cases
from bot.workshop.content import OpenedContent, open_content
from bot.workshop.running import CaseResult, run_cases
from bot.workshop.venues import ContentVenue

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

#: A pizza is ordered: a size, toppings that the kitchen checks, an address by a called flow.
PIZZERIA = """
version: "3.1"
intents: [order_pizza, track_order, faq/hours]
entities: [size, topping]
actions:
  - action_check_kitchen: {outcome: {slot: kitchen, values: [free, busy, error]}}
  - action_loyalty_points: {sets: [points]}
slots:
  size: {type: categorical, values: [small, large], mappings: [{type: from_entity, entity: size}]}
  topping: {type: text}
  address: {type: text}
  kitchen: {type: categorical, values: [free, busy, error], mappings: [{type: controlled}]}
  points: {type: float, mappings: [{type: controlled}]}
  vip: {type: bool, initial_value: false, mappings: [{type: controlled}]}
responses:
  utter_ask_size:
    - text: Which size?
      buttons:
        - {title: Small, payload: /SetSlots(size=small)}
        - {title: Large, payload: /SetSlots(size=large)}
  utter_ask_topping: [{text: "What goes on it?"}]
  utter_ask_address: [{text: "Where shall we bring it?"}]
  utter_ordered: [{text: "One {size} pizza with {topping} to {address}."}]
  utter_kitchen_busy: [{text: "The oven is full, please ring later."}]
  utter_on_its_way: [{text: "It is on its way."}]
flows:
  order_pizza:
    name: ordering a pizza
    description: order a pizza and have it brought
    nlu_trigger: [{intent: order_pizza}]
    steps:
      - collect: size
      - collect: topping
      - id: kitchen
        action: action_check_kitchen
        next:
          - if: slots.kitchen is "free"
            then: where
          - if: slots.kitchen is "busy"
            then:
              - action: utter_kitchen_busy
                next: END
          - if: slots.kitchen is "error"
            then: END
          - else: END
      - id: where
        call: ask_address
      - action: utter_ordered
  ask_address:
    description: where the pizza goes
    if: false
    steps:
      - collect: address
  track_order:
    name: tracking an order
    description: say where an order is
    nlu_trigger: [{intent: track_order}]
    steps:
      - action: utter_on_its_way
answers:
  hours: [{text: "We bake from six to eleven."}]
nlu:
  - intent: order_pizza
    examples: |
      - I want a pizza
      - order a [large](size) pizza
      - can I get something to eat
      - I am hungry, a [small](size) one please
      - bring me a pizza
  - intent: track_order
    examples: |
      - where is my order
      - has it left yet
      - track my pizza
  - intent: faq/hours
    examples: |
      - when are you open
      - opening hours
  - synonym: large
    examples: |
      - big
      - family size
"""

KITCHEN_IS_FREE = """
stub_custom_actions:
  action_check_kitchen:
    events: [{event: slot, name: kitchen, value: free}]
"""


def folder(at: Path, files: dict[str, str] | None = None) -> Path:
    """A folder of content; the pizzeria when none is given."""
    content = at / "content"
    for name, text in (files or {"domain.yml": PIZZERIA}).items():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(text, encoding="utf-8")
    return content


def opened(at: Path, files: dict[str, str] | None = None, *, actions: str | None = None) -> OpenedContent:
    return open_content(folder(at, files), actions=actions)


async def run(content: OpenedContent, cases: str, at: Path) -> list[CaseResult]:
    """The results of the cases in this text."""
    file = at / "cases.yml"
    file.write_text(cases, encoding="utf-8")
    venue = ContentVenue(content=content, clock=FrozenClock(NOON))
    read = read_cases([file], content.assistant)
    return [result async for result in run_cases(read.cases, venue.opened)]


def mistakes(content: OpenedContent, cases: str, at: Path) -> list[str]:
    """What is wrong with the cases in this text, without the file's folder."""
    file = at / "cases.yml"
    file.write_text(cases, encoding="utf-8")
    try:
        warnings = read_cases([file], content.assistant).warnings
    except ContentRefused as refusal:
        return [str(problem).removeprefix(f"{at}/") for problem in refusal.problems]
    return [str(problem).removeprefix(f"{at}/") for problem in warnings]
