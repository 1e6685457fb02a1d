"""Finding plugin files and calling their ``register`` function: each on its own, so that one cannot harm another."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

# Arguments of plugins are whatever the caller and the plugins agree on. Hence the Any below.
# Every session comes here, and most have no plugins: what is needed for one is loaded with the first.

_logger = logging.getLogger(f"{__name__}.discover")


def load_source(modname: str, filename: str | os.PathLike[str]) -> ModuleType:
    """Run a Python file as a module of a given name and return it.

    The module is in ``sys.modules`` while it runs, as dataclasses expect, and not afterwards: no import finds it, and
    a module of that name that was there before is there again.

    Raises:
        ImportError: If there is no such file, or it cannot be Python.
        Exception: Whatever the file raises.
    """
    import importlib.util  # noqa: PLC0415 - for plugins alone

    path = os.fspath(filename)
    spec = importlib.util.spec_from_file_location(modname, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file.", name=modname, path=path)
    module = importlib.util.module_from_spec(spec)
    with _importable(module):
        spec.loader.exec_module(module)
    return module


def discover(
    paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    positional_arguments: Sequence[Any] | None = None,
    keyword_arguments: Mapping[str, Any] | None = None,
) -> None:
    """Load the plugins below some folders and call ``register`` of each (client: 23).

    Every ``.py`` file is a plugin, in sub-folders too, save for files and folders whose name begins with ``_`` or
    ``.``. Folders are visited in the order given, files by name, each once however often it is named. A plugin that
    fails is logged and the others load. Folders that do not exist are passed over.

    Args:
        paths: Folders, or a single one; outer blanks do not count, and neither do empty texts.
        positional_arguments: Passed to each ``register``, as many of them as it takes.
        keyword_arguments: Passed to each ``register`` that takes them by name. What a plugin does not take is left
            out, with a warning.
    """
    seen: set[str] = set()
    for path in [paths] if isinstance(paths, str | os.PathLike) else paths:
        folder = os.fspath(path).strip()
        if not folder:
            continue
        for file in _plugin_files(folder):
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                _load(file, tuple(positional_arguments or ()), dict(keyword_arguments or {}))


def _plugin_files(folder: str) -> Iterator[Path]:
    """Yield the plugin files of a folder, then those of its sub-folders, each by name."""
    from pathlib import Path  # noqa: PLC0415 - for plugins alone

    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(("_", ".")))
        for name in sorted(files):
            if name.endswith(".py") and not name.startswith(("_", ".")):
                yield Path(place, name)


def _load(path: Path, args: tuple[Any, ...], kw: dict[str, Any]) -> None:
    """Run one plugin file and its ``register``, logging what goes wrong."""
    import hashlib  # noqa: PLC0415 - for plugins alone
    import inspect  # noqa: PLC0415 - likewise
    import traceback  # noqa: PLC0415 - likewise

    digest = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:12]
    try:
        module = load_source(f"ftrack_api_plugin_{digest}_{path.stem}", path)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may fail in any way, even by leaving
        _logger.warning("Failed to load plugin from %s: %r", path, error)
        _logger.debug("%s", traceback.format_exc())
        return
    register = getattr(module, "register", None)
    if not callable(register):
        _logger.warning("Failed to load plugin that did not define a 'register' function: %s", path)
        return
    if inspect.iscoroutinefunction(register):
        _logger.warning("Plugin %s was not registered: its 'register' is async, make it a plain function.", path)
        return
    args, kw = _reduced(register, args, kw, path)
    try:
        with _importable(module):
            result = register(*args, **kw)
    except (Exception, SystemExit):
        _logger.warning("Plugin %s failed to register; the others are loaded.", path, exc_info=True)
        return
    if inspect.iscoroutine(result):
        result.close()
        _logger.warning("Plugin %s was not registered: its 'register' returned a coroutine.", path)


@contextlib.contextmanager
def _importable(module: ModuleType) -> Iterator[None]:
    """Have a module in ``sys.modules`` for the length of a block."""
    name = module.__name__
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        yield
    finally:
        if before is not None:
            sys.modules[name] = before
        else:
            sys.modules.pop(name, None)


def _reduced(
    function: Callable[..., Any], args: tuple[Any, ...], kw: dict[str, Any], path: Path
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments that a function can take: the first positional ones, and keywords it knows."""
    import inspect  # noqa: PLC0415 - for plugins alone

    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # some callables have no signature
        return args, kw
    kinds = {parameter.kind for parameter in parameters}
    by_position = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    taken = args if inspect.Parameter.VAR_POSITIONAL in kinds else args[: len(by_position)]
    filled = {p.name for p in by_position[: len(taken)] if p.kind is p.POSITIONAL_OR_KEYWORD}
    by_name = {p.name for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)} - filled
    any_name = inspect.Parameter.VAR_KEYWORD in kinds
    kept = {name: value for name, value in kw.items() if name in by_name or (any_name and name not in filled)}
    left_out = [f"positional argument {number}" for number in range(len(taken) + 1, len(args) + 1)]
    left_out += [f"{name!r}" for name in kw if name not in kept]
    if left_out:
        _logger.warning("Plugin %s is called without %s, which it does not take.", path, ", ".join(left_out))
    return taken, kept
