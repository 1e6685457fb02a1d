"""The package: cheap to import, complete at first touch, and mixins for single instances."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import ftrack_api

REPOSITORY = Path(__file__).resolve().parents[3]
THIRD_PARTY = {"requests", "urllib3", "arrow", "clique", "platformdirs", "websockets", "orjson", "dateutil", "certifi"}
NETWORK = {"socket", "ssl", "http.client", "asyncio", "select"}


def fresh(program):
    """Run a program in an interpreter of its own and return what it prints."""
    result = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout


def loaded(program):
    text = fresh(f"import sys\nbefore = set(sys.modules)\n{program}\nprint(*sorted(set(sys.modules) - before))")
    return set(text.split())


def test_the_import_loads_few_modules_and_none_of_a_third_party_or_the_network():
    modules = loaded("import ftrack_api")

    assert len(modules) <= 40
    assert not {name.partition(".")[0] for name in modules} & THIRD_PARTY
    assert not modules & NETWORK


@pytest.mark.parametrize(
    "name",
    [
        "Session",
        "session.Session",
        "event.base.Event",
        "event.hub.EventHub",
        "event.expression.Parser",
        "event.subscriber.Subscriber",
        "event.subscription.Subscription",
        "exception.ServerError",
        "symbol.NOT_SET",
        "cache.MemoryCache",
        "data.String",
        "plugin.discover",
        "logging.LazyLogMessage",
        "formatter.format",
        "operation.Operations",
        "attribute.Attributes",
        "collection.Collection",
        "inspection.identity",
        "query.QueryResult",
        "entity.base.Entity",
        "entity.factory.StandardFactory",
        "_weakref.WeakMethod",
        "_version.__version__",
        "_python_ntpath.isabs",
    ],
)
def test_a_name_is_reached_by_one_import_of_the_package(name):
    assert fresh(f"import ftrack_api; print(ftrack_api.{name} is not None)") == "True\n"


def test_the_session_class_is_one_object_under_both_names():
    assert fresh("import ftrack_api; print(ftrack_api.Session is ftrack_api.session.Session)") == "True\n"


def test_all_submodules_are_listed_and_exist():
    for name in ftrack_api._SUBMODULES:
        assert name in dir(ftrack_api)
        assert importlib.import_module(f"ftrack_api.{name}") is getattr(ftrack_api, name)
    assert {"Session", "mixin", "__version__"} <= set(dir(ftrack_api))
    assert {"base", "hub"} <= set(dir(ftrack_api.event))


@pytest.mark.parametrize("package", [ftrack_api, ftrack_api.event])
def test_a_name_that_is_not_there_is_an_attribute_error(package):
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'nothing'"):
        _ = package.nothing


def test_the_version_is_that_of_the_distribution():
    text = (REPOSITORY / "pyproject.toml").read_text(encoding="utf-8")

    assert re.search(r'^version = "(.+)"$', text, re.MULTILINE)[1] == ftrack_api.__version__


class Base:
    def who(self):
        return "base"


class Extra:
    def who(self):
        return f"extra {super().who()}"


def test_a_mixin_changes_one_instance_and_comes_first():
    changed, other = Base(), Base()

    assert ftrack_api.mixin(changed, Extra) is None

    assert (changed.who(), other.who()) == ("extra base", "base")
    assert type(changed).__name__ == "BaseExtra"
    assert isinstance(changed, Base)


def test_a_mixin_is_added_once():
    instance = Base()

    ftrack_api.mixin(instance, Extra, name="Named")
    before = type(instance)
    ftrack_api.mixin(instance, Extra, name="Other")

    assert type(instance) is before
    assert (before.__name__, before.__module__, len(before.__mro__)) == ("Named", Base.__module__, 4)


def test_a_mixin_works_with_a_metaclass():
    class Meta(type):
        pass

    class Special(metaclass=Meta):
        pass

    instance = Special()
    ftrack_api.mixin(instance, Extra)

    assert type(type(instance)) is Meta
