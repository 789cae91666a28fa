"""Flows as pictures: what is in them, what Mermaid and XML could trip over, and where things stand."""

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from bot import bootstrap
from bot.dialogue import Assistant
from bot.drawing import flow_graph, to_mermaid, to_svg
from bot.drawing.graph import shorten
from bot.drawing.layout import Arc, Place, Size, lay_out
from bot.workshop.content import read_content

SVG = "{http://www.w3.org/2000/svg}"
PIZZA = """
flows:
  order_pizza:
    name: ordering a "pizza"
    description: takes an order
    if: slots.oven_on
    steps:
      - collect: size
        rejections:
          - if: slots.size is "x"
            utter: utter_no_such_size
      - id: look
        action: action_check_dough
        next:
          - if: slots.dough is "none"
            then:
              - action: utter_sorry
              - set_slots: [{size: null}, {tries: 1}]
                next: END
          - if: slots.dough is "low" and slots.size is "large"
            then:
              - call: choose_smaller
                next: look
          - if: slots.dough is "enough"
            then: make
          - if: slots.dough is "error"
            then: make
          - else: make
      - id: make
        noop: true
        next:
          - if: slots.oven_on
            then: END
          - else:
              - link: call_the_owner
  choose_smaller:
    description: asks again
    if: false
    steps:
      - collect: size
        ask_before_filling: true
  call_the_owner:
    description: somebody comes
    if: false
    steps:
      - action: utter_owner
slots:
  size: {type: text, mappings: [{type: from_text}]}
  dough: {type: categorical, values: [enough, low, none, error], mappings: [{type: controlled}]}
  oven_on: {type: bool, mappings: [{type: controlled}]}
  tries: {type: float, mappings: [{type: controlled}]}
responses:
  utter_ask_size: [{text: "<b>[Size]</b> & `how` #1?"}]
  utter_no_such_size: [{text: "We only make small and large."}]
  utter_sorry: [{text: "No dough left."}]
  utter_owner: [{text: "The owner \\"Ada\\" comes."}]
actions:
  - action_check_dough: {outcome: {slot: dough, values: [enough, low, none, error]}, sets: []}
"""


@pytest.fixture
def pizzeria(tmp_path: Path) -> Assistant:
    (tmp_path / "pizza.yml").write_text(PIZZA)
    return read_content(tmp_path)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("practice")
    demo = bootstrap.Configuration(data=folder, environment=bootstrap.DEMO_ENVIRONMENT, demo=True)
    return bootstrap.read_assistant(demo, bootstrap.read_practice(demo))


GOLDEN = """\
flowchart TD
  n0(["ordering a #quot;pizza#quot;<br/>if oven_on"])
  n1[/"ask size<br/>“#lt;b#gt;[Size]#lt;/b#gt; #amp; #96;how#96; #35;1?”<br/>again if size is #quot;x#quot;"/]
  n2[["action_check_dough"]]
  n3["utter_sorry<br/>“No dough left.”"]
  n4["size = nothing<br/>tries = 1"]
  n5[["call choose_smaller"]]
  n6("make")
  n7>"go to call_the_owner"]
  n8(["END"])
  n0 --> n1
  n1 --> n2
  n2 -->|"dough is #quot;none#quot;"| n3
  n2 -->|"dough is #quot;low#quot; and size is #quot;large#quot;"| n5
  n2 -->|"dough is #quot;enough#quot; or dough is #quot;error#quot; or else"| n6
  n3 --> n4
  n4 --> n8
  n5 --> n2
  n6 -->|"oven_on"| n8
  n6 -->|"else"| n7
  class n0 start
  class n1 ask
  class n2 act
  classDef start fill:#0f766e,color:#ffffff,stroke:#0b5e57
  classDef ask fill:#fdf0d7,color:#14211e,stroke:#b45309
  classDef act fill:#dde9fb,color:#14211e,stroke:#1d6fd1
  classDef covered stroke:#0f766e,stroke-width:3px
  classDef missing stroke:#b42318,stroke-width:3px,stroke-dasharray:5 3
"""


