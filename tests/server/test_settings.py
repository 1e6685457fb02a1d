"""Settings come from arguments, environment and file in that order, and say what is wrong with a value."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from ftrack_server.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from pathlib import Path


def test_arguments_win_over_environment_over_defaults() -> None:
    environ = {"FTRACK_SERVER_PORT": "9000", "FTRACK_SERVER_HOST": "0.0.0.0"}  # noqa: S104 - only a text here

    settings = load_settings({"port": 9001, "seed": None}, environ)

    assert (settings.port, settings.host, settings.seed) == (9001, "0.0.0.0", "empty")  # noqa: S104


@pytest.mark.skipif(sys.version_info < (3, 11), reason="Python 3.10 reads TOML with an extra package only")
def test_a_file_comes_after_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "server.toml"
    file.write_text('[server]\nport = 9000\nhost = "::1"\n')

    settings = load_settings({}, {"FTRACK_SERVER_PORT": "9002"}, file)

    assert (settings.port, settings.host) == (9002, "::1")


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"port": 70000}, '"port" is 70000'),
        ({"port": "abc"}, "--port must be a number, got 'abc'"),
        ({"seed": "full"}, "one of empty, demo, acceptance"),
        ({"colour": "red"}, 'no setting "colour"'),
        ({"public_url": "ftrack.example"}, "http:// or https://"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(values: dict[str, object], complaint: str) -> None:
    with pytest.raises(SettingsError, match=complaint):
        load_settings(values, {})


def test_settings_never_change() -> None:
    with pytest.raises(AttributeError):
        Settings().port = 1  # type: ignore[misc]
