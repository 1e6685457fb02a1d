"""An editor completes the attributes of entities: asked of pyright's language server, as editors do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_api.cli.stubs import render_runtime, render_stub
from ftrack_server.model.load import load_model
from ftrack_server.model.publish import publish

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "http://studio.test"
PROGRAM = """\
from ftrack_types import Session

def work(session: Session) -> None:
    task = session.query("Task").one()
    task[""]
    task["status"][""]
    session.query("")
"""


class LanguageServer:
    """A language server that is asked over its standard input; what it asks back is answered with its settings."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._number = 0

    def tell(self, method: str, params: dict[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        while True:
            message = self._receive()
            if "method" not in message and message.get("id") == self._number:
                return message["result"]
            if "method" in message and "id" in message:
                items = (message.get("params") or {}).get("items", [])
                self._send({"id": message["id"], "result": [{"pythonPath": sys.executable} for _ in items]})

    def _send(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        length = 0
        while line := self._process.stdout.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self._process.stdout.read(length))
        return message


@pytest.fixture
def editor(pyright: list[str], tmp_path: Path) -> Iterator[LanguageServer]:
    """A language server that has a program with the types of a site open."""
    package = tmp_path / "ftrack_types"
    package.mkdir()
    schemas = publish(load_model())
    (package / "__init__.pyi").write_text(render_stub(schemas, ADDRESS), encoding="utf-8")
    (package / "__init__.py").write_text(render_runtime(schemas, ADDRESS), encoding="utf-8")
    command = [str(Path(pyright[0]).with_name("pyright-langserver")), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        server = LanguageServer(process)
        folder = tmp_path.as_uri()
        server.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": folder,
                "capabilities": {"workspace": {"configuration": True}},
                "workspaceFolders": [{"uri": folder, "name": "studio"}],
            },
        )
        server.tell("initialized", {})
        document = {"uri": f"{folder}/program.py", "languageId": "python", "version": 1, "text": PROGRAM}
        server.tell("textDocument/didOpen", {"textDocument": document})
        yield server
        process.kill()


@pytest.mark.parametrize(
    ("text", "offered", "missing"),
    [
        ('task["', {"name", "status", "assignments"}, {"username"}),
        ('task["status"]["', {"name", "color"}, {"assignments"}),
        ('session.query("', {"Task", "Shot", "User"}, {"name"}),
    ],
)
def test_names_are_completed(
    editor: LanguageServer, tmp_path: Path, text: str, offered: set[str], missing: set[str]
) -> None:
    lines = PROGRAM.splitlines()
    line = next(number for number, content in enumerate(lines) if content.strip().startswith(text + '"'))
    position = {"line": line, "character": lines[line].index(text) + len(text)}

    found = editor.ask(
        "textDocument/completion", {"textDocument": {"uri": f"{tmp_path.as_uri()}/program.py"}, "position": position}
    )

    names = {item["label"].strip('"') for item in (found["items"] if isinstance(found, dict) else found or [])}
    assert offered <= names
    assert not missing & names