def test_a_flow_as_mermaid(pizzeria: Assistant) -> None:
    graph = flow_graph(pizzeria, pizzeria.flows["order_pizza"], language="en")

    assert to_mermaid([graph]) == GOLDEN


def test_several_flows_are_one_chart_with_dotted_lines_between_them(pizzeria: Assistant) -> None:
    graphs = [flow_graph(pizzeria, flow, language="en") for flow in pizzeria.flows.values()]
    wanted = [graph for graph in graphs if graph.flow in ("order_pizza", "choose_smaller")]
    lines = to_mermaid(wanted).splitlines()

    assert [line for line in lines if "subgraph" in line or "-.->" in line] == [
        '  subgraph f0 ["ordering a #quot;pizza#quot;"]',
        '  subgraph f1 ["choose_smaller"]',
        "  f0n5 -.-> f1n0",
    ]


def test_what_tests_missed_is_marked(pizzeria: Assistant) -> None:
    flow = pizzeria.flows["choose_smaller"]
    graph = flow_graph(pizzeria, flow, language="en", covered=())
    marked = [
        group.get("data-step")
        for group in ElementTree.fromstring(to_svg(graph)).iter(f"{SVG}g")
        if "missing" in (group.get("class") or "").split()
    ]

    assert marked == ["0_size"]
    assert "  class n1 missing\n" in to_mermaid([graph])


def steps_of(svg: ElementTree.Element) -> list[str | None]:
    groups = [group for group in svg.iter(f"{SVG}g") if "node" in (group.get("class") or "").split()]
    return [group.get("data-step") for group in groups if group.get("data-step") not in ("START", "END")]


@pytest.mark.parametrize("language", ["en", "it", "ru"])
def test_every_flow_of_the_practice_is_drawn_with_every_step(practice: Assistant, language: str) -> None:
    flows = practice.flows.values()
    graphs = [flow_graph(practice, flow, language=language) for flow in flows]
    drawn = [ElementTree.fromstring(to_svg(graph)) for graph in graphs]

    assert [steps_of(svg) for svg in drawn] == [[*flow.steps] for flow in flows]
    assert all(svg[0].tag == f"{SVG}title" and svg[1].tag == f"{SVG}desc" and svg[1].text for svg in drawn)


def test_a_drawing_within_a_page_brings_no_style_of_its_own(pizzeria: Assistant) -> None:
    graph = flow_graph(pizzeria, pizzeria.flows["order_pizza"], language="en")

    assert "<style" in to_svg(graph)
    assert "<style" not in to_svg(graph, styled=False)
    assert "style=" not in to_svg(graph, styled=False)


def overlap(one: Place, other: Place) -> bool:
    return (
        abs(one.x - other.x) < (one.size.width + other.size.width) / 2
        and abs(one.y - other.y) < (one.size.height + other.size.height) / 2
    )


def test_nothing_lies_on_top_of_anything_else() -> None:
    box, word = Size(width=120, height=40), Size(width=90, height=16)
    sizes = dict.fromkeys("abcdefgh", box)
    ways = ["ab", "ac", "ad", "be", "ce", "de", "ea", "eh", "af", "fh", "gg", "bg", "gb", "hd"]
    arcs = [Arc(source=way[0], target=way[1], label=word) for way in ways]
    layout = lay_out(sizes, arcs)
    things = [place for name, place in layout.places.items() if place.size.width]

    assert not any(overlap(one, other) for one, other in combinations(things, 2))
    assert [
        line[0][1] == layout.places[way[0]].bottom
        for line, way in zip(layout.lines, ways, strict=True)
        if way in ("ab", "ac", "be")
    ] == [True, True, True]
    assert all(0 <= x <= layout.width and 0 <= y <= layout.height for line in layout.lines for x, y in line)


def test_long_texts_end_at_a_word() -> None:
    assert shorten("When would you like to come?", 20) == "When would you like…"
    assert shorten("short", 20) == "short"
