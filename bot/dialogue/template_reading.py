"""The templates that content declares under `templates`: read, and every mistake told at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from bot.dialogue.keys import TEMPLATE, TEMPLATE_BUTTONS
from bot.dialogue.reading import Fields, Ledger, entries_of, text_of
from bot.dialogue.template_checks import check_template
from bot.domain.templates import ButtonKind, Category, Template, TemplateButton
from bot.errors import ContentRefused
from bot.source import Node, read_file

#: The only parameter of an authentication template, whose words are Meta's own.
CODE = "code"


def load_templates(
    folders: Sequence[Path], *, languages: Sequence[str], known: Collection[str]
) -> dict[str, Template]:
    """Every template in these folders, by name. `known`: what a parameter may be called. Raises
    ContentRefused with all mistakes, those of YAML included."""
    ledger = Ledger()
    templates: dict[str, Template] = {}
    for folder in folders:
        paths = [folder] if folder.is_file() else sorted(folder.rglob("*.y*ml"))
        for path in paths:
            shown = path.name if path == folder else str(Path(folder.name) / path.relative_to(folder))
            try:
                section = read_file(path, shown_as=shown).get("templates")
            except ContentRefused as error:
                ledger.problems.extend(error.problems)
                continue
            for key, node in entries_of(section, ledger, '"templates"') if section else ():
                _add(key, node, templates, ledger)
    for template in templates.values():
        check_template(template, ledger, languages=languages, known=known)
    if ledger.problems:
        raise ContentRefused(tuple(ledger.problems))
    return templates


def _add(key: Node, node: Node, templates: dict[str, Template], ledger: Ledger) -> None:
    name = str(key.scalar)
    before = templates.get(name)
    if before is not None:
        ledger.add(key, "E-DUP", f'template "{name}" is also defined at {before.position}; keep one')
        return
    mistakes = len(ledger.problems)
    template = _read(name, key, node, ledger)
    if len(ledger.problems) == mistakes:
        templates[name] = template


def _read(name: str, key: Node, node: Node, ledger: Ledger) -> Template:
    fields = Fields(node, ledger, f'template "{name}"', TEMPLATE)
    category = fields.text("category")
    if category not in tuple(Category):
        ledger.add(fields.get("category") or key, "E-VALUE", f"a category is one of {', '.join(Category)}")
        category = Category.UTILITY
    is_code = category == Category.AUTHENTICATION
    buttons = tuple(_button(item, name, ledger) for item in fields.items("buttons"))
    if is_code:
        buttons = (*buttons, TemplateButton(kind=ButtonKind.CODE, value="{" + CODE + "}"))
    return Template(
        name=name,
        category=Category(category),
        channels=frozenset(fields.names("channels")),
        position=key.position,
        parameters=_parameters(fields, ledger),
        body=_by_language(fields.mapping("body"), ledger, f'"body" of template "{name}"'),
        header=_by_language(fields.mapping("header"), ledger, f'"header" of template "{name}"'),
        footer=_by_language(fields.mapping("footer"), ledger, f'"footer" of template "{name}"'),
        buttons=buttons,
        description=fields.text("description"),
    )


def _parameters(fields: Fields, ledger: Ledger) -> dict[str, Mapping[str, str]]:
    """Name -> language -> example; an example that stands alone is that of every language, under ""."""
    found: dict[str, Mapping[str, str]] = {}
    node = fields.mapping("parameters")
    for key, value in node.entries if node else ():
        what = f'the example of "{key.scalar}"'
        if value.kind == "mapping":
            found[str(key.scalar)] = _by_language(value, ledger, what)
        else:
            found[str(key.scalar)] = {"": text_of(value, ledger, what)}
    return found


def _button(node: Node, name: str, ledger: Ledger) -> TemplateButton:
    fields = Fields(node, ledger, f'a button of template "{name}"', (*TEMPLATE_BUTTONS, "title"))
    kinds = [kind for kind in TEMPLATE_BUTTONS if fields.get(kind) is not None]
    if len(kinds) != 1:
        ledger.add(node, "E-KEY", f"a button is exactly one of {', '.join(TEMPLATE_BUTTONS)}")
        return TemplateButton(kind=ButtonKind.REPLY)
    kind = ButtonKind(kinds[0])
    titles = _by_language(fields.mapping("title"), ledger, "a button's title")
    return TemplateButton(
        kind=kind, titles=titles, value="" if kind is ButtonKind.CONTACT else fields.text(kinds[0])
    )


def _by_language(node: Node | None, ledger: Ledger, what: str) -> dict[str, str]:
    return {
        str(key.scalar): text_of(value, ledger, what).strip() for key, value in (node.entries if node else ())
    }
