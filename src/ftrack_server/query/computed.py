"""Computed attributes for all entities of a page at once: one statement for each kind (data_model: 3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, and_, func, or_, select

from ftrack_server.query.statement import MEMBERS, Statement
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect, MetaData

SERVER_LOCATION_ID = "3a372bde-05bc-11e4-8908-20c9d081909b"

Values = Mapping[Any, Any]
Address = Callable[[str, str], str]
Finish = Callable[[list[tuple[Any, ...]], Address], Values]


class ComputedLoader:
    """Works out one computed attribute: runs one statement for all keys, then puts the rows in shape."""

    def __init__(self, statement: Select[Any], finish: Finish, engine_dialect: Dialect) -> None:
        self._statement = Statement(statement, engine_dialect)
        self._finish = finish

    def load(self, connection: Connection, keys: Sequence[Any], address: Address) -> Values:
        """Return values by entity key; an entity without one is left out.

        Args:
            connection: Where to read.
            keys: Keys of the entities.
            address: Makes the addresses of files.
        """
        members = [key[0] if isinstance(key, tuple) else key for key in keys]
        return self._finish(self._statement.run_about(connection, members), address)


def build_loader(
    metadata: MetaData, table: str, rule: str, arguments: tuple[str, ...], engine_dialect: Dialect
) -> ComputedLoader:
    """Return the loader of a rule for the entities of a table."""
    kind = engine_dialect.name
    if rule == "path":
        name = {"context": "context_path", "asset_version": "version_path", "resource": "group_path"}[table]
        statement, finish = _PATHS[name](metadata, kind)
    elif rule == "thumbnail_url":
        statement, finish = _thumbnail_url(metadata, table, arguments[0], kind)
    elif rule == "url":
        statement, finish = _url(metadata, table, kind)
    else:
        statement, finish = _RULES[rule](metadata, kind)
    return ComputedLoader(statement, finish, engine_dialect)


# Paths from the root to an entity.


def _context_path(metadata: MetaData, kind: str) -> tuple[Select[Any], Finish]:
    path, context = metadata.tables["context_path"], metadata.tables["context"]
    statement = (
        select(path.c.descendant_id, context.c.id, context.c.name, context.c.context_type)
        .join(context, context.c.id == path.c.ancestor_id)
        .where(dialect.member(path.c.descendant_id, MEMBERS, kind))
        .order_by(path.c.descendant_id, path.c.depth.desc())
    )
    return statement, _context_links


def _context_links(rows: list[tuple[Any, ...]], _address: Address) -> Values:
    found: dict[Any, list[dict[str, Any]]] = {}
    for key, identifier, name, context_type in rows:
        found.setdefault(key, []).append(_link(identifier, name, context_type))
    return found


def _link(identifier: str, name: str, context_type: str) -> dict[str, Any]:
    return {"id": identifier, "name": name, "type": "Project" if context_type == "show" else "TypedContext"}


def _version_path(metadata: MetaData, kind: str) -> tuple[Select[Any], Finish]:
    version, asset = metadata.tables["asset_version"], metadata.tables["asset"]
    path, context = metadata.tables["context_path"], metadata.tables["context"]
    statement = (
        select(version.c.id, asset.c.name, version.c.version, context.c.id, context.c.name, context.c.context_type)
        .join(asset, asset.c.id == version.c.asset_id)
        .outerjoin(path, path.c.descendant_id == asset.c.context_id)
        .outerjoin(context, context.c.id == path.c.ancestor_id)
        .where(dialect.member(version.c.id, MEMBERS, kind))
        .order_by(version.c.id, path.c.depth.desc())
    )
    return statement, _version_links


def _version_links(rows: list[tuple[Any, ...]], _address: Address) -> Values:
    found: dict[Any, list[dict[str, Any]]] = {}
    last = {}
    for key, asset_name, number, identifier, name, context_type in rows:
        links = found.setdefault(key, [])
        if identifier is not None:
            links.append(_link(identifier, name, context_type))
        last[key] = {"id": key, "name": f"{asset_name} v{number or 0:03d}", "type": "AssetVersion"}
    for key, link in last.items():
        found[key].append(link)
    return found


def _group_path(metadata: MetaData, kind: str) -> tuple[Select[Any], Finish]:
    group = metadata.tables["resource"]
    chain = (
        select(group.c.id.label("start"), group.c.id, group.c.name, group.c.parent_id)
        .where(dialect.member(group.c.id, MEMBERS, kind))
        .cte("chain", recursive=True)
    )
    above = group.alias("above")
    chain = chain.union(
        select(chain.c.start, above.c.id, above.c.name, above.c.parent_id).join(above, above.c.id == chain.c.parent_id)
    )
    return select(chain.c.start, chain.c.id, chain.c.name, chain.c.parent_id), _group_links


def _group_links(rows: list[tuple[Any, ...]], _address: Address) -> Values:
    chains: dict[Any, dict[Any, tuple[str, Any]]] = {}
    for start, identifier, name, parent in rows:
        chains.setdefault(start, {})[identifier] = (name, parent)
    found = {}
    for start, members in chains.items():
        links: list[dict[str, Any]] = []
        current = start
        while current in members:
            name, parent = members.pop(current)
            links.insert(0, {"id": current, "name": name, "type": "Group"})
            current = parent
        found[start] = links
    return found


_PATHS = {"context_path": _context_path, "version_path": _version_path, "group_path": _group_path}


# Numbers and flags.


def _pairs(rows: list[tuple[Any, ...]], _address: Address) -> Values:
    return dict(rows)


def _time_logged(metadata: MetaData, kind: str) -> tuple[Select[Any], Finish]:
    path, timelog = metadata.tables["context_path"], metadata.tables["timelog"]
    statement = (
        select(path.c.ancestor_id, func.coalesce(func.sum(timelog.c.duration), 0.0))
        .outerjoin(timelog, timelog.c.context_id == path.c.descendant_id)
        .where(dialect.member(path.c.ancestor_id, MEMBERS, kind))
        .group_by(path.c.ancestor_id)
    )
    return statement, _pairs


def _bid_difference(metadata: MetaData, kind: str) -> tuple[Select[Any], Finish]:
    path, timelog = metadata.tables["context_path"], metadata.tables["timelog"]
    context = metadata.tables["context"]
    logged = func.coalesce(func.sum(timelog.c.duration), 0.0)
    statement = (
        select(context.c.id, func.coalesce(context.c.bid, 0.0) - logged)
        .join(path, path.c.ancestor_id == context.c.id)
        .outerjoin(timelog, timelog.c.context_id == path.c.descendant_id)
        .where(dialect.member(context.c.id, MEMBERS, kind))
        .group_by(context.c.id, context.c.bid)
    )
    return statement, _pairs


def _is_latest(metadata: MetaData, kind: str) -> tuple[Select[Any], Finish]:
    version, asset = metadata.tables["asset_version"], metadata.tables["asset"]
    statement = (
        select(version.c.id, asset.c.latest_version_id == version.c.id)
        .outerjoin(asset, asset.c.id == version.c.asset_id)
        .where(dialect.member(version.c.id, MEMBERS, kind))
    )
    return statement, lambda rows, _: {key: bool(value) for key, value in rows}


def _review_is_open(metadata: MetaData, kind: str) -> tuple[Select[Any], Finish]:
    review = metadata.tables["review_session"]
    now = dialect.current_moment(kind)
    statement = select(review.c.id, and_(review.c.start_date <= now, review.c.end_date >= now)).where(
        dialect.member(review.c.id, MEMBERS, kind)
    )
    return statement, lambda rows, _: {key: bool(value) for key, value in rows}


def _review_thumbnail(metadata: MetaData, kind: str) -> tuple[Select[Any], Finish]:
    review, version = metadata.tables["review_session"], metadata.tables["asset_version"]
    shown = metadata.tables["review_session_object"]
    statement = (
        select(review.c.id, version.c.thumbnail_id)
        .outerjoin(shown, shown.c.review_session_id == review.c.id)
        .join(
            version,
            or_(
                version.c.id == review.c.thumbnail_source_id,
                and_(review.c.thumbnail_source_id.is_(None), version.c.id == shown.c.version_id),
            ),
        )
        .where(dialect.member(review.c.id, MEMBERS, kind))
        .order_by(review.c.id, shown.c.sort_order, shown.c.id)
    )

    def first(rows: list[tuple[Any, ...]], _address: Address) -> Values:
        found: dict[Any, Any] = {}
        for key, value in rows:
            found.setdefault(key, value)
        return found

    return statement, first


def _thumbnail_source(metadata: MetaData, kind: str) -> tuple[Select[Any], Finish]:
    path, context = metadata.tables["context_path"], metadata.tables["context"]
    statement = (
        select(path.c.descendant_id, path.c.ancestor_id)
        .join(context, context.c.id == path.c.ancestor_id)
        .where(dialect.member(path.c.descendant_id, MEMBERS, kind), context.c.thumbnail_id.isnot(None))
        .order_by(path.c.descendant_id, path.c.depth.desc())
    )
    return statement, _pairs


_RULES: Mapping[str, Callable[[MetaData, str], tuple[Select[Any], Finish]]] = {
    "time_logged": _time_logged,
    "bid_time_logged_difference": _bid_difference,
    "is_latest_version": _is_latest,
    "review_is_open": _review_is_open,
    "review_thumbnail": _review_thumbnail,
    "thumbnail_source": _thumbnail_source,
}


# Addresses of files.


def _thumbnail_url(metadata: MetaData, table: str, column: str, kind: str) -> tuple[Select[Any], Finish]:
    owner = metadata.tables[table]
    key = next(iter(owner.primary_key))
    if column in owner.c:
        statement = select(key, owner.c[column]).where(dialect.member(key, MEMBERS, kind), owner.c[column].isnot(None))
        return statement, lambda rows, address: {k: _told(address("thumbnail", v)) for k, v in rows}
    shown, first = _review_thumbnail(metadata, kind)
    return shown, lambda rows, address: {
        k: _told(address("thumbnail", v)) for k, v in first(rows, address).items() if v is not None
    }


def _url(metadata: MetaData, table: str, kind: str) -> tuple[Select[Any], Finish]:
    """Return component addresses: of what is in the server's own location, the only one it can serve.

    With them comes the address of a thumbnail, for which components have no attribute of their own.
    """
    owner = metadata.tables[table]
    stored = metadata.tables["component_location"]
    key = next(iter(owner.primary_key))
    if table == "component_location":
        statement = select(key, owner.c.component_id).where(
            dialect.member(key, MEMBERS, kind), owner.c.location_id == SERVER_LOCATION_ID
        )
    else:
        statement = (
            select(key, owner.c.component_id)
            .join(stored, stored.c.component_id == owner.c.component_id)
            .where(dialect.member(key, MEMBERS, kind), stored.c.location_id == SERVER_LOCATION_ID)
        )
    return statement, lambda rows, address: {
        k: {**_told(address("get", v)), "thumbnail_url": address("thumbnail", v)} for k, v in rows
    }


def _told(address: str) -> dict[str, str]:
    """Return an address as mapping: Python reads ``url``, JavaScript ``value`` (usage: 4)."""
    return {"url": address, "value": address}


def plain_address(what: str, component_id: str) -> str:
    """Return the path of a component's file or thumbnail, for readers that have a key of their own."""
    return f"/component/{what}?id={component_id}"
