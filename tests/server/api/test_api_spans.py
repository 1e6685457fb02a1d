"""Moments in pairs: an end before its start is refused where it makes no sense, and kept where clients rely on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ftrack_server import errors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EARLY, LATE, NOW = "2031-01-01", "2031-03-01", "2031-02-03T04:05:06"
PLANNED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "CalendarEvent": ("start", "end", {"name": "leave", "project_id": "project"}),
    "SplitTaskPart": ("start_date", "end_date", {"task_id": "task"}),
}
FREE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "ReviewSession": ("start_date", "end_date", {"name": "r", "project_id": "project"}),
    "Task": ("start_date", "end_date", {"parent_id": "shot"}),
    "Project": ("start_date", "end_date", {"project_schema_id": "VFX"}),
}


@pytest.fixture(scope="module")
def site(new_api: Callable[..., Any]) -> Iterator[Any]:
    """The tree."""
    with new_api() as api:
        api.grow()
        yield api


@pytest.mark.parametrize("kind", PLANNED)
def test_what_ends_before_it_starts_is_refused(site: Any, kind: str) -> None:
    start, end, data = PLANNED[kind]
    told = rf"{kind}\.{end} cannot be before {start}\. Got 2031-01-01T00:00:00 and 2031-03-01T00:00:00"

    with pytest.raises(errors.ValidationError, match=told) as raised:
        site(site.create("Scope", name="x"), site.create(kind, **data, **{start: LATE, end: EARLY}))
    assert raised.value.operation_index == 1

    site(site.create(kind, id=kind, **data, **{start: EARLY, end: EARLY}))
    for change in ({start: LATE}, {start: LATE, end: EARLY}):
        with pytest.raises(errors.ValidationError, match=told):
            site(site.update(kind, kind, **change))
    site(site.update(kind, kind, **{start: LATE}), site.update(kind, kind, **{end: LATE}))
    row = site.row(site.editions.current.model.type(kind).table, kind)
    assert (row[start].isoformat()[:10], row[end].isoformat()[:10]) == (LATE, LATE)


@pytest.mark.parametrize("kind", FREE)
def test_dates_that_clients_set_one_by_one_are_kept(site: Any, kind: str) -> None:
    start, end, data = FREE[kind]
    data = {name: site.named("project_schema", "VFX") if value == "VFX" else value for name, value in data.items()}
    key = site.data(site.create(kind, **{**data, "name": kind, start: LATE, end: EARLY}))["id"]

    row = site.row(site.editions.current.model.type(kind).table, key)
    assert (row[start].isoformat()[:10], row[end].isoformat()[:10]) == (LATE, EARLY)


@pytest.mark.parametrize("kind", ["CalendarEvent", "ReviewSession"])
@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ((None, None), (NOW, NOW)),
        ((LATE, None), (f"{LATE}T00:00:00", f"{LATE}T00:00:00")),
        ((EARLY, None), (f"{EARLY}T00:00:00", NOW)),
        ((None, EARLY), (f"{EARLY}T00:00:00", f"{EARLY}T00:00:00")),
        ((None, LATE), (NOW, f"{LATE}T00:00:00")),
    ],
)
def test_a_moment_that_was_not_sent_fits_the_other(
    site: Any, kind: str, sent: tuple[str | None, str | None], kept: tuple[str, str]
) -> None:
    start, end, data = {**PLANNED, **FREE}[kind]
    moments = {name: value for name, value in zip((start, end), sent, strict=True) if value is not None}

    answer = site.data(site.create(kind, **data, **moments))

    row = site.row(site.editions.current.model.type(kind).table, answer["id"])
    assert (row[start].isoformat(), row[end].isoformat()) == kept
    assert {name: answer[name]["value"] for name in (start, end)} == {start: kept[0], end: kept[1]}


def test_time_may_be_taken_back(site: Any) -> None:
    site(
        site.create("Timelog", context_id="task", duration=60), site.create("Timelog", context_id="task", duration=-15)
    )

    (task,) = site.data({"action": "query", "expression": "select time_logged from Task where id is task"})
    assert task["time_logged"] == 45
