"""Programs as users write them: each runs with the official Python client and with ours, and has to come out alike."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_protocol.actions import ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.contract

SCENARIOS = Path(__file__).parent / "programs" / "scenarios"


JAVASCRIPT = SCENARIOS.parent / "javascript" / "scenarios.mjs"


def python_programs() -> Iterator[str]:
    """Yield ``module:function`` of every program: a public function that takes a session and nothing else."""
    for path in sorted(SCENARIOS.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and [item.arg for item in node.args.args] == ["session"]:
                yield f"{path.stem}:{node.name}"


PYTHON_PROGRAMS = list(python_programs())
JAVASCRIPT_PROGRAMS = re.findall(
    r"^export async function (\w+)\(", JAVASCRIPT.read_text(encoding="utf-8"), re.MULTILINE
)


def test_there_are_enough_programs() -> None:
    assert len(PYTHON_PROGRAMS) >= 40
    assert len(JAVASCRIPT_PROGRAMS) >= 10


@pytest.mark.parametrize(("client", "engine"), [("official", "sqlite"), ("own", "sqlite"), ("official", "postgresql")])
@pytest.mark.parametrize("program", PYTHON_PROGRAMS)
def test_a_program_comes_out_as_its_writer_expects(
    interpreters: Callable[[str, str], Any], program: str, client: str, engine: str
) -> None:
    outcome = interpreters(client, engine).run(program)

    assert outcome["trace"] is None, outcome["trace"]


@pytest.mark.parametrize("program", JAVASCRIPT_PROGRAMS)
def test_a_javascript_program_comes_out_as_its_writer_expects(interpreters: Callable[[str], Any], program: str) -> None:
    outcome = interpreters("javascript").run(program)

    assert outcome["trace"] is None, outcome["trace"]


def test_every_action_is_used_by_some_program() -> None:
    """Those that clients send by their own verbs aside."""
    verbs = {"query", "create", "update", "delete", "query_schemas", "query_server_information"}
    verbs |= {"get_widget_url", "reset_remote", "send_user_invite", "send_review_session_invite"}
    media = {"get_upload_metadata", "complete_multipart_upload", "encode_media", "generate_signed_url"}
    texts = [
        path.read_text(encoding="utf-8") for path in SCENARIOS.parent.rglob("*.*") if path.suffix in {".py", ".mjs"}
    ]
    used = {name for name in ACTIONS if any(f'"{name}"' in text for text in texts)}

    assert ACTIONS.keys() - used - verbs - media == set()
    assert verbs <= ACTIONS.keys()
