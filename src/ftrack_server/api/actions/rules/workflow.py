"""First statuses and types: what the schema of a project allows, and which of it comes first (data_model: 8.3)."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from typing import TypeAlias

    from ftrack_server.api.actions.work import Work

    Choice: TypeAlias = tuple[Any, int]  # id, and its place in the list that allows it

TASK = "11c137c0-ee7e-4f9c-91c5-8c77cec22b2c"
STATES = ("NOT_STARTED", "IN_PROGRESS", "DONE", "BLOCKED")


class Workflows:
    """What the project schemas of some projects allow.

    Cost: about ten statements to make, however many projects and rows ask; none without projects.
    """

    def __init__(self, work: Work, schemas: Mapping[Any, Any]) -> None:
        self._work = work
        self._schema_of = schemas
        ids = {schema for schema in schemas.values() if schema is not None}
        work.load_ids("project_schema", ids)
        rows = [row for row in (work.view("project_schema", id_) for id_ in ids) if row is not None]
        self._overrides = work.select("project_schema_override", project_schema_id=ids)
        self._statuses = _grouped(
            work.select(
                "workflow_schema_status",
                workflow_schema_id={
                    *(row["task_workflow_schema_id"] for row in rows),
                    *(row["asset_version_workflow_schema_id"] for row in rows),
                    *(row["workflow_schema_id"] for row in self._overrides),
                },
            ),
            "workflow_schema_id",
            "status_id",
        )
        task_types = work.select(
            "task_type_schema_type", task_type_schema_id={row["task_type_schema_id"] for row in rows}
        )
        self._task_types = _grouped(task_types, "task_type_schema_id", "type_id")
        self._objects = {
            (row["project_schema_id"], row["object_type_id"]): row["id"]
            for row in work.select("schema", project_schema_id=ids)
        }
        objects = set(self._objects.values())
        self._object_statuses = _grouped(work.select("schema_status", schema_id=objects), "schema_id", "status_id")
        self._object_types = _grouped(work.select("schema_type", schema_id=objects), "schema_id", "type_id")
        self._load_choices()

    @classmethod
    def of_projects(cls, work: Work, projects: Collection[Any]) -> Workflows:
        """Return what some projects allow; ids that are no project allow nothing."""
        work.load_ids("context", projects)
        rows = {project: work.view("context", project) for project in projects}
        return cls(work, {id_: row["project_schema_id"] for id_, row in rows.items() if row is not None})

    def first_status(self, project: Any, object_type: Any, type_id: Any) -> Any:
        """Return the status with which an item of a project starts, None when its schema knows none."""
        if object_type != TASK:
            return self._first_status(self._object_statuses[self._object_schema(project, object_type)])
        row = self._project_schema(project)
        workflow = next(
            (
                override["workflow_schema_id"]
                for override in self._overrides
                if override["project_schema_id"] == self._schema_of.get(project) and override["type_id"] == type_id
            ),
            None if row is None else row["task_workflow_schema_id"],
        )
        return self._first_status(self._statuses[workflow])

    def first_version_status(self, project: Any) -> Any:
        """Return the status with which a version starts."""
        row = self._project_schema(project)
        return None if row is None else self._first_status(self._statuses[row["asset_version_workflow_schema_id"]])

    def first_type(self, project: Any, object_type: Any, _type_id: Any = None) -> Any:
        """Return the type with which an item of a project starts, None when its schema knows none."""
        if object_type == TASK:
            row = self._project_schema(project)
            choices = [] if row is None else self._task_types[row["task_type_schema_id"]]
        else:
            choices = self._object_types[self._object_schema(project, object_type)]
        return min(choices, key=self._type_place, default=(None, 0))[0]

    def _project_schema(self, project: Any) -> Any:
        return self._work.view("project_schema", self._schema_of.get(project))

    def _object_schema(self, project: Any, object_type: Any) -> Any:
        return self._objects.get((self._schema_of.get(project), object_type))

    def _first_status(self, choices: Iterable[Choice]) -> Any:
        active = [choice for choice in choices if self._is_active(choice[0])]
        return min(active, key=self._status_place, default=(None, 0))[0]

    def _is_active(self, status: Any) -> bool:
        row = self._work.view("status", status)
        return row is not None and row["is_active"] is not False

    def _status_place(self, choice: Choice) -> tuple[Any, ...]:
        """Return the sort key of a status: by state, place in the list, then its own sort, which runs backwards."""
        status = self._work.view("status", choice[0])
        state = None if status is None else self._work.view("state", status["state_id"])
        stage = STATES.index(state["short"]) if state is not None and state["short"] in STATES else len(STATES)
        return stage, choice[1], 0 if status is None else -(status["sort"] or 0), choice[0]

    def _type_place(self, choice: Choice) -> tuple[Any, ...]:
        row = self._work.view("type", choice[0])
        return choice[1], 0 if row is None else row["sort"] or 0, choice[0]

    def _load_choices(self) -> None:
        statuses = _chosen(self._statuses, self._object_statuses)
        self._work.load_ids("status", statuses)
        rows = (self._work.view("status", id_) for id_ in statuses)
        self._work.load_ids("state", {row["state_id"] for row in rows if row is not None})
        self._work.load_ids("type", _chosen(self._task_types, self._object_types))


def _grouped(rows: Iterable[Mapping[str, Any]], by: str, choice: str) -> dict[Any, list[Choice]]:
    found: dict[Any, list[Choice]] = defaultdict(list)
    for row in rows:
        found[row[by]].append((row[choice], row.get("sort") or 0))
    return found


def _chosen(*lists: Mapping[Any, list[Choice]]) -> set[Any]:
    return {id_ for groups in lists for choices in groups.values() for id_, _ in choices}
