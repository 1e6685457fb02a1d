"""Every name in ``names.txt`` is there, is what the list says, and takes the arguments it always took."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path
from typing import Any

import pytest

from ftrack_api.symbol import NOT_SET

NAMES = Path(__file__).with_name("names.txt")
FORM = re.compile(r"(?:class(?:\((?P<bases>.*?)\))?\s*)?(?:new)?(?P<parameters>\(.*\))?(?P<rest>.*)$")
EMPTY = inspect.Parameter.empty


@dataclass(frozen=True)
class Name:
    """One line of the list: module, name in the module (dotted for members), and what it is."""

    module: str
    path: str
    form: str

    def __str__(self) -> str:
        return f"{self.module}.{self.path}"

    @property
    def is_class(self) -> bool:
        return self.form.startswith("class")

    @cached_property
    def parameters(self) -> list[tuple[str, Any]] | None:
        """Names and defaults, ``self`` aside; None for what is not called. Stars are part of the names."""
        text = FORM.match(self.form)["parameters"]  # type: ignore[index]  # the pattern matches every text
        return None if text is None else declared_parameters(text)

    @cached_property
    def bases(self) -> list[type]:
        """The bases of a class; those without a dot are of the same module."""
        named = FORM.match(self.form)["bases"] or ""  # type: ignore[index]  # as above
        return [resolve(base.strip() if "." in base else f"{self.module}.{base.strip()}") for base in named.split(",")]

    def find(self) -> Any:
        return reduce(getattr, self.path.split("."), importlib.import_module(self.module))


def resolve(dotted: str) -> Any:
    module, _, name = dotted.rpartition(".")
    return getattr(importlib.import_module(module), name)


def declared_parameters(text: str) -> list[tuple[str, Any]]:
    arguments = ast.parse(f"lambda {text[1:-1]}: 0", mode="eval").body.args  # type: ignore[attr-defined]  # a lambda
    defaults = [EMPTY] * (len(arguments.args) - len(arguments.defaults))
    defaults += [
        NOT_SET if isinstance(default, ast.Name) else ast.literal_eval(default) for default in arguments.defaults
    ]
    found = [(argument.arg, default) for argument, default in zip(arguments.args, defaults, strict=True)]
    stars = ((arguments.vararg, "*"), (arguments.kwarg, "**"))
    return found + [(star + argument.arg, EMPTY) for argument, star in stars if argument]


def names() -> list[Name]:
    found: list[Name] = []
    module = ""
    for line in NAMES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            module = line[1:-1]
        elif line and not line.startswith("#"):
            path, _, form = line.partition(" ")
            found.append(Name(module, path, form))
    return found


ALL = names()


def of(names_: list[Name]) -> Any:
    return pytest.mark.parametrize("name", names_, ids=str)


def test_the_list_is_whole():
    assert len(ALL) > 550
    assert len({(str(name), name.form) for name in ALL}) == len(ALL)


@of(ALL)
def test_the_name_is_there(name):
    assert name.find() is not None or name.form in {"= None", "attribute"}


@of([name for name in ALL if name.parameters is not None])
def test_it_takes_the_arguments_it_always_took(name):
    found = actual_parameters(name.find())
    wanted = name.parameters
    if name.path.rpartition(".")[2].startswith("__") and not name.is_class:
        assert len(found) >= len(wanted)  # called by operators, never by name
        return

    positional = [item for item in found if item.kind is not item.KEYWORD_ONLY]
    assert [shown(item) for item in positional][: len(wanted)] == [key for key, _ in wanted]
    for item, (_, default) in zip(positional, wanted, strict=False):
        assert default is EMPTY or item.default == default, f"{name}({item})"
    for item in found:
        if shown(item) not in {key for key, _ in wanted}:
            assert item.default is not EMPTY or shown(item).startswith("*"), f"{name} must be called without {item}"


@of([name for name in ALL if name.is_class])
def test_it_is_a_class_of_these_bases(name):
    found = name.find()

    assert isinstance(found, type)
    if "(" in name.form.partition(" new")[0]:
        assert all(issubclass(found, base) for base in name.bases)


@of([name for name in ALL if name.form.startswith("property")])
def test_it_can_be_read_and_set_as_before(name):
    owner_path, _, attribute = name.path.rpartition(".")
    owner = Name(name.module, owner_path, "class").find()
    found = inspect.getattr_static(owner, attribute)

    assert not callable(found)
    if name.form == "property set":
        assert not isinstance(found, property) or found.fset is not None


@of([name for name in ALL if name.form.startswith(("= ", "is "))])
def test_the_constant_is_the_same(name):
    if name.form.startswith("= "):
        assert name.find() == ast.literal_eval(name.form[2:])
    else:
        assert name.find() is resolve(name.form[3:])


@of([name for name in ALL if name.form.startswith("symbol ")])
def test_the_symbol_has_its_name(name):
    symbol = name.find()

    assert (symbol.name, str(symbol)) == (name.form.split()[1],) * 2
    assert bool(symbol) is (symbol.name != "NOT_SET")


def actual_parameters(found: Any) -> list[inspect.Parameter]:
    parameters = list(inspect.signature(found).parameters.values())
    return parameters[1:] if parameters and parameters[0].name in {"self", "cls"} else parameters


def shown(item: inspect.Parameter) -> str:
    return {item.VAR_POSITIONAL: "*", item.VAR_KEYWORD: "**"}.get(item.kind, "") + item.name
