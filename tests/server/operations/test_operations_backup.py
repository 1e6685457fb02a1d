"""Backups made while servers write are whole; a restore checks first, and touches nothing that is in use."""

from __future__ import annotations

import re
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server.cli import main
from ftrack_server.storage.migrate import CURRENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.operations.conftest import ServerProcess, Site

BACKUPS = 5
SCOPES = 3
SECONDS = 60


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command; returns its code, its output and its complaints."""

    def command(*words: object) -> tuple[int, str, str]:
        code = main([str(word) for word in words])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return command


def scopes(name: str) -> list[dict[str, Any]]:
    return [{"action": "create", "entity_type": "Scope", "entity_data": {"name": name}} for _ in range(SCOPES)]


def content(path: Path) -> dict[str, int]:
    """Return how many scopes of each name a database has, after a look for damage."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return dict(connection.execute("SELECT name, count(*) FROM scope GROUP BY name").fetchall())


class Writer(threading.Thread):
    """Sends batches until told to stop; knows which were acknowledged."""

    def __init__(self, server: ServerProcess, name: str) -> None:
        super().__init__()
        self._server = server
        self._prefix = name
        self._stopped = threading.Event()
        self.acknowledged: list[str] = []

    def run(self) -> None:
        while not self._stopped.is_set():
            name = f"{self._prefix}.{len(self.acknowledged)}"
            self._server.call(*scopes(name))
            self.acknowledged.append(name)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def test_backups_made_while_servers_write_are_whole(sqlite_site: Site, run: Any, tmp_path: Path) -> None:
    servers = [sqlite_site.serve(), sqlite_site.serve()]
    writers = [Writer(server, f"w{number}") for number, server in enumerate(servers)]
    for writer in writers:
        writer.start()
    try:
        for number in range(BACKUPS):
            before = {name for writer in writers for name in writer.acknowledged}
            copy = tmp_path / f"{number}.backup"
            code, out, err = run("backup", "--database", sqlite_site.address, "--to", copy)

            assert (code, err) == (0, "")
            assert f"version {CURRENT}, checked" in out
            found = content(copy)
            assert before <= set(found)
            assert set(found.values()) <= {SCOPES}
    finally:
        for writer in writers:
            writer.stop()

    assert sorted(path.name for path in tmp_path.glob("*backup*")) == [f"{number}.backup" for number in range(BACKUPS)]


def test_a_restored_database_is_served_with_its_keys(sqlite_site: Site, run: Any, tmp_path: Path) -> None:
    server = sqlite_site.serve()
    server.call(*scopes("kept"))
    run("backup", "--database", sqlite_site.address, "--to", tmp_path / "copy")
    server.call(*scopes("later"))
    assert server.end() == 0

    code, out, _ = run("restore", "--database", sqlite_site.address, "--from", tmp_path / "copy", "--replace")
    again = sqlite_site.serve()

    assert code == 0
    assert f"version {CURRENT}" in out
    assert {row["name"] for row in again.query("select name from Scope")} == {"kept"}
    again.call(*scopes("new"))


def test_a_database_that_a_killed_server_left_is_backed_up_whole(sqlite_site: Site, run: Any, tmp_path: Path) -> None:
    server = sqlite_site.serve()
    server.call(*scopes("kept"))
    server.kill()
    assert Path(f"{sqlite_site.address}-wal").stat().st_size

    run("backup", "--database", sqlite_site.address, "--to", tmp_path / "copy")

    assert content(tmp_path / "copy") == {"kept": SCOPES}


def test_a_database_in_use_is_not_replaced(sqlite_site: Site, run: Any, tmp_path: Path) -> None:
    run("backup", "--database", sqlite_site.address, "--to", tmp_path / "copy")
    server = sqlite_site.serve()
    server.call(*scopes("kept"))

    code, _, err = run("restore", "--database", sqlite_site.address, "--from", tmp_path / "copy", "--replace")

    assert code == 1
    assert f"A server has {sqlite_site.address} open" in err
    assert "stop it first" in err
    assert {row["name"] for row in server.query("select name from Scope")} == {"kept"}
    server.call(*scopes("goes on"))


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_what_is_there_stays_unless_it_may_go(sqlite_site: Site, run: Any, tmp_path: Path, command: str) -> None:
    run("backup", "--database", sqlite_site.address, "--to", tmp_path / "copy")
    other = tmp_path / "other"
    other.write_text("precious", encoding="utf-8")
    words = {
        "backup": ("backup", "--database", sqlite_site.address, "--to", other),
        "restore": ("restore", "--database", other, "--from", tmp_path / "copy"),
    }[command]

    code, _, err = run(*words)
    assert code == 1
    assert f"{other} exists already" in err
    assert "--replace" in err
    assert other.read_text(encoding="utf-8") == "precious"

    assert run(*words, "--replace")[0] == 0
    assert content(other) == {}


