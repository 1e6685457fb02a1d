"""The command line: as a process where signals and output matter, as a function elsewhere."""

from __future__ import annotations

import re
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ftrack_server.cli import build_parser, main
from ftrack_server.version import server_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

SECONDS = 20


@pytest.fixture
def database(kind_of_database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a database without tables, which on SQLite is not there yet."""
    if kind_of_database == "sqlite":
        yield str(tmp_path / "site.sqlite3")
        return
    with request.getfixturevalue("postgresql").database() as url:
        yield url


@pytest.fixture
def seeded(kept_address: Callable[..., AbstractContextManager[str]]) -> Iterator[str]:
    """The address of a database with the reference rows."""
    with kept_address() as place:
        yield place


@pytest.fixture
def serve(database: str) -> Iterator[Callable[..., tuple[subprocess.Popen[str], str]]]:
    """Start servers as processes; returns the process and the first line it printed."""
    started: list[subprocess.Popen[str]] = []

    def start(*words: str) -> tuple[subprocess.Popen[str], str]:
        command = [sys.executable, "-m", "ftrack_server", "serve", "--database", database, "--port", "0", *words]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    yield start
    for process in started:
        process.kill()
        process.communicate(timeout=SECONDS)


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def credentials(output: str) -> dict[str, str]:
    found = dict(re.findall(r"^(FTRACK_API_\w+)=(\S+)$", output, re.MULTILINE))
    return {"ftrack-user": found["FTRACK_API_USER"], "ftrack-api-key": found["FTRACK_API_KEY"]}


def answer(url: str, headers: dict[str, str]) -> Any:
    return requests.post(f"{url}/api", data="[]", headers=headers, timeout=SECONDS).json()


def test_serving_a_new_database_shows_address_first_and_a_key_once(
    serve: Callable[..., tuple[subprocess.Popen[str], str]],
) -> None:
    process, url = serve()
    assert process.stdout is not None
    printed = "".join(process.stdout.readline() for _ in range(2))

    assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url)
    assert answer(url, credentials(printed)) == []

    process.terminate()
    process.wait(timeout=SECONDS)
    again, url = serve()
    again.send_signal(signal.SIGINT)
    rest, _ = again.communicate(timeout=SECONDS)
    assert url.startswith("http://127.0.0.1:")
    assert "FTRACK_API_KEY" not in rest


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_serving_cleanly(
    serve: Callable[..., tuple[subprocess.Popen[str], str]], number: signal.Signals
) -> None:
    process, url = serve()
    with requests.Session() as kept_alive:
        kept_alive.post(f"{url}/api", data="[]", timeout=SECONDS)
        process.send_signal(number)
        _, complaints = process.communicate(timeout=SECONDS)

    assert process.returncode == 0
    assert "Traceback" not in complaints


def test_a_seed_fills_a_new_database(serve: Callable[..., tuple[subprocess.Popen[str], str]]) -> None:
    process, url = serve("--seed", "demo")
    assert process.stdout is not None
    headers = credentials("".join(process.stdout.readline() for _ in range(2)))

    reply = requests.post(
        f"{url}/api", json=[{"action": "query", "expression": "Project"}], headers=headers, timeout=SECONDS
    ).json()

    assert headers["ftrack-user"] == "ada"
    assert len(reply[0]["data"]) == 1


def test_a_taken_port_is_said_so(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        code, out, err = run(capsys, "serve", "--database", database, "--port", port)

    assert (code, out) == (1, "")
    assert f"Cannot listen on 127.0.0.1 port {port}" in err
    assert "--port" in err


def test_init_makes_a_database_once(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    first = run(capsys, "init", "--database", database, "--seed", "demo")
    second = run(capsys, "init", "--database", database)

    assert first[0] == 0
    assert credentials(first[1])["ftrack-user"] == "ada"
    assert second[0] == 1
    assert "in use already" in second[2]


def test_users_are_added_listed_and_deactivated(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "init", "--database", database)

    added = run(capsys, "user", "add", "kim", "--first-name", "Kim", "--last-name", "Ito", "--database", database)
    twice = run(capsys, "user", "add", "kim", "--database", database)
    before = run(capsys, "user", "list", "--database", database)
    run(capsys, "user", "deactivate", "kim", "--database", database)
    after = run(capsys, "user", "list", "--database", database)

    assert added[0] == 0
    assert twice[0] == 1
    assert 'username "kim"' in twice[2]
    assert re.search(r"^kim +active +Kim Ito$", before[1], re.MULTILINE)
    assert re.search(r"^kim +inactive +Kim Ito$", after[1], re.MULTILINE)


def test_keys_are_made_listed_and_revoked(
    database: str,
    capsys: pytest.CaptureFixture[str],
    serve: Callable[..., tuple[subprocess.Popen[str], str]],
) -> None:
    run(capsys, "init", "--database", database)
    made = run(capsys, "key", "create", "--user", "admin", "--label", "render farm", "--database", database)
    everybody = run(capsys, "key", "create", "--global", "--database", database)
    listed = run(capsys, "key", "list", "--database", database)
    headers = credentials(made[1])
    _, url = serve()
    works = answer(url, headers)

    (id_,) = re.findall(r"^(\S+) .* render farm$", listed[1], re.MULTILINE)
    revoked = run(capsys, "key", "revoke", id_, "--database", database)

    assert (made[0], everybody[0], listed[0], revoked[0]) == (0, 0, 0, 0)
    assert works == []
    assert headers["ftrack-api-key"] not in listed[1]
    assert "(global)" in listed[1]
    assert id_ not in run(capsys, "key", "list", "--database", database)[1]
    assert answer(url, {**headers, "ftrack-user": "admin", "ftrack-api-key": headers["ftrack-api-key"] + "x"})[
        "error_code"
    ]


def test_roles_are_listed_granted_and_revoked(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "init", "--database", database, "--seed", "demo")
    run(capsys, "user", "add", "kim", "--database", database)

    wide = run(capsys, "role", "grant", "kim", "Project Manager", "--database", database)
    narrow = run(capsys, "role", "grant", "kim", "Restricted User", "--project", "night_heron", "--database", database)
    granted = run(capsys, "role", "list", "--database", database)
    revoked = run(capsys, "role", "revoke", "kim", "Project Manager", "--database", database)
    after = run(capsys, "role", "list", "--database", database)

    assert (wide[0], narrow[0], revoked[0]) == (0, 0, 0)
    assert "on all open projects" in wide[1]
    assert "the project night_heron" in narrow[1]
    assert re.search(r"^Project Manager +contribute projects +.*\bkim\b", granted[1], re.MULTILINE)
    assert re.search(r"^Restricted User +contribute +.*\bkim\b", granted[1], re.MULTILINE)
    assert not re.search(r"^Project Manager .*\bkim\b", after[1], re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("role", "grant", "admin", "Administrater"),
            'There is no role "Administrater". Did you mean "Administrator"?',
        ),
        (("role", "grant", "admin", "API", "--project", "dune"), 'There is no project "dune".'),
        (("role", "grant", "nobody", "API"), 'There is no user "nobody".'),
        (("role", "revoke", "admin", "Project Manager"), 'admin does not hold the role "Project Manager".'),
        (("user", "deactivate", "amdin"), 'There is no user "amdin". Did you mean "admin"?'),
        (("key", "create", "--user", "nobody"), 'There is no user "nobody".'),
        (("key", "revoke", "nothing"), "There is no API key with the id or prefix"),
    ],
)
def test_mistakes_are_answered_in_words(
    seeded: str, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str
) -> None:
    code, _, err = run(capsys, *words, "--database", seeded)

    assert code == 1
    assert message in err
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [("user", "list"), ("key", "list"), ("user", "add", "kim")])
def test_a_missing_database_is_not_made_on_the_way(
    database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    code, _, err = run(capsys, *words, "--database", database)

    assert code == 1
    assert "ftrack-server init" in err
    assert list(tmp_path.iterdir()) == []
    assert run(capsys, "init", "--database", database)[0] == 0


def test_an_empty_file_is_no_database(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "empty.sqlite3"
    path.touch()

    code, _, err = run(capsys, "user", "list", "--database", str(path))

    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    assert code == 1
    assert "ftrack-server init" in err


def test_a_password_is_not_shown(postgresql: Any, capsys: pytest.CaptureFixture[str]) -> None:
    with postgresql.database() as url:
        address = url.replace("ftrack@", "ftrack:secret@")
        said = [run(capsys, *words, "--database", address) for words in (("user", "list"), ("init",), ("init",))]

    assert [code for code, _, _ in said] == [1, 0, 1]
    assert "secret" not in repr(said)


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, whatever it is called", encoding="utf-8")

    code, _, err = run(capsys, "serve", "--database", str(path))

    assert code == 1
    assert "no SQLite database" in err


@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("user", "list"), ("check",)])
def test_a_damaged_file_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    path = tmp_path / "site.sqlite3"
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)

    code, _, err = run(capsys, *words, "--database", str(path))

    assert code == 1
    assert "not a database" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("words", [(), ("sevre",), ("user",), ("key", "create"), ("serve", "--seed", "x")])
def test_wrong_words_end_in_code_2(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(list(words))

    assert ended.value.code == 2
    assert "usage: ftrack-server" in capsys.readouterr().err


def test_a_wrong_setting_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "serve", "--port", "99999")

    assert code == 1
    assert 'Setting "port" is 99999' in err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == 0
    assert capsys.readouterr().out == f"ftrack-server {server_version()}\n"
    assert re.fullmatch(r"\d+\..*", server_version())


def test_every_command_has_help() -> None:
    text = build_parser().format_help()

    assert all(word in text for word in ("serve", "init", "user", "key"))
