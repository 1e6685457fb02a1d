"""Arguments and environment of a session: what falls back to what, and what is refused."""

from __future__ import annotations

import getpass
import os
from pathlib import Path

import pytest

from ftrack_api._session.config import SessionConfig

FULL = {"FTRACK_SERVER": "https://studio.example.com/", "FTRACK_API_KEY": "k1", "FTRACK_API_USER": "kim"}


@pytest.fixture(autouse=True)
def _temporary(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def resolve(*arguments, environ=FULL, **more):
    return SessionConfig.resolve(*arguments, environ=environ, **more)


def test_the_environment_fills_what_is_not_given():
    config = resolve()

    assert (config.server_url, config.api_key, config.api_user) == ("https://studio.example.com", "k1", "kim")


def test_arguments_come_before_the_environment():
    config = resolve("http://here:1//", "k2", "lee")

    assert (config.server_url, config.api_key, config.api_user) == ("http://here:1", "k2", "lee")


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_variable_does_not_hide_the_old_name_of_the_key(empty):
    assert resolve(environ={**FULL, "FTRACK_API_KEY": empty, "FTRACK_APIKEY": "old"}).api_key == "old"


def test_the_new_name_of_the_key_comes_first():
    assert resolve(environ={**FULL, "FTRACK_APIKEY": "old"}).api_key == "k1"


def test_the_user_falls_back_to_the_one_logged_in(monkeypatch):
    monkeypatch.setattr(getpass, "getuser", lambda: "login")

    assert resolve(environ={**FULL, "FTRACK_API_USER": ""}).api_user == "login"


@pytest.mark.parametrize(
    ("name", "variable"),
    [("server_url", "FTRACK_SERVER"), ("api_key", "FTRACK_API_KEY"), ("api_user", "FTRACK_API_USER")],
)
def test_what_is_missing_is_named_with_its_variable(monkeypatch, name, variable):
    def nobody():
        raise OSError

    monkeypatch.setattr(getpass, "getuser", nobody)

    with pytest.raises(TypeError, match=f"Pass {name} .* {variable}"):
        resolve(environ={key: value for key, value in FULL.items() if key != variable})
    with pytest.raises(TypeError, match=f"{name}"):
        resolve(**{name: ""})
    with pytest.raises(TypeError, match=f"{name} must be text"):
        resolve(**{name: 5})


@pytest.mark.parametrize("url", ["studio.example.com", "localhost:8080", "https://", "http://a:b", "http://[::1"])
def test_an_address_needs_scheme_and_host(url):
    with pytest.raises(ValueError, match="server_url"):
        resolve(url)


@pytest.mark.parametrize("url", ["ftp://studio.example.com", "ws://studio.example.com", "file://studio/x"])
def test_an_address_is_one_of_the_web(url):
    with pytest.raises(ValueError, match="https or http"):
        resolve(url)


@pytest.mark.parametrize(
    ("name", "value", "kind", "said"),
    [
        ("cache", 5, TypeError, "a Cache, or a function of the session that returns one, not 5"),
        ("cache", "/studio/cache", TypeError, "not '/studio/cache'"),
        ("plugin_paths", 5, TypeError, "must be folders, .* not 5"),
        ("plugin_paths", ["/a", None], TypeError, "must be folders"),
        ("timeout", (1, 2, 3), ValueError, "one figure, or two"),
        ("timeout", (), ValueError, "one figure, or two"),
    ],
)
def test_what_an_argument_cannot_be_is_told(name, value, kind, said):
    with pytest.raises(kind, match=said):
        resolve(**{name: value})


def test_a_key_that_cannot_be_sent_is_refused_without_showing_it():
    with pytest.raises(ValueError, match="cannot be sent") as caught:
        resolve(api_key="s3c\nr3t")

    assert "s3c" not in str(caught.value)


def test_outer_blanks_of_a_key_are_dropped():
    assert resolve(environ={**FULL, "FTRACK_API_KEY": "k1\n"}).api_key == "k1"


def test_no_repr_shows_key_headers_or_cookies():
    config = resolve(api_key="s3cr3t", headers={"authorization": "t0ken"}, cookies={"c": "cr1mson"})

    assert not [secret for secret in ("s3cr3t", "t0ken", "cr1mson") if secret in repr(config)]


def test_schemas_are_cached_where_the_argument_says(tmp_path):
    assert resolve(schema_cache_path=str(tmp_path)).schema_cache_path == str(tmp_path)
    assert resolve(schema_cache_path=tmp_path).schema_cache_path == str(tmp_path)
    assert resolve(schema_cache_path=False).schema_cache_path is None


def test_schemas_are_cached_where_the_environment_says():
    environ = {**FULL, "FTRACK_API_SCHEMA_CACHE_PATH": "/some/where"}

    assert resolve(environ=environ).schema_cache_path == "/some/where"


def test_schemas_are_cached_in_a_private_folder_otherwise(tmp_path):
    found = Path(resolve(environ={**FULL, "FTRACK_API_SCHEMA_CACHE_PATH": ""}).schema_cache_path)

    assert found.parent == tmp_path
    assert found.is_dir()


@pytest.mark.parametrize("value", [True, 5, object()])
def test_a_schema_cache_path_of_another_type_is_refused(value):
    with pytest.raises(TypeError, match="schema_cache_path"):
        resolve(schema_cache_path=value)


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        (None, ("/a", "/b")),
        ([], ()),
        ("", ()),
        (["/x", Path("/y"), " ", ""], ("/x", "/y")),
        (f"/x{os.pathsep}/y", ("/x", "/y")),
    ],
)
def test_plugin_paths_are_a_list_one_text_or_the_environment(argument, expected):
    environ = {**FULL, "FTRACK_EVENT_PLUGIN_PATH": os.pathsep.join(["/a", "", " /b "])}

    assert resolve(plugin_paths=argument, environ=environ).plugin_paths == expected


@pytest.mark.parametrize("name", ["cookies", "headers", "plugin_arguments"])
def test_mappings_are_asked_for(name):
    with pytest.raises(TypeError, match=f"{name} must be a mapping, not list"):
        resolve(**{name: [("a", "b")]})
    assert getattr(resolve(**{name: {"a": "b"}}), name) == {"a": "b"}


@pytest.mark.parametrize("value", ["yes", 1, None])
def test_strict_api_is_true_or_false(value):
    with pytest.raises(TypeError, match="strict_api"):
        resolve(strict_api=value)


@pytest.mark.parametrize(("strict", "text"), [(True, "true"), (False, "false")])
def test_the_strict_header_is_always_sent_and_cannot_be_overridden(strict, text):
    config = resolve(strict_api=strict, headers={"Ftrack-Strict-Api": "maybe", "x": "y"})

    assert config.all_headers == {"x": "y", "ftrack-strict-api": text}


@pytest.mark.parametrize("value", [60, 0.5, None, (3.05, 60), (None, 5)])
def test_a_timeout_is_seconds_a_pair_or_none(value):
    assert resolve(timeout=value).timeout == value


@pytest.mark.parametrize(
    ("value", "error"),
    [("60", TypeError), (True, TypeError), (0, ValueError), (-1, ValueError), (float("nan"), ValueError)],
)
def test_other_timeouts_are_refused(value, error):
    with pytest.raises(error, match="timeout"):
        resolve(timeout=value)
