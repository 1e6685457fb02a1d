"""Both clients give a script the same results, and send the same for it, when ours does not fetch ahead.

What two runs differ in by chance is made equal first: identifiers that a client makes are numbered by first occurrence,
moments close to the present are named. All other identifiers have to be the very same.
"""

from __future__ import annotations

import difflib
import json
import re
import sys
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from ftrack_protocol.query import ast
from ftrack_protocol.query.parser import parse
from ftrack_protocol.query.render import render

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.contract

TOPICS = ["changing", "helping", "holding", "keeping", "publishing", "queries", "reading", "telling", "working"]
IDENTIFIER = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MADE = re.compile(r"f0000000-0000-4000-8000-[0-9a-f]{12}")  # by a client; see number_identifiers of the scripts
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
RECENT = timedelta(days=1)
PAGE_SIZE = 500
REPOSITORY = Path(__file__).resolve().parents[2]
SENT = "sent"

# What is decided to differ, by script and observation, with the row of docs/compatibility.md that says so.
DECIDED: dict[str, dict[str, str]] = {
    "changing.created_then_deleted": {"operations afterwards": "a batch that comes to nothing"},
    "changing.references": {"parent": "after a commit", SENT: "after a commit"},
    "changing.ensuring": {SENT: "`ensure()`"},
    "helping.timers": {SENT: "timers"},
    "helping.two_timers": {"left to be sent": "timers", SENT: "timers"},
    "holding.appending_and_removing": {"operations": "`extend()` of a collection"},
    "holding.collections_as_lists": {"reversed": "`reverse()` of a collection"},
    "keeping.encoding": {SENT: "all attributes of an entity"},
    "queries.fetching_by_key": {SENT: "`get()` by a base type"},
    "queries.limits_and_offsets": {SENT: "`limit` and `offset` in a query"},
    "queries.refused_texts": {"no text": "query text"},
    "reading.inspected": {"no key": "an entity without a key"},
    "reading.mappings": {SENT: "all attributes of an entity"},
    "telling.expressions": dict.fromkeys(
        [
            "topic=ftrack.update and data.n=5",
            "topic=ftrack.update and data.n>4 and data.n<6",
            "data.n>=5 and data.n<=5",
            "data.n!=5",
        ],
        "`data.n=5`",
    ),
}

# Topics in which everything takes other requests, which tests/cost counts; what is written is seen by other sessions.
OTHER_REQUESTS = {"publishing": "adding to and removing from a location"}


@pytest.mark.parametrize("topic", TOPICS)
def test_both_clients_do_the_same(topic: str, official_python: Path, run_topic: Callable[[Path, str], Any]) -> None:
    official_seen, official_sent = run_topic(official_python, topic)
    our_seen, our_sent = run_topic(Path(sys.executable), topic)

    assert list(our_seen) == list(official_seen)
    differences = []
    for script in official_seen:
        decided = DECIDED.get(f"{topic}.{script}", {})
        differences += _difference(script, seen(official_seen[script]), seen(our_seen[script]), decided)
        if SENT not in decided and topic not in OTHER_REQUESTS:
            differences += _lines(f"{script}, sent", wire(official_sent[script]), wire(our_sent[script]))
    assert not differences, "\n".join(differences)


def test_what_is_decided_to_differ_is_documented() -> None:
    documented = (REPOSITORY / "docs" / "compatibility.md").read_text(encoding="utf-8")

    rows = {row for decided in DECIDED.values() for row in decided.values()} | set(OTHER_REQUESTS.values())

    assert [row for row in sorted(rows) if f"\n| {row} |" not in documented] == []


def _difference(script: str, official: list[Any], ours: list[Any], decided: dict[str, str]) -> list[str]:
    """Return what differs in two lists of observations, and what was decided to differ and does not."""
    names = [[name for name, _ in value] for value in (official, ours)]
    if names[0] != names[1]:
        return _lines(f"{script}, observations", official, ours)
    lines = []
    for (name, theirs), (_, our) in zip(official, ours, strict=True):
        if name in decided and theirs == our:
            lines.append(f"{script}, {name}: decided to differ, and is the same")
        elif name not in decided:
            lines += _lines(f"{script}, {name}", [theirs], [our])
    return lines


def _lines(name: str, official: list[Any], ours: list[Any]) -> list[str]:
    """Return the lines in which two values differ, nothing when they are equal."""
    if official == ours:
        return []
    texts = [[json.dumps(item, sort_keys=True) for item in value] for value in (official, ours)]
    return list(difflib.unified_diff(*texts, f"official: {name}", f"ours: {name}", lineterm="", n=0))


