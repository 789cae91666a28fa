"""Actions that a practice brings along: a Python module or file written for rasa-sdk, read at start.

A module says what it offers in `ACTIONS`, a list of actions or their classes. Without that list it is every
action class that the module (or the package, with all of its modules) defines itself, as rasa-sdk has it.
"""

import hashlib
import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, TracebackType
from typing import TypeAlias

from rasa_sdk.interfaces import Action

from bot.errors import ContentRefused, Position, Problem, SetupError

CODE = "E-ACTION"
RasaAction: TypeAlias = Action


def load_actions(module_or_path: str | Path) -> list[Action]:
    """`practice_actions`, `clinic.actions`, `actions.py` or a folder that is a package.

    The folder of a file, and the current one for a module, are searched for what it imports.
    Raises SetupError when there is no such module, and ContentRefused, with file and line of every mistake
    found, when it cannot be imported or offers what is no action. Whatever the module does, also `exit()`,
    the program goes on.
    """
    modules = _modules(str(module_or_path))
    problems: list[Problem] = []
    found = [action for module in modules for action in _offered(module, modules[0], problems)]
    actions: dict[str, Action] = {}
    for action, place in found:
        name = action.name()
        known = actions.setdefault(name, action)
        if known is not action:
            problems.append(Problem(place, CODE, f'two actions are called "{name}"; rename one of them'))
    if problems:
        raise ContentRefused(tuple(problems))
    if not actions:
        message = 'has no action: write a class that is a rasa_sdk.Action, or list yours in "ACTIONS"'
        raise ContentRefused((Problem(Position(_shown(modules[0].__file__), 1, 1), CODE, message),))
    return list(actions.values())


def _modules(named: str) -> list[ModuleType]:
    path = Path(named)
    if path.suffix == ".py" or path.is_dir():
        top = _from_path(path)
    else:
        _search(Path.cwd())
        top = _imported(named)
    return [top, *_beneath(top)]


def _from_path(path: Path) -> ModuleType:
    is_package = path.is_dir()
    file = path / "__init__.py" if is_package else path
    if not file.is_file():
        raise SetupError(f"{file} does not exist; name a Python file, a package's folder, or a module")
    if is_package or (path.parent / "__init__.py").is_file():
        return _in_package(file.resolve().parent, "" if is_package else path.stem)
    _search(path.resolve().parent)
    # A name of its own: "actions.py" here and "actions.py" there are different modules.
    unique = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
    spec = importlib.util.spec_from_file_location(f"{path.stem}_{unique}", path)
    assert spec is not None and spec.loader is not None  # a file that ends in .py has both
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[spec.name]
        raise _refusal(error, str(path)) from error
    return module


def _in_package(folder: Path, module: str) -> ModuleType:
    """Packages keep their names, since their modules import each other by them."""
    parts = [module] if module else []
    while (folder / "__init__.py").is_file():
        parts.insert(0, folder.name)
        folder = folder.parent
    _search(folder)
    name = ".".join(parts)
    loaded = sys.modules.get(parts[0])
    expected = folder / parts[0] / "__init__.py"
    if loaded is not None and Path(loaded.__file__ or "").resolve() != expected:
        raise SetupError(
            f'a module called "{parts[0]}" is loaded already; rename the folder {expected.parent}'
        )
    return _imported(name)


def _imported(name: str) -> ModuleType:
    importlib.invalidate_caches()
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            raise SetupError(
                f'there is no module "{name}"; start where it lies, or name its file: actions.py'
            ) from error
        raise _refusal(error, name) from error
    except (Exception, SystemExit) as error:
        raise _refusal(error, name) from error


def _beneath(top: ModuleType) -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(getattr(top, "__path__", ()), prefix=f"{top.__name__}."):
        module = _imported(found.name)
        yield module
        if found.ispkg:
            yield from _beneath(module)


def _search(folder: Path) -> None:
    """Last of all, so that no file of theirs takes the place of a library."""
    if str(folder) not in sys.path:
        sys.path.append(str(folder))


def _offered(
    module: ModuleType, top: ModuleType, problems: list[Problem]
) -> Iterator[tuple[Action, Position]]:
    """What this module offers, with its place. A list in the top module speaks for its whole package."""
    listed = getattr(top, "ACTIONS", None)
    if listed is not None:
        if module is not top:
            return
        if not isinstance(listed, list | tuple):
            problems.append(_problem(top, '"ACTIONS" must be a list of actions'))
            return
        offered = list(listed)
    else:
        offered = list(dict.fromkeys(each for each in vars(module).values() if _is_own(each, module)))
    for each in offered:
        place = _place(each, module)
        try:
            action = each() if inspect.isclass(each) else each
            if not isinstance(action, Action):
                problems.append(Problem(place, CODE, f"{_called(each)} is not a rasa_sdk.Action"))
                continue
            name = action.name()
            inspect.signature(action.run).bind(None, None, None)
        except (Exception, SystemExit) as error:
            remedy = (
                "it needs name() and run(dispatcher, tracker, domain),"
                ' and what takes arguments goes into "ACTIONS"'
            )
            problems.append(Problem(place, CODE, f"{_called(each)} is no action: {_reason(error)}; {remedy}"))
            continue
        if not isinstance(name, str) or not name:
            problems.append(Problem(place, CODE, f"{_called(each)}: name() must return text"))
            continue
        yield action, place


def _is_own(thing: object, module: ModuleType) -> bool:
    return (
        inspect.isclass(thing)
        and issubclass(thing, Action)
        and thing.__module__ == module.__name__
        and not thing.__name__.startswith("_")
        and not inspect.isabstract(thing)
    )


def _called(thing: object) -> str:
    kind = thing if inspect.isclass(thing) else type(thing)
    return str(kind.__qualname__)


def _place(thing: object, module: ModuleType) -> Position:
    """Where an action's class is written; the module's first line when that cannot be told."""
    kind = thing if inspect.isclass(thing) else type(thing)
    try:
        file, (_, line) = inspect.getsourcefile(kind), inspect.getsourcelines(kind)
    except (OSError, TypeError):
        return Position(_shown(module.__file__), 1, 1)
    return Position(_shown(file), max(line, 1), 1)


def _problem(module: ModuleType, message: str) -> Problem:
    return Problem(Position(_shown(module.__file__), 1, 1), CODE, message)


def _refusal(error: BaseException, named: str) -> ContentRefused:
    """A failed import, at the innermost line that is not the import system's own."""
    if isinstance(error, SyntaxError) and error.filename:
        place = Position(_shown(error.filename), error.lineno or 1, error.offset or 1)
    else:
        place = _raised_at(error.__traceback__) or Position(named, 1, 1)
    message = f'"{named}" cannot be imported: {_reason(error)}'
    return ContentRefused((Problem(place, CODE, message),))


def _raised_at(trace: TracebackType | None) -> Position | None:
    place: Position | None = None
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith("<frozen") and file not in (__file__, importlib.__file__):
            place = Position(_shown(file), trace.tb_lineno, 1)
        trace = trace.tb_next
    return place


def _reason(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _shown(file: str | None) -> str:
    """Relative to where we stand, when it lies there."""
    if file is None:
        return "?"
    path = Path(file)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else file
