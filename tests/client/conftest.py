"""A server of a few types that answers from memory, so that the client can be tested without a network.

It does to queries, creations, updates and deletions what the protocol says a server does: projections, stubs after the
first occurrence, paging. It reads query text with the project's own parser, and records every batch it gets.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ftrack_api._transport.base import Response
from ftrack_api.session import Session
from ftrack_protocol.query import ast
from ftrack_protocol.query.parser import parse

SMALL_SCHEMAS = Path(__file__).with_name("schemas.json")


class FakeServer:
    """Rows by type and key; as a transport, it can be given to a session."""

    def __init__(self, schemas: list[dict[str, Any]]) -> None:
        self.schemas = schemas
        self.information = {"version": "dev", "schema_hash": "h1"}
        self.batches: list[list[dict[str, Any]]] = []
        self.rows: dict[tuple[str, tuple[str, ...]], dict[str, Any]] = {}
        self.refuse: dict[str, Any] | None = None
        self.before_reply: Any = None
        self._keys = {schema["id"]: schema["primary_key"] for schema in schemas}
        self._bases = {schema["id"]: schema.get("$mixin", {}).get("$ref") for schema in schemas}

    # What tests say and ask.

    def add(self, entity_type: str, /, **values: Any) -> dict[str, Any]:
        """Store a row and return a reference to it."""
        key = tuple(str(values[name]) for name in self._keys[entity_type])
        self.rows[entity_type, key] = values
        return {"__entity_type__": entity_type, **dict(zip(self._keys[entity_type], key, strict=True))}

    def row(self, entity_type: str, *key: str) -> dict[str, Any] | None:
        return self.rows.get((entity_type, key))

    @property
    def expressions(self) -> list[str]:
        """The query texts received so far."""
        return [action["expression"] for batch in self.batches for action in batch if action["action"] == "query"]

    @property
    def writes(self) -> list[dict[str, Any]]:
        """The actions of the last batch, type names inside the data left out."""
        return [_bare(action) for action in self.batches[-1]]

    def forget(self) -> None:
        self.batches.clear()

    # The two methods of a transport.

    def send(self, request: Any) -> Response:
        batch = json.loads(request.body)
        self.batches.append(batch)
        if self.before_reply is not None:
            self.before_reply(batch)
        if self.refuse is not None:
            fault, self.refuse = self.refuse, None
            return Response(200, {}, json.dumps(fault).encode())
        return Response(200, {}, json.dumps([getattr(self, f"_{a['action']}")(a) for a in batch]).encode())

    def close(self) -> None:
        pass

    def _query_server_information(self, _action: dict[str, Any]) -> Any:
        return self.information

    def _query_schemas(self, _action: dict[str, Any]) -> Any:
        return self.schemas

    def _create(self, action: dict[str, Any]) -> Any:
        key = tuple(action["entity_key"])
        self.rows[action["entity_type"], key] = dict(action["entity_data"])
        return self._written(action)

    def _update(self, action: dict[str, Any]) -> Any:
        key = tuple(action["entity_key"])
        self.rows.setdefault((action["entity_type"], key), {}).update(action["entity_data"])
        return self._written(action)

    def _delete(self, action: dict[str, Any]) -> Any:
        self.rows.pop((action["entity_type"], tuple(action["entity_key"])), None)
        return {"action": "delete", "data": True}

    def _written(self, action: dict[str, Any]) -> Any:
        plain = {name: value for name, value in action["entity_data"].items() if not isinstance(value, dict | list)}
        key = dict(zip(self._keys[action["entity_type"]], action["entity_key"], strict=True))
        data = {"__entity_type__": action["entity_type"], **key, **plain}
        return {"action": action["action"], "data": {name: value for name, value in data.items() if value is not None}}

    def _query(self, action: dict[str, Any]) -> Any:
        select = parse(action["expression"])
        assert select.projections, "a client always names what it wants"
        found = [
            identity
            for identity, row in self.rows.items()
            if self._is_a(identity[0], select.entity_type) and self._meets(row, select.where)
        ]
        offset, limit = select.offset or 0, len(found) if select.limit is None else select.limit
        written: set[Any] = set()
        paths = [path.names for path in select.projections if isinstance(path, ast.Path)]
        data = [self._encoded(identity, paths, written) for identity in found[offset : offset + limit]]
        following = offset + limit if offset + limit < len(found) else None
        return {"action": "query", "data": data, "metadata": {"next": {"offset": following}}}

    def _is_a(self, entity_type: str | None, wanted: str) -> bool:
        return entity_type is not None and (entity_type == wanted or self._is_a(self._bases[entity_type], wanted))

    def _meets(self, row: dict[str, Any], condition: Any) -> bool:
        if condition is None:
            return True
        if isinstance(condition, ast.And):
            return all(self._meets(row, operand) for operand in condition.operands)
        if isinstance(condition, ast.Or):
            return any(self._meets(row, operand) for operand in condition.operands)
        value = self._value(row, condition.path.names)
        if isinstance(condition, ast.In):
            return value in {item.text for item in condition.values}
        assert isinstance(condition, ast.Comparison)
        if condition.value.is_null:
            return value is None
        return str(value).lower() == condition.value.text.lower()

    def _value(self, row: Any, names: tuple[str, ...]) -> Any:
        for name in names:
            row = row.get(name) if row else None
            if isinstance(row, dict) and "__entity_type__" in row:
                row = self.rows[_identity(row, self._keys)]
        return row

    def _encoded(self, identity: Any, paths: list[tuple[str, ...]], written: set[Any]) -> dict[str, Any]:
        entity_type, key = identity
        encoded: dict[str, Any] = {"__entity_type__": entity_type}
        encoded.update(zip(self._keys[entity_type], key, strict=True))
        if identity in written:
            return encoded
        written.add(identity)
        row = self.rows[identity]
        for name in dict.fromkeys(path[0] for path in paths):
            below = [path[1:] for path in paths if path[0] == name and len(path) > 1]
            value = row.get(name)
            if isinstance(value, dict) and "__entity_type__" in value:
                value = self._encoded(_identity(value, self._keys), below, written)
            elif isinstance(value, list) and value and isinstance(value[0], dict) and "__entity_type__" in value[0]:
                found = [_identity(item, self._keys) for item in value]
                value = [self._encoded(identity, below, written) for identity in found if identity in self.rows]
            encoded[name] = value
        return encoded


def _identity(reference: dict[str, Any], keys: dict[str, list[str]]) -> Any:
    entity_type = reference["__entity_type__"]
    return entity_type, tuple(reference[name] for name in keys[entity_type])


def _bare(action: dict[str, Any]) -> dict[str, Any]:
    data = {name: value for name, value in action.get("entity_data", {}).items() if name != "__entity_type__"}
    return {**action, "entity_data": data} if "entity_data" in action else action


class OfflineSession(Session):
    """A session whose requests go to a fake server."""

    fake: FakeServer

    def _create_transport(self, config: Any) -> Any:  # noqa: ARG002 - the hook's signature
        return self.fake


@pytest.fixture(scope="session")
def small_schemas() -> list[dict[str, Any]]:
    return json.loads(SMALL_SCHEMAS.read_text(encoding="utf-8"))


@pytest.fixture
def new_server(small_schemas: list[dict[str, Any]]) -> Any:
    """Make servers without rows."""
    return lambda: FakeServer(small_schemas)


@pytest.fixture
def server(new_server: Any) -> FakeServer:
    return new_server()


@pytest.fixture
def new_session(server: FakeServer) -> Any:
    """Make sessions of the fake server, or of another; they are closed, nothing pending, at the end of the test."""
    made = []

    def make(
        session_class: type[OfflineSession] = OfflineSession, on: FakeServer = server, **arguments: Any
    ) -> OfflineSession:
        own = type(session_class.__name__, (session_class,), {"fake": on})
        login = {"server_url": "http://studio.test", "api_key": "key", "api_user": "kim"}
        session = own(**{**login, "schema_cache_path": False, "plugin_paths": [], **arguments})
        made.append(session)
        return session

    yield make
    for session in made:
        session.recorded_operations.clear()
        session.close()


@pytest.fixture
def session(new_session: Any, server: FakeServer) -> OfflineSession:
    made = new_session()
    server.forget()
    return made
