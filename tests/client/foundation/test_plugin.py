"""Plugin files: which are loaded, in what order, with which arguments, and what failures do."""

from __future__ import annotations

import logging
import sys
import textwrap

import pytest

from ftrack_api import plugin

LOG = "ftrack_api.plugin.discover"


@pytest.fixture
def calls(monkeypatch):
    """What the plugins report, by way of a module they can import."""
    calls = []
    monkeypatch.setitem(sys.modules, "plugin_calls", type(sys)("plugin_calls"))
    sys.modules["plugin_calls"].calls = calls
    return calls


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "plugins"


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("from plugin_calls import calls\n" + textwrap.dedent(text), encoding="utf-8")
    return path


def reporting(signature, returned="(args, kw)"):
    return f"""
        def register({signature}):
            calls.append({returned})
    """


def test_plugins_are_called_in_the_order_of_folders_then_names(folder, tmp_path, calls):
    for name in ("b.py", "a.py", "sub/a.py", "other/z.py"):
        write(folder, name, f"def register(*args): calls.append({name!r})")
    write(tmp_path / "first", "c.py", "def register(*args): calls.append('c.py')")

    plugin.discover([tmp_path / "first", f"  {folder}  ", "", "   ", str(tmp_path / "missing")], ["session"])

    assert calls == ["c.py", "a.py", "b.py", "other/z.py", "sub/a.py"]


@pytest.mark.parametrize(
    "name", ["_private.py", ".hidden.py", "__init__.py", "_lib/x.py", ".git/x.py", "x.txt", "x.pyc"]
)
def test_private_hidden_and_other_files_are_not_run(folder, calls, name):
    write(folder, name, "calls.append('ran')\ndef register(): pass")

    plugin.discover([folder])

    assert calls == []


def test_a_file_named_twice_is_registered_once(folder, calls):
    write(folder, "sub/a.py", "def register(): calls.append(1)")

    plugin.discover([folder, folder / "sub", folder])

    assert calls == [1]


def test_files_of_one_name_in_two_folders_are_both_loaded(tmp_path, calls):
    write(tmp_path / "one", "a.py", "def register(): calls.append((1, __name__))")
    write(tmp_path / "two", "a.py", "def register(): calls.append((2, __name__))")

    plugin.discover([tmp_path / "one", tmp_path / "two"])

    assert [number for number, _ in calls] == [1, 2]
    assert calls[0][1] != calls[1][1]


def test_no_module_is_left_in_sys_modules(folder, calls):
    write(folder, "json.py", "def register(): calls.append(1)")
    before = dict(sys.modules)

    plugin.discover([folder])

    assert calls == [1]
    assert sys.modules == before


def test_a_broken_plugin_gives_a_warning_and_a_debug_record_and_others_load(folder, calls, caplog):
    write(folder, "a.py", "raise ValueError('broken')")
    write(folder, "b.py", "def register(): calls.append('b')")
    caplog.set_level(logging.DEBUG, logger=LOG)

    plugin.discover([folder])

    assert [record.levelname for record in caplog.records] == ["WARNING", "DEBUG"]
    assert "Failed to load plugin" in caplog.records[0].getMessage()
    assert "ValueError: broken" in caplog.records[1].getMessage()
    assert {record.name for record in caplog.records} == {LOG}
    assert calls == ["b"]


@pytest.mark.parametrize(
    "text",
    [
        "import sys; sys.exit(1)",
        "def register(: pass",
        "import no_such_module_anywhere",
        "def register(): raise ValueError('broken')",
        "def register():\n    raise SystemExit",
        "def register(needed, also): pass",
        "register = 5",
        "value = 1",
        "async def register(): calls.append('async')",
        "async def work(): calls.append('async')\ndef register(): return work()",
    ],
)
def test_a_plugin_that_fails_is_logged_by_path_and_does_not_stop_the_next(folder, calls, caplog, text):
    path = write(folder, "a.py", text)
    write(folder, "b.py", "def register(): calls.append('b')")

    plugin.discover([folder])

    assert calls == ["b"]
    assert str(path) in caplog.text