def seen(value: Any) -> Any:
    """Return what a script saw with its identifiers numbered."""
    return json.loads(_numbered(json.dumps(value)))


def wire(batches: list[dict[str, Any]]) -> list[Any]:
    """Return batches in a form that two clients which ask for the same thing share.

    What a session sends when it starts is left out, server information and schemas: it is gated in ``tests/cost``.
    """
    result = []
    for batch in batches:
        actions = batch["actions"] if isinstance(batch["actions"], list) else [batch["actions"]]
        kept = [_action(action) for action in actions if action.get("action") not in _START]
        if kept:
            result.append({**batch, "headers": _headers(batch["headers"]), "actions": _in_order(kept)})
    return json.loads(_numbered(json.dumps(result, sort_keys=True)))


_START = frozenset({"query_server_information", "query_schemas"})


def _in_order(actions: list[Any]) -> list[Any]:
    """Return actions with neighbouring deletions sorted: the official client sends those of a mapping in no order."""
    runs = [(is_deletion, list(run)) for is_deletion, run in groupby(actions, key=_is_deletion)]
    return [action for is_deletion, run in runs for action in (sorted(run, key=json.dumps) if is_deletion else run)]


def _is_deletion(action: Any) -> bool:
    return action.get("action") == "delete"


def _headers(headers: dict[str, str]) -> dict[str, str]:
    kept = {name: "present" if name == "ftrack-api-key" else value for name, value in headers.items()}
    cookies = [text for text in kept.pop("cookie", "").split("; ") if text and not text.startswith("ftrack_session=")]
    return {**kept, "cookie": sorted(cookies)}


def _action(action: dict[str, Any]) -> dict[str, Any]:
    tidy = {name: _tidy(value) for name, value in action.items()}
    if action.get("action") == "query":
        tidy["expression"] = _expression(action["expression"])
    return tidy


def _expression(text: str) -> str:
    """Return a query as it is written here: quotes, parentheses and clauses that say what goes without saying apart."""
    try:
        query = parse(text)
    except ValueError:
        return text
    by_key = isinstance(query.where, ast.Comparison) and str(query.where.path) == "id" and query.where.operator == "is"
    limit = None if by_key or query.limit == PAGE_SIZE else query.limit
    return render(replace(query, where=_quoted(query.where), offset=query.offset or None, limit=limit))


def _quoted(condition: Any) -> Any:
    """Return a condition whose identifiers are in quotes."""
    if isinstance(condition, ast.Comparison) and IDENTIFIER.fullmatch(condition.value.text):
        return replace(condition, value=ast.Value(condition.value.text))
    if isinstance(condition, ast.In):
        return replace(condition, values=tuple(ast.Value(value.text) for value in condition.values))
    if isinstance(condition, ast.And):
        return ast.And(tuple(map(_quoted, condition.operands)))
    return condition


def _tidy(value: Any) -> Any:
    if isinstance(value, str):
        return _moments(" ".join(value.split()))
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    return {name: _tidy(item) for name, item in value.items()} if isinstance(value, dict) else value


def _moments(text: str) -> str:
    def name(match: re.Match[str]) -> str:
        then = datetime.fromisoformat(match[0].replace("Z", "+00:00"))
        then = then if then.tzinfo else then.replace(tzinfo=timezone.utc)
        return "<now>" if abs(datetime.now(timezone.utc) - then) < RECENT else match[0]

    return MOMENT.sub(name, text)


def _numbered(text: str) -> str:
    """Return a text in which the identifiers that clients make are numbers; all others are the same in both runs."""
    numbers: dict[str, str] = {}
    return MADE.sub(lambda match: numbers.setdefault(match[0], f"id {len(numbers) + 1}"), text)


def test_only_identifiers_that_a_client_makes_are_numbered() -> None:
    made, known = "f0000000-0000-4000-8000-0000000000{}", "d07ae5d0-66e1-11e1-b5e9-f23c91df25e{}"

    assert seen([made.format(n) for n in (17, 18, 17)]) == seen([made.format(n) for n in (21, 22, 21)])
    assert seen([made.format(n) for n in (17, 18, 17)]) != seen([made.format(n) for n in (21, 22, 22)])
    assert seen([known.format(1)]) != seen([known.format(2)])
