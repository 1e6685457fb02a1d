"""How available components are in locations, and which location to prefer."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ftrack_api import exception, inspection
from ftrack_api._location.given import components_of
from ftrack_api._location.registry import select_all
from ftrack_api.symbol import CREATED, DELETED, ORIGIN_LOCATION_ID

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

FULL = 100.0
DIGITS = 9

# Any below is a component, a location or a row.


def accessible(session: SessionProtocol) -> list[Any]:
    """Return the locations with an accessor, the preferred ones first; of equal ones the one with the lower id.

    Raises:
        LocationError: If a priority is no number.

    Cost: no request: a location gets its accessor in this process, and is among the entities of the session since.
    """
    if session._state.identities.get(("Location", ORIGIN_LOCATION_ID)) is None:
        session._configure_locations()  # the entities were cleared, and with them what locations were given
    known: Iterable[Any] = list(session._state.identities.of_type("Location").values())
    usable = [place for place in known if place.accessor and inspection.state(place) not in {CREATED, DELETED}]
    return in_order(usable)


def in_order(places: Iterable[Any]) -> list[Any]:
    """Return locations by priority and id, so that every session prefers the same ones.

    Raises:
        LocationError: If a priority is no number.
    """
    found = list(places)
    for place in found:
        if not isinstance(place.priority, int | float) or place.priority != place.priority:
            raise exception.LocationError(
                f"The priority of {place} is {place.priority!r}, not a number; set location.priority, such as 1."
            )
    return sorted(found, key=lambda place: (place.priority, place["id"]))


def pick(session: SessionProtocol, components: Sequence[Any]) -> list[Any]:
    """Return for each component the preferred location where some of it is, or None."""
    components = components_of(components)
    places = session._get_locations()
    found = availabilities(session, components, places)
    return [next((place for place in places if percent[place["id"]] > 0), None) for percent in found]


def availabilities(
    session: SessionProtocol, components: Sequence[Any], locations: Iterable[Any] | None
) -> list[dict[str, float]]:
    """Return how available components are: for each, percentages by location id.

    Cost: one request, and one for each level of containers in containers.
    """
    components = components_of(components)
    wanted = [component["id"] for component in components]
    holders = [component["id"] for component in components if "members" in component]
    place_ids = None if locations is None else [place["id"] for place in locations]
    members: dict[str, list[str]] = {}
    held: dict[str, set[str]] = {}
    asked: set[str] = set()
    first = True
    while first or wanted or holders:
        queries: list[tuple[str, str, Sequence[str]]] = [
            ("select component_id, location_id from ComponentLocation where", "component_id", wanted),
            ("select id, container_id, system_type from Component where", "container_id", holders),
            ("select component_id, location_id from ComponentLocation where", "component.container_id", holders),
        ]
        if first and place_ids is None:
            queries.append(("select id from Location", "", ["all"]))
        answers = select_all(session, queries)
        if first and place_ids is None:
            place_ids = [row["id"] for row in answers[3]]
        for row in [*answers[0], *answers[2]]:
            held.setdefault(row["component_id"], set()).add(row["location_id"])
        asked.update(holders)
        for row in answers[1]:
            members.setdefault(row["container_id"], []).append(row["id"])
        holders = [row["id"] for row in answers[1] if row["system_type"] != "file" and row["id"] not in asked]
        wanted, first = [], False
    return [
        {place: round(_share(component["id"], place, members, held), DIGITS) for place in place_ids or ()}
        for component in components
    ]


def _share(component_id: str, place: str, members: Mapping[str, list[str]], held: Mapping[str, set[str]]) -> float:
    """Return the percentage of a component in a location: the mean of its members', if it has any."""
    own = members.get(component_id)
    if not own:
        return FULL if place in held.get(component_id, ()) else 0.0
    mean = sum(_share(member, place, members, held) for member in own) / len(own)
    return min(max(mean, 0.0), FULL)
