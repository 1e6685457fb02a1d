"""What collections hold once a batch has set them; replies tell it, or clients would go on showing the old content."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeAlias

from ftrack_server.api import validate
from ftrack_server.api.actions.shape import column_of
from ftrack_server.model.definition import Field, Mapping, ToMany

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Mapping as MappingType

    from ftrack_server.api.actions.attach import Listing, Members
    from ftrack_server.api.actions.collect import Outcome
    from ftrack_server.api.actions.draft import Identity
    from ftrack_server.api.actions.work import Work
    from ftrack_server.model.definition import EntityDefinition

Place: TypeAlias = "tuple[Identity, str]"  # owner and attribute


def tell_collections(
    work: Work, outcomes: MappingType[int, Outcome], listings: Sequence[Listing], members: Iterable[Members]
) -> None:
    """Add to the outcome of every update what the collections it set hold now.

    Rows that a list did not name but that stayed are told too. Creates tell nothing: whoever made an entity knows of no
    older content.

    Cost: one statement for each kind of collection in which rows can stay unnamed.
    """
    told = [listing for listing in listings if outcomes[listing.index].action == "update"]
    if not told:
        return
    wanted = {(listing.owner.identity, listing.attribute.name) for listing in told}
    found: dict[Place, Any] = {}
    open_groups: dict[tuple[str, str], list[Members]] = defaultdict(list)
    for member in members:
        owner, attribute = member.listing.owner, member.listing.attribute
        if (owner.identity, attribute.name) not in wanted:
            continue
        found[owner.identity, attribute.name] = [reference.to_wire() for reference in member.references]
        if not member.exact:
            open_groups[owner.definition.id, attribute.name].append(member)
    for group in open_groups.values():
        _add_unnamed(work, group, found)
    _add_entries(work, [listing for listing in told if isinstance(listing.attribute, Mapping)], found)
    for listing in told:
        place = (listing.owner.identity, listing.attribute.name)
        if place in found:
            outcomes[listing.index].sent[listing.attribute.name] = found[place]


def _add_unnamed(work: Work, group: Sequence[Members], found: dict[Place, Any]) -> None:
    attribute = group[0].listing.attribute
    if not isinstance(attribute, ToMany):
        return
    target = work.model.type(attribute.target)
    root = work.model.bases(target.id)[-1]
    where = {attribute.column: [member.owner_id for member in group]}
    where.update({column: [value] for column, value in attribute.where})
    owners = {member.owner_id: member for member in group}
    named = {owner: {reference.key for reference in member.references} for owner, member in owners.items()}
    for row in work.context.rows.select(target.table, where):
        owner = owners[row[attribute.column]]
        key = tuple(row[name] for name in target.key)
        if key not in named[owner.owner_id]:
            concrete = work.model.concrete(root, row)
            stub = {"__entity_type__": concrete.id, **dict(zip(target.key, key, strict=True))}
            found[owner.listing.owner.identity, attribute.name].append(stub)


def _add_entries(work: Work, listings: Sequence[Listing], found: dict[Place, Any]) -> None:
    """Add the entries of dictionaries whose stored rows are all there is: metadata, not custom attributes."""
    groups: dict[tuple[str, str], list[Listing]] = defaultdict(list)
    for listing in listings:
        target = work.model.type(listing.attribute.target)
        if all(isinstance(attribute, Field) for attribute in target.attributes.values()):
            groups[target.id, listing.attribute.name].append(listing)
    for (target_id, name), members in groups.items():
        target = work.model.type(target_id)
        column = members[0].attribute.column if isinstance(members[0].attribute, Mapping) else ""
        owners = {listing.owner.key[0]: listing.owner.identity for listing in members}
        found.update({(identity, name): [] for identity in owners.values()})
        for row in work.context.rows.select(target.table, {column: owners}):
            found[owners[row[column]], name].append(_entity(work, target, row))


def _entity(work: Work, definition: EntityDefinition, row: MappingType[str, Any]) -> dict[str, Any]:
    return {
        "__entity_type__": definition.id,
        **{
            name: validate.answered(work.model, attribute, row[column_of(definition, name)])
            for name, attribute in definition.attributes.items()
            if isinstance(attribute, Field) and not attribute.hidden
        },
    }
