"""Every error that can travel to a client is on the page about errors, with its status and its code."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import ftrack_server.app
from ftrack_server import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
# Told on the command line, before there is anybody to answer.
NEVER_SENT = {"BackupError", "DatabaseMissingError", "DatabaseVersionError"}


def every_error() -> Iterator[type[errors.ServerError]]:
    assert ftrack_server.app  # imports whatever has errors of its own
    waiting = [errors.ServerError]
    while waiting:
        kind = waiting.pop()
        yield kind
        waiting.extend(kind.__subclasses__())


def test_every_error_is_there_with_its_status_and_code() -> None:
    shown = {
        (name, int(status)): text
        for names, status, text in re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| (\d+) \| (.+) \|$", PAGE, re.MULTILINE)
        for name in re.findall(r"`(\w+)`", names)
    }
    kinds = [kind for kind in every_error() if kind.exception not in NEVER_SENT]

    assert [f"{kind.exception} {kind.status}" for kind in kinds if (kind.exception, kind.status) not in shown] == []
    codes = {kind.error_code: shown[kind.exception, kind.status] for kind in kinds if kind.error_code}
    assert [code for code, text in codes.items() if code and f"`{code}`" not in text] == []
