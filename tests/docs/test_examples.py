"""Every example of the README and of docs/ runs, and prints what the page says it prints.

A page is run from top to bottom in one namespace, against a fresh server with the demonstration data, with the
environment variables that the page tells its reader to set. A ``text`` block directly after a ``python`` block is that
block's output, to the letter. In ``console`` blocks, ``make`` targets and the options of ``ftrack`` and
``ftrack-server`` must exist.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ftrack_api.cli.main import build_parser as build_client_parser
from ftrack_server.cli import build_parser
from ftrack_server.testing import running_server

REPOSITORY = Path(__file__).resolve().parents[2]
PAGES = [REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md", *sorted((REPOSITORY / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```\s*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#|mailto:)(?P<target>[^)#\s]+)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, its first line in the page and what lies before it."""

    language: str
    text: str
    line: int
    adjacent: bool


def blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    found, end = [], 0
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start("text")) + 1
        adjacent = not text[end : match.start()].strip()
        found.append(Block(match["language"], match["text"], line, adjacent))
        end = match.end()
    return found


def name(page: Path) -> str:
    return page.relative_to(REPOSITORY).as_posix()


def with_python(page: Path) -> bool:
    return any(block.language == "python" for block in blocks(page))


@pytest.mark.parametrize("page", [page for page in PAGES if with_python(page)], ids=name)
def test_examples_run_and_print_what_the_page_shows(
    page: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with running_server(seed="demo") as server:
        monkeypatch.setenv("FTRACK_SERVER", server.url)
        monkeypatch.setenv("FTRACK_API_KEY", server.api_key)
        monkeypatch.setenv("FTRACK_API_USER", server.api_user)
        monkeypatch.setenv("FTRACK_API_SCHEMA_CACHE_PATH", str(tmp_path))
        namespace: dict[str, Any] = {"__name__": "__example__"}
        printed: str | None = None
        for block in blocks(page):
            if block.language == "python":
                code = compile("\n" * (block.line - 1) + block.text, name(page), "exec")
                output = io.StringIO()
                with contextlib.redirect_stdout(output):
                    exec(code, namespace)  # noqa: S102 - running the examples is the point
                printed = output.getvalue()
            elif block.language == "text" and block.adjacent and printed is not None:
                assert printed == block.text, f"{name(page)}:{block.line}"
                printed = None


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_exist(page: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for block in blocks(page):
        if block.language != "console":
            continue
        for line in block.text.splitlines():
            words = shlex.split(line.lstrip("$ "), comments=True)
            if words[:1] == ["make"]:
                assert {word for word in words[1:] if "=" not in word} <= targets, line
            elif words[:1] == ["ftrack-server"]:
                build_parser().parse_args(words[1:])
            elif words[:1] == ["ftrack"]:
                build_client_parser().parse_args(words[1:])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))

    assert [target for target in targets if not (page.parent / target).exists()] == []