def damaged(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 20000] = b"\xff" * 20000
    path.write_bytes(content)


def foreign(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE invoices (id)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO migration (version) VALUES (?)", (CURRENT + 1,))


def broken(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO asset_version (id, asset_id) VALUES ('v', 'gone')")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (damaged, "damaged"),
        (foreign, "no database of this server"),
        (newer, f"version {CURRENT + 1}, this server knows versions up to {CURRENT}"),
        (broken, "rows that refer to nothing, in asset_version"),
        (lambda path: path.write_text("text", encoding="utf-8"), "no SQLite database"),
        (lambda path: path.unlink(), "There is no file"),
    ],
    ids=["damaged", "foreign", "newer", "broken", "text", "missing"],
)
def test_a_backup_that_cannot_be_used_is_refused_and_the_database_stays(
    sqlite_site: Site, run: Any, tmp_path: Path, spoil: Callable[[Path], object], words: str
) -> None:
    copy = tmp_path / "copy"
    run("backup", "--database", sqlite_site.address, "--to", copy)
    spoil(copy)
    before = Path(sqlite_site.address).read_bytes()

    code, _, err = run("restore", "--database", sqlite_site.address, "--from", copy, "--replace")

    assert code == 1
    assert words in err
    assert Path(sqlite_site.address).read_bytes() == before
    assert not list(tmp_path.glob(".*part*"))


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("", "is a folder"),
        ("nowhere/copy", "does not exist; make it first"),
        ("site.sqlite3", "is the database itself"),
    ],
)
def test_a_place_that_makes_no_sense_is_refused(
    sqlite_site: Site, run: Any, tmp_path: Path, target: str, words: str
) -> None:
    code, _, err = run("backup", "--database", sqlite_site.address, "--to", tmp_path / target, "--replace")

    assert code == 1
    assert words in err


def test_a_sound_database_is_found_so_while_it_is_served(sqlite_site: Site, run: Any) -> None:
    server = sqlite_site.serve()
    server.call(*scopes("kept"))

    code, out, _ = run("check", "--database", sqlite_site.address)

    assert code == 0
    assert re.fullmatch(rf"{sqlite_site.address} is sound: [\d,]+ bytes, version {CURRENT}\.\n", out)
    server.call(*scopes("goes on"))


@pytest.mark.parametrize(
    ("spoil", "words"), [(damaged, "damaged"), (broken, "asset_version"), (foreign, "no database")]
)
def test_damage_is_found(sqlite_site: Site, run: Any, spoil: Callable[[Path], object], words: str) -> None:
    spoil(Path(sqlite_site.address))

    code, out, err = run("check", "--database", sqlite_site.address)

    assert (code, out) == (1, "")
    assert words in err


def test_a_backup_is_for_the_same_eyes_as_the_database(sqlite_site: Site, run: Any, tmp_path: Path) -> None:
    Path(sqlite_site.address).chmod(0o600)

    run("backup", "--database", sqlite_site.address, "--to", tmp_path / "copy")

    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("words", "tool"),
    [
        (("backup", "--to", "studio.dump"), "pg_dump"),
        (("restore", "--from", "studio.dump"), "pg_restore"),
        (("check",), "pg_amcheck"),
    ],
)
def test_postgresql_is_left_to_its_own_tools(run: Any, words: tuple[str, ...], tool: str) -> None:
    code, _, err = run(*words, "--database", "postgres://kim:secret@db.example/studio?password=secret")

    assert code == 1
    assert f"{tool} " in err
    assert "postgresql://kim@db.example/studio" in err
    assert words[-1] in err or words == ("check",)
    assert "secret" not in err


@pytest.mark.parametrize("words", [("backup", "--to", "x"), ("restore", "--from", "x")])
def test_what_vanishes_has_no_backup(run: Any, words: tuple[str, ...]) -> None:
    code, _, err = run(*words, "--database", ":memory:")

    assert code == 1
    assert "--database" in err
