"""Where a version that is not committed yet is going to be: told from its unsent references."""

from __future__ import annotations

from typing import Any

from ftrack_api import exception, inspection
from ftrack_api._query.parameters import literal
from ftrack_api.symbol import CREATED, NOT_SET

# Any below is an entity.


def asset_of(version: Any) -> Any:
    """Return the asset of a draft.

    Raises:
        StructureError: If it has none.
    """
    return _related(version, "asset", "asset_id", "Asset")


def names_above(asset: Any) -> list[str]:
    """Return the names of the project of an asset and of what lies between the two, the project first.

    Raises:
        StructureError: If the way up does not end at a project.

    Cost: two requests at most, none for what is created in the same commit or known.
    """
    session = asset.session
    if inspection.state(asset) is not CREATED and not _is_known(asset):
        session.populate(asset, "name, parent.link")
    context = _related(asset, "parent", "context_id", "Context")
    names: list[str] = []
    passed = set()
    while inspection.state(context) is CREATED and context["id"] not in passed:
        passed.add(context["id"])
        names.insert(0, context["name"])
        if context.entity_type == "Project":
            return names
        context = _related(context, "parent", "parent_id", "Context")
    link = context["link"]
    if not link:
        raise exception.StructureError(f"{context} has no link to its project, from which places are made.")
    project = session.get("Project", link[0]["id"])
    return [project["name"], *(item["name"] for item in link[1:]), *names]


def number_of(version: Any, asset: Any) -> int:
    """Return the number of a draft; one without is given the number that it would get from the server.

    The number is sent with the version, so that data never lie under another one: when somebody else was faster, the
    server refuses the commit. Earlier drafts of the asset that have no number get theirs, too.

    Cost: one request for a version without a number, none when the asset is new.
    """
    if version["version"]:
        return int(version["version"])
    session = asset.session
    drafts = [
        entity
        for entity in session.created
        if entity.entity_type == "AssetVersion" and (entity["asset"] is asset or entity["asset_id"] == asset["id"])
    ]
    highest = max((int(draft["version"]) for draft in drafts if draft["version"]), default=0)
    if inspection.state(asset) is not CREATED:
        expression = (
            f"select version from AssetVersion where asset_id is {literal(asset['id'])} "
            "order by version descending limit 1"
        )
        rows = session._send([{"action": "query", "expression": expression}])[0].get("data") or ()  # noqa: SLF001 - not an entity to be merged
        highest = max([highest, *(int(row["version"] or 0) for row in rows)])
    for draft in drafts:
        if not draft["version"]:
            highest += 1
            draft["version"] = highest
        if draft is version:
            break
    return int(version["version"])


def _is_known(asset: Any) -> bool:
    """Return whether name and parent of an asset, and where that is, can be read without a request."""
    with asset.session.auto_populating(False):
        parent = asset["parent"]
        if not parent or asset["name"] is NOT_SET:
            return False
        return inspection.state(parent) is CREATED or parent["link"] is not NOT_SET


def _related(entity: Any, reference: str, key: str, entity_type: str) -> Any:
    """Return what an entity refers to, by a reference or by its key alone.

    Raises:
        StructureError: If it refers to nothing.
    """
    found = entity[reference]
    if found is NOT_SET or not found:
        identifier = entity[key]
        found = entity.session.get(entity_type, identifier) if identifier else None
    if not found:
        raise exception.StructureError(f"{entity} has no {reference}; its place is made from the names above it.")
    return found
