"""Assignments, logged time, statuses, jobs: tables with a default or a check of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from ftrack_protocol.query.errors import QuerySyntaxError
from ftrack_protocol.query.parser import parse
from ftrack_server import errors
from ftrack_server.api.actions.circles import refuse_loops
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.rules.base import TableRules
from ftrack_server.api.actions.unique import refuse_duplicates
from ftrack_server.model.object_type import schema_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.work import Work

APPOINTMENT_TYPES = ("assignment", "allocation")


class Defaulting(TableRules):
    """Rules of tables with fixed first values that the schema documents do not tell clients of."""

    defaults: ClassVar[Mapping[str, Any]] = {}

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Set what was not sent."""
        del work
        for draft in drafts:
            draft.values.update({name: value for name, value in self.defaults.items() if draft[name] is None})


class TimelogRules(Defaulting):
    """Rules of logged time (protocol: 2.5); it stays with its owners when one of their lists omits it."""

    owned = frozenset({"context_id", "user_id"})
    defaults: ClassVar[Mapping[str, Any]] = {"duration": 0}


class StatusRules(Defaulting):
    """Rules of statuses."""

    defaults: ClassVar[Mapping[str, Any]] = {"is_active": True}


class AppointmentRules(TableRules):
    """Rules of assignments and allocations (data_model: 8.2)."""

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse other types, and a second appointment of the same resource to the same context."""
        for draft in drafts:
            if draft["type"] not in APPOINTMENT_TYPES:
                with failing_at(draft.index):
                    hint = errors.near_match(str(draft["type"]), APPOINTMENT_TYPES)
                    raise errors.ValidationError(
                        f'Appointment.type must be one of {", ".join(APPOINTMENT_TYPES)}. Got "{draft["type"]}".{hint}'
                    )
        refuse_duplicates(work, "appointment", ("context_id", "resource_id", "type"), drafts)


class DependencyRules(TableRules):
    """Rules of links between items of the tree, and between versions."""

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse a link with itself."""
        del work
        refuse_loops(drafts, "from_id", "to_id")


class JobRules(TableRules):
    """Rules of jobs (data_model: 8.2)."""

    def fill(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Note when a job that starts finished has finished."""
        self.change(work, drafts)

    def change(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Note when a job finishes."""
        for draft in drafts:
            if draft.changes("status") and draft["status"] in {"done", "failed"} and draft["finished_at"] is None:
                draft.values["finished_at"] = work.context.now


class ObjectTypeRules(TableRules):
    """Rules of object types, each of which is an entity type (data_model: 2.2)."""

    def check(self, work: Work, drafts: Sequence[Draft]) -> None:
        """Refuse names that make no entity type, or the name of another one."""
        own = {draft.key[0] for draft in drafts}
        foreign = {  # listeners compare names without case
            name.lower(): name
            for name, definition in work.model.types.items()
            if not any(column == "object_type_id" and set(ids) & own for column, ids in definition.discriminator)
        }
        for draft in drafts:
            name = schema_id(draft["name"] or "")
            with failing_at(draft.index):
                if not _can_be_said(name):
                    raise errors.ValidationError(
                        f'ObjectType.name "{draft["name"] or ""}" makes no entity type that a query could name. Use '
                        "letters, digits, underscores and spaces, a letter first, and no word of the query language."
                    )
                if name.lower() in foreign:
                    other = foreign[name.lower()]
                    raise errors.DuplicateEntryError(
                        f'There is an entity type "{other}" already. Got "{draft["name"]}".'
                    )
            foreign[name.lower()] = name


def _can_be_said(name: str) -> bool:
    """Return whether queries, with and without projections, can name an entity type."""
    try:
        return all(
            parse(text).entity_type == name for text in (f"{name} where a is b", f"select a from {name} limit 1")
        )
    except QuerySyntaxError:
        return False