def test_the_body_of_a_file_without_register_has_run(folder, calls, caplog):
    write(folder, "a.py", "calls.append('body')")

    plugin.discover([folder])

    assert calls == ["body"]
    assert "register" in caplog.text


def test_a_dataclass_with_postponed_annotations_loads(folder, calls):
    path = folder / "a.py"
    folder.mkdir()
    path.write_text(
        textwrap.dedent("""
        from __future__ import annotations
        import dataclasses
        import typing
        from plugin_calls import calls

        @dataclasses.dataclass
        class Settings:
            name: str = "x"
            kind: typing.ClassVar[str] = "k"

        def register():
            calls.append((Settings().name, typing.get_type_hints(Settings)["name"]))
        """),
        encoding="utf-8",
    )

    plugin.discover([folder])

    assert calls == [("x", str)]


@pytest.mark.parametrize(
    ("signature", "returned", "args", "kw", "expected"),
    [
        ("a, b=False, c=False, d=False", "(a, b, c, d)", (1, 2), {"c": 3, "d": 4, "e": 5}, (1, 2, 3, 4)),
        ("*args", "args", (1, 2), {"c": 3}, (1, 2)),
        ("**kw", "kw", (), {"c": 3, "d": 4}, {"c": 3, "d": 4}),
        ("a=False, b=False", "(a, b)", (True,), {"b": 5}, (True, 5)),
        ("a, c=False, *args", "(a, c, args)", (1, 2, 3, 4), {}, (1, 2, (3, 4))),
        ("a, c=False, **kw", "(a, c, kw)", (), {"a": 1, "c": 2, "d": 3}, (1, 2, {"d": 3})),
        ("session, *, flag", "(session, flag)", (1,), {"flag": 2}, (1, 2)),
        ("session, *, flag=None", "(session, flag)", (1,), {"other": 2}, (1, None)),
        ("session", "session", ("s", "extra"), {"x": 1}, "s"),
        ("session, needed", "(session, needed)", ("s",), {"needed": 1}, ("s", 1)),
        ("", "'none'", ("s",), {"x": 1}, "none"),
        ("session, **kw", "(session, kw)", ("s",), {"session": "again", "x": 1}, ("s", {"x": 1})),
        ("session, /, x=0", "(session, x)", ("s",), {"session": 1, "x": 1}, ("s", 1)),
    ],
)
def test_a_plugin_gets_the_arguments_it_takes(folder, calls, signature, returned, args, kw, expected):
    write(folder, "a.py", reporting(signature, returned))

    plugin.discover([folder], args, kw)

    assert calls == [expected]


def test_arguments_that_are_left_out_are_named_in_a_warning(folder, calls, caplog):
    write(folder, "a.py", reporting("session", "session"))

    plugin.discover([folder], ["s", "t"], {"x": 1})

    assert "without positional argument 2, 'x', which it does not take" in caplog.text


def test_nothing_is_logged_when_all_is_well(folder, calls, caplog):
    caplog.set_level(logging.DEBUG)
    write(folder, "a.py", reporting("session, **kw", "kw"))

    plugin.discover([folder], ["s"], {"x": 1})

    assert caplog.text == ""


def test_a_class_can_be_register(folder, calls):
    write(folder, "a.py", "class register:\n    def __init__(self, session): calls.append(session)")

    plugin.discover([folder], ["s"], {"x": 1})

    assert calls == ["s"]


def test_load_source_leaves_a_module_of_that_name_alone(folder, calls):
    path = write(folder, "a.py", "value = 5")

    module = plugin.load_source("json", path)

    assert (module.value, module.__name__) == (5, "json")
    assert sys.modules["json"].__name__ == "json"
    assert sys.modules["json"] is not module


@pytest.mark.parametrize("name", ["missing.py", "not_python.txt"])
def test_load_source_of_something_else_is_an_error(folder, calls, name):
    write(folder, "not_python.txt", "")

    with pytest.raises((ImportError, FileNotFoundError)):
        plugin.load_source("name", folder / name)


def test_a_single_folder_is_one_folder(folder, calls):
    write(folder, "a.py", "def register(*args): calls.append(args)")

    plugin.discover(str(folder), ["text"])
    plugin.discover(folder, ["path"])

    assert calls == [("text",), ("path",)]
