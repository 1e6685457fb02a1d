"""Adding components to a location: data first, then one commit for all of them, then the news."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions and the hooks of locations

from __future__ import annotations

import functools
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ftrack_api import exception
from ftrack_api._location import copying, news, registry
from ftrack_api._location.given import components_of
from ftrack_api.structure._places import remembering
from ftrack_api.symbol import COMPONENT_ADDED_TO_LOCATION_TOPIC, NOT_SET

# What placing and copying the members of a container reads.
MEMBER_PROJECTIONS = "members.name, members.file_type, members.size, members.container_id, members.container"

# Any below is a component, a location or what stands for one as a source.


def add(location: Any, components: Sequence[Any], sources: Any, *, recursive: bool) -> None:
    """Add components to a location; see `Location.add_components`."""
    components = components_of(components)
    origins = list(sources) if isinstance(sources, Sequence) and not isinstance(sources, str | bytes) else [sources]
    if len(origins) not in {1, len(components)}:
        raise ValueError(
            f"{len(components)} components come from {len(origins)} sources; give one source, or one for each of them."
        )
    if not location.structure:
        raise exception.LocationError(
            f"No structure is set for {location}, so that nothing says where components belong; "
            "set location.structure, for instance to a StandardStructure."
        )
    if not components:
        return
    origins = origins * len(components) if len(origins) == 1 else origins
    if recursive:
        know_members(components)
    pairs = list(_members_first(components, origins, recursive=recursive))
    wanted = [component for component, _ in pairs]
    present, _ = registry.split(location, wanted)
    if present:
        raise exception.ComponentInLocationError([component for component, _ in present], location)
    with registry.knowing(_known_at_sources(pairs)), copying.Copies(location), remembering():
        placed = _place(location, pairs)
    _register(location, placed)


def know_members(components: Sequence[Any]) -> None:
    """Fetch the members of containers, and what is read of them, in one request; none when they are known."""
    containers = [component for component in components if "members" in component]
    if not containers:
        return
    session = containers[0].session
    with session.auto_populating(False):
        unknown = [container for container in containers if not _knows_members(container)]
    if unknown:
        session.populate(unknown, MEMBER_PROJECTIONS)
        know_members([member for container in unknown for member in container["members"]])


def _knows_members(container: Any) -> bool:
    if "members" not in container._remote and "members" not in (container._local or {}):
        return False
    return all(
        member[name] is not NOT_SET for member in container["members"] for name in ("name", "file_type", "container")
    )


def _members_first(
    components: Sequence[Any], origins: Sequence[Any], *, recursive: bool, seen: set[Any] | None = None
) -> Iterator[tuple[Any, Any]]:
    """Yield each component with its source once, members before their container."""
    seen = set() if seen is None else seen
    for component, origin in zip(components, origins, strict=True):
        if component._identity in seen:
            continue
        seen.add(component._identity)
        if recursive and "members" in component:
            members = list(component["members"])
            yield from _members_first(members, [origin] * len(members), recursive=True, seen=seen)
        yield component, origin


def _known_at_sources(pairs: Sequence[tuple[Any, Any]]) -> dict[tuple[str, str], str | None]:
    """Return where the sources have the components, as they keep it; a request or two for each source."""
    by_source: dict[int, tuple[Any, list[Any]]] = {}
    for component, source in pairs:
        if hasattr(source, "_get_resource_identifiers"):
            by_source.setdefault(id(source), (source, []))[1].append(component)
    known: dict[tuple[str, str], str | None] = {}
    for source, components in by_source.values():
        place = source["id"]
        found, missing = registry.split(source, components)
        known.update({(place, component["id"]): text for component, text in found})
        known.update({(place, component["id"]): None for component in missing})
    return known


def _place(location: Any, pairs: Sequence[tuple[Any, Any]]) -> list[tuple[Any, str]]:
    """Bring the data of components to their places; return components and resource identifiers."""
    placed: list[tuple[Any, str]] = []
    transaction = location.session._transaction
    for component, source in pairs:
        try:
            context = location._get_context(component, source)
            identifier = _identifier(location, component, context)
            location._add_data(component, identifier, source)
            if transaction is not None:
                transaction.undo(functools.partial(location._take_back, component, identifier))
        except exception.TransferCancelledError as error:
            error.details["transferred_components"] = placed
            raise
        except Exception as error:
            raise exception.LocationError(
                "Failed to add {component} to {location}: {error} Data of {count} components were transferred; "
                'details["transferred"] has them.',
                details={
                    "indent": "",
                    "component": component,
                    "location": location,
                    "error": _sentence(error),
                    "count": len(placed),
                    "transferred": placed,
                },
            ) from error
        placed.append((component, identifier))
    return placed


def _identifier(location: Any, component: Any, context: Mapping[str, Any]) -> str:
    """Return where the structure of a location places a component.

    Raises:
        LocationError: If it gives what cannot name a resource.
    """
    found = location.structure.get_resource_identifier(component, context)
    identifier = os.fspath(found) if isinstance(found, os.PathLike) else found
    if not isinstance(identifier, str) or not (identifier or "members" in component):
        raise exception.LocationError(
            f"{type(location.structure).__name__} gives {found!r} as the resource identifier of {component}; "
            "it has to be a text, and that of a file must not be empty."
        )
    return identifier


def _register(location: Any, placed: list[tuple[Any, str]]) -> None:
    """Record where components are, and tell of it."""
    session, transformer = location.session, location.resource_identifier_transformer
    components = [component for component, _ in placed]
    try:
        kept = [
            transformer.encode(identifier, context={"component": component}) if transformer else identifier
            for component, identifier in placed
        ]
        location._register_components_in_location(components, kept)
    except Exception as error:
        raise exception.LocationError(
            "Failed to register components with {location}: {error} Their data were transferred; "
            'details["transferred"] has them.',
            details={"indent": "", "location": location, "error": _sentence(error), "transferred": placed},
        ) from error
    news.tell(session, COMPONENT_ADDED_TO_LOCATION_TOPIC, location, components)


def _sentence(error: Exception) -> str:
    text = str(error).strip() or type(error).__name__
    return text if text[-1] in ".!?" else f"{text}."
