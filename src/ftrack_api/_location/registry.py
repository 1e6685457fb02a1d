"""Which components a location holds, and under which resource identifiers: asked of the server in one request."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from ftrack_api import exception, inspection
from ftrack_api._garbage import garbage_waits
from ftrack_api._query.parameters import literal
from ftrack_api.operation import DeleteEntityOperation
from ftrack_api.symbol import CREATED

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

CHUNK = 500  # identifiers in one condition

# Any below is an entity, or a row as the server sent it.

# What is known already of (location id, component id): the identifier as the server keeps it, None for not there.
_known: ContextVar[Mapping[tuple[str, str], str | None]] = ContextVar("ftrack_api_identifiers", default={})  # noqa: B039 - never changed


def select(session: SessionProtocol, query: str, name: str, ids: Sequence[str]) -> list[Any]:
    """Return the rows of a query for many identifiers, whatever their number, in one request.

    Args:
        session: Session to ask through.
        query: Query text up to its last condition, such as ``select id from ComponentLocation where``.
        name: Attribute to be one of the identifiers.
        ids: Identifiers.
    """
    return select_all(session, [(query, name, ids)])[0]


def select_all(session: SessionProtocol, queries: Iterable[tuple[str, str, Sequence[str]]]) -> list[list[Any]]:
    """Return the rows of several queries, as `select` takes them, in one request."""
    actions, owners = [], []
    answers: list[list[Any]] = []
    for query, name, ids in queries:
        answers.append([])
        for start in range(0, len(ids), CHUNK):
            condition = f"{name} in {literal(ids[start : start + CHUNK])}" if name else ""
            actions.append({"action": "query", "expression": f"{query} {condition}".strip()})
            owners.append(answers[-1])
    if actions:
        for rows, result in zip(owners, session._send(actions), strict=True):
            rows.extend(result.get("data") or ())
    return answers


def look_up(location: Any, components: Iterable[Any]) -> dict[str, str | None]:
    """Return what the server keeps as resource identifiers of components in a location, by component id.

    None stands for a component that is not there.

    Cost: one request, none for components that the server cannot know yet.
    """
    session, place = location.session, location["id"]
    known, registered = _known.get(), registrations(session)
    found: dict[str, str | None] = {}
    ask = []
    for component in components:
        identifier = component["id"]
        key = (place, identifier)
        if key in known:
            found[identifier] = known[key]
        elif key in registered:
            found[identifier] = registered[key]
        elif identifier not in found:
            found[identifier] = None
            if inspection.state(component) is not CREATED:
                ask.append(identifier)
    query = f"select component_id, resource_identifier from ComponentLocation where location_id is {literal(place)} and"
    for row in select(session, query, "component_id", ask):
        found[row["component_id"]] = row["resource_identifier"]
    return found


def identifiers(location: Any, components: Iterable[Any]) -> list[str]:
    """Return the resource identifiers of components in a location as the server keeps them, in the order given.

    Raises:
        ComponentNotInLocationError: If some are not there; ``details["components"]`` has them.
    """
    wanted = list(components)
    found = look_up(location, wanted)
    missing = [component for component in wanted if found[component["id"]] is None]
    if missing:
        raise exception.ComponentNotInLocationError(missing, location)
    return [str(found[component["id"]]) for component in wanted]


def split(location: Any, components: Sequence[Any]) -> tuple[list[tuple[Any, str]], list[Any]]:
    """Return the components that are in a location, with what it keeps of each, and those that are not.

    The location's own methods are asked, which subclasses replace.

    Cost: one request where the server is asked; two when some components are there and some are not.
    """
    missing: list[Any] = []
    present = list(components)
    try:
        kept = location._get_resource_identifiers(present)
    except exception.ComponentNotInLocationError as error:
        missing = list(error.details["components"])
        gone = {component._identity for component in missing}
        present = [component for component in components if component._identity not in gone]
        kept = location._get_resource_identifiers(present) if present else []
    return list(zip(present, kept, strict=True)), missing


@contextlib.contextmanager
def knowing(known: Mapping[tuple[str, str], str | None]) -> Iterator[None]:
    """Answer from what is known while the block runs, so that hooks that ask one by one cost no requests."""
    token = _known.set({**_known.get(), **known})
    try:
        yield
    finally:
        _known.reset(token)


def known(location: Any, components: Sequence[Any]) -> list[str]:
    """Return the identifiers of components as a block of `knowing` has them; none unless it has all."""
    answers = _known.get()
    found = [answers.get((location["id"], component["id"])) for component in components] if answers else []
    return [] if None in found else [str(text) for text in found]


def registrations(session: SessionProtocol) -> Mapping[tuple[str, str], str]:
    """Return what the open transaction of a session, if any, will register."""
    transaction = session._transaction
    return {} if transaction is None else transaction.registrations


def register(location: Any, components: Sequence[Any], resource_identifiers: Sequence[str]) -> None:
    """Record where components are, and commit the session; nothing stays recorded of a failure (client: D33).

    Raises:
        ServerError: If the server refuses the commit.
    """
    session, place = location.session, location["id"]
    with garbage_waits():
        rows = [
            session.create(
                "ComponentLocation",
                {"component_id": component["id"], "location_id": place, "resource_identifier": identifier},
            )
            for component, identifier in zip(components, resource_identifiers, strict=True)
        ]
    if session._transaction is not None:
        session._transaction.register(rows)
    try:
        session.commit()
    except exception.Error:
        for row in rows:
            session._withdraw(row)
        raise


def deregister(location: Any, components: Sequence[Any]) -> None:
    """Delete the records of components in a location, and commit the session; a failure leaves nothing recorded.

    Raises:
        ServerError: If the server refuses the commit.

    Cost: two requests.
    """
    session, place = location.session, location["id"]
    query = f"select id from ComponentLocation where location_id is {literal(place)} and"
    rows = select(session, query, "component_id", [component["id"] for component in components])
    operations = [DeleteEntityOperation("ComponentLocation", {"id": row["id"]}) for row in rows]
    for operation in operations:
        session.recorded_operations.push(operation)
    try:
        session.commit()
    except exception.Error:
        for operation in operations:
            session.recorded_operations.discard(session.recorded_operations.numbers_of(operation.identity))
        raise
