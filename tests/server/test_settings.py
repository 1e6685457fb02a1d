"""Settings come from arguments, environment and file in that order, and say what is wrong with a value."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from ftrack_server.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from pathlib import Path

reads_toml = pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 reads TOML with an extra package only")


def test_arguments_win_over_environment_over_defaults() -> None:
    environ = {"FTRACK_SERVER_PORT": "9000", "FTRACK_SERVER_HOST": "0.0.0.0"}  # noqa: S104 - only a text here

    settings = load_settings({"port": 9001, "seed": None}, environ)

    assert (settings.port, settings.host, settings.seed) == (9001, "0.0.0.0", "empty")  # noqa: S104


@reads_toml
def test_a_file_comes_after_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text('[server]\nport = 9000\nhost = "::1"\n')

    settings = load_settings({}, {"FTRACK_SERVER_PORT": "9002"}, file)

    assert (settings.port, settings.host) == (9002, "::1")


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"port": 70000}, '"port" is 70000'),
        ({"port": "abc"}, "--port must be a whole number, got 'abc'"),
        ({"port": 8060.5}, "--port must be a whole number, got 8060.5"),
        ({"port": True}, "--port must be a whole number, got True"),
        ({"host": 3}, "--host must be text, got 3"),
        ({"host": " "}, "\"host\" is ' '; it must be an address"),
        ({"seed": "full"}, "one of empty, demo, acceptance"),
        ({"colour": "red"}, 'no setting "colour"'),
        ({"prot": 1}, 'no setting "prot".*Did you mean "port"'),
        ({"public_url": "ftrack.example"}, "http:// or https://"),
        ({"public_url": "https://"}, "http:// or https://"),
        ({"public_url": "https://[ftrack"}, "http:// or https://"),
        ({"public_url": "https://ftrack.example/?page=1"}, "http:// or https://"),
        ({"write_timeout": "inf"}, "up to 86400 seconds"),
        ({"write_timeout": "nan"}, "up to 86400 seconds"),
        ({"max_request_bytes": 10}, "at least 1024 bytes"),
        ({"readers": 0}, "from 1 to 256"),
        ({"database": " "}, "a path, :memory: or a postgresql:// URL"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(values: dict[str, object], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        load_settings(values, {})


def test_settings_never_change() -> None:
    with pytest.raises(AttributeError):
        Settings().port = 1  # type: ignore[misc]


def test_a_wrong_value_is_refused_without_any_loading() -> None:
    with pytest.raises(SettingsError, match="\"port\" is '8060'; it must be a whole number"):
        Settings(port="8060")  # type: ignore[arg-type]


def test_passwords_are_in_no_message_and_no_representation() -> None:
    settings = load_settings(
        {"database": "postgresql://kim:secret@host/studio", "smtp_url": "smtp://kim:secret@mail"}, {}
    )

    with pytest.raises(SettingsError, match="mysql://…") as caught:
        load_settings({"database": "mysql://kim:secret@host/studio"}, {})

    assert "secret" not in repr(settings) + str(caught.value)


def test_paths_and_levels_may_be_given_as_people_have_them(tmp_path: Path) -> None:
    settings = load_settings({"database": tmp_path / "studio.sqlite3"}, {"FTRACK_SERVER_LOG_LEVEL": "DEBUG"})

    assert (settings.database, settings.log_level) == (str(tmp_path / "studio.sqlite3"), "debug")


@reads_toml
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("port = 9000\n", r"has no table \[server\]"),
        ("server = 3\n", r"has no table \[server\]"),
        ("[server]\nport = true\n", "port in .*server.toml must be a whole number, got True"),
        ("[server]\nhost = 3\n", "host in .*server.toml must be text, got 3"),
        ("[server]\nprot = 1\n", 'no setting "prot" .*server.toml.*Did you mean "port"'),
        ("[server\n", "server.toml cannot be read"),
    ],
)
def test_a_faulty_file_is_named_with_its_fault(tmp_path: Path, text: str, complaint: str) -> None:
    file = tmp_path / "server.toml"
    file.write_text(text)

    with pytest.raises(SettingsError, match=complaint):
        load_settings({}, {}, file)


@reads_toml
def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"nowhere\.toml cannot be read"):
        load_settings({}, {}, tmp_path / "nowhere.toml")


def test_a_python_that_cannot_read_toml_names_the_option(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tomllib", None)
    monkeypatch.setitem(sys.modules, "tomli", None)

    with pytest.raises(SettingsError, match=r"--settings .*server.toml needs Python 3.11 .* install tomli"):
        load_settings({}, {}, tmp_path / "server.toml")
