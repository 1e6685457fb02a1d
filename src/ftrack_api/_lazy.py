"""Submodules that are imported when first touched, so that importing a package costs next to nothing (PEP 562)."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

from ftrack_api._garbage import garbage_waits, keep_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


def attach(
    package: str, submodules: Iterable[str], names: Mapping[str, str] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return ``__getattr__`` and ``__dir__`` for a package or a module.

    Args:
        package: Full name of the package or module.
        submodules: Names of its submodules that appear as attributes without an import of their own.
        names: Other attributes, with the full name of the module that holds each.
    """
    modules = frozenset(submodules)
    homes = dict(names or {})

    def load(name: str) -> Any:
        if name in modules:
            return _loaded(f"{package}.{name}")
        if name in homes:
            value = getattr(_loaded(homes[name]), name)
            setattr(sys.modules[package], name, value)
            return value
        message = f"module {package!r} has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=sys.modules[package])

    def listing() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules, *homes})

    return load, listing


def _loaded(name: str) -> Any:
    """Return a module. What it is made of is kept, so that the garbage collector need not look at it now."""
    with garbage_waits():
        module = importlib.import_module(name)
        keep_all()
        return module
