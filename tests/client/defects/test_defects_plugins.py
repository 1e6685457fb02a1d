"""Defects of the old client in loading plugins, one test for each number."""

from __future__ import annotations

import pytest

from ftrack_api import plugin


@pytest.fixture
def register(tmp_path):
    """Write plugins, load them with a session and two named arguments, and return what they were called with."""

    def load(*more, **sources):
        heard = []
        for name, source in sources.items():
            (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
        plugin.discover([str(tmp_path)], ["session", *more], {"heard": heard, "colour": "red"})
        return heard

    return load


@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ("session, heard", [("session",)]),
        ("session, *, heard, colour", [("session", "red")]),
        ("session, heard, colour=None", [("session", "red")]),
        ("*args, heard", [(("session",),)]),
    ],
)
def test_d68_a_register_gets_the_first_arguments_and_the_named_ones_it_takes(register, signature, expected):
    names = [name.strip(" *").partition("=")[0] for name in signature.split(",")]
    told = ", ".join(name for name in names if name not in {"", "heard"})
    source = f"def register({signature}):\n    heard.append(({told},))\n"

    assert register(one=source) == expected


def test_d68_of_several_arguments_the_first_ones_are_passed(register):
    one = "def register(session, *, heard):\n    heard.append(session)\n"
    two = "def register(session, second, *, heard):\n    heard.append((session, second))\n"

    assert register("second", "third", one=one, two=two) == ["session", ("session", "second")]


def test_d68_a_register_without_parameters_is_called(register, tmp_path):
    register(one=f"import pathlib\ndef register():\n    pathlib.Path({str(tmp_path / 'ran')!r}).touch()\n")

    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "broken",
    ["def register(session):\n    raise RuntimeError('no')\n", "raise SystemExit(3)\n", "import nothing_of_the_kind\n"],
)
def test_d69_one_plugin_that_fails_does_not_keep_the_others_from_loading(register, broken, caplog):
    heard = register(a_broken=broken, b_good="def register(session, heard):\n    heard.append('good')\n")

    assert heard == ["good"]
    assert "a_broken.py" in caplog.text


def test_d69_helpers_are_not_run_and_order_is_by_name(register):
    note = "def register(session, heard):\n    heard.append(__name__.rpartition('_')[2])\n"

    assert register(b=note, a=note, _helper=note, __init__=note) == ["a", "b"]


def test_d69_a_plugin_may_define_dataclasses(register):
    source = (
        "from __future__ import annotations\n"
        "import dataclasses\n"
        "@dataclasses.dataclass\n"
        "class Settings:\n"
        "    colour: str = 'blue'\n"
        "def register(session, heard):\n"
        "    heard.append(Settings().colour)\n"
    )

    assert register(one=source) == ["blue"]
