"""rasa-sdk without the web server that it brings: two hundred modules, 7 MB for as long as we serve.

`rasa_sdk` imports `rasa_sdk.plugin`, which needs Sanic to annotate one function of rasa-sdk's action server.
We are that server ourselves (`bot.actions.serving`): the module is put off until somebody looks into it.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import LazyLoader
from types import ModuleType
from typing import Final

_PUT_OFF: Final = "rasa_sdk.plugin"


class _PutsOff(MetaPathFinder):
    """Finds one module, to be executed at the first look at what is in it (`importlib.util.LazyLoader`)."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _PUT_OFF:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def put_off_rasas_server() -> None:
    """For the import of rasa-sdk alone; nothing happens where somebody imported it before."""
    finder = _PutsOff()
    sys.meta_path.insert(0, finder)
    try:
        import_module("rasa_sdk")
    finally:
        sys.meta_path.remove(finder)
