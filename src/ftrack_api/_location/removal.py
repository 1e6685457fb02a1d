"""Removing components from a location: one commit for all of them, then their data, so that no record lies."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions and the hooks of locations

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

from ftrack_api import exception
from ftrack_api._location import news, registry
from ftrack_api._location.addition import know_members
from ftrack_api._location.given import components_of
from ftrack_api.symbol import COMPONENT_REMOVED_FROM_LOCATION_TOPIC

# Any below is a component or a location.


def remove(location: Any, components: Sequence[Any], *, recursive: bool) -> None:
    """Remove components from a location; see `Location.remove_components`."""
    components = components_of(components)
    if not components:
        return
    if recursive:
        know_members(components)
    wanted = list(_members_first(components, recursive=recursive))
    kept = location._get_resource_identifiers(wanted)
    location._refuse_removal_without_accessor()
    place = location["id"]
    known = {(place, component["id"]): text for component, text in zip(wanted, kept, strict=True)}
    location._deregister_components_in_location(wanted)
    session = location.session
    if session._transaction is None:
        _remove_data(location, wanted, kept, known)
    else:
        session._transaction.forget(known)
        session._transaction.afterwards(lambda: _remove_data(location, wanted, kept, known))
    news.tell(session, COMPONENT_REMOVED_FROM_LOCATION_TOPIC, location, wanted)


def _members_first(components: Sequence[Any], *, recursive: bool) -> list[Any]:
    found: dict[Any, Any] = {}
    for component in components:
        if recursive and "members" in component:
            found.update({member._identity: member for member in _members_first(component["members"], recursive=True)})
        found[component._identity] = component
    return list(found.values())


def _remove_data(
    location: Any, components: Sequence[Any], kept: Sequence[str], known: dict[tuple[str, str], str | None]
) -> None:
    """Remove the data of components; those that are left after a failure are recorded again.

    Raises:
        AccessorError: Or what else the location raises.
    """
    left = list(zip(components, kept, strict=True))
    try:
        with registry.knowing(known):
            while left:
                location._remove_data(left[0][0])
                del left[0]
    except Exception:
        with contextlib.suppress(exception.Error):
            location._register_components_in_location([item for item, _ in left], [text for _, text in left])
        raise
