"""Collections in requests: attach the listed rows, detach or unlink the others (protocol: 3.7)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.api.actions.position import failing_at
from ftrack_server.api.actions.reading import read_references
from ftrack_server.api.actions.rules.registry import rules_of
from ftrack_server.api.actions.shape import is_one, widened
from ftrack_server.model.definition import Field, ManyToMany, Mapping, ToMany

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Mapping as MappingType

    from ftrack_server.api.actions.draft import Draft
    from ftrack_server.api.actions.reading import ManyAttribute, Reference
    from ftrack_server.api.actions.work import Work


@dataclass(frozen=True, slots=True)
class Listing:
    """One collection that an operation sets: its owner, the attribute and the value as it was sent."""

    owner: Draft
    attribute: ManyAttribute
    value: Any
    index: int

    @property
    def where(self) -> str:
        """Return the place to name in errors."""
        return f"{self.owner.definition.id}.{self.attribute.name}"


@dataclass(slots=True)
class Members:
    """A listing whose references are read.

    Attributes:
        listing: What was sent.
        references: The rows listed; those that the batch itself removed are left out once it is attached.
        exact: Whether these are all that the collection holds afterwards.
    """

    listing: Listing
    references: list[Reference]
    exact: bool = True

    @property
    def owner_id(self) -> Any:
        """Return the id of the entity that the collection belongs to."""
        return self.listing.owner.key[0]


def attach(work: Work, listings: Iterable[Listing]) -> list[Members]:
    """Bring rows into line with collections; of two values for one collection the later counts.

    Returns:
        What the collections hold, dictionaries aside.

    Cost: two statements for each kind of collection: the rows listed, and the rows that are there already.

    Raises:
        IntegrityError: If a listed row does not exist, with the position of the operation.
        ValidationError: If a value is no list of references to the right type.
    """
    groups: dict[tuple[str, str], list[Members]] = defaultdict(list)
    for listing in _last(listings):
        if not isinstance(listing.attribute, Mapping):
            with failing_at(listing.index):
                references = read_references(work.model, listing.where, listing.attribute.target, listing.value)
            groups[listing.owner.definition.id, listing.attribute.name].append(Members(listing, references))
    _load_members(work, groups.values())
    for members in groups.values():
        attribute = members[0].listing.attribute
        if isinstance(attribute, ToMany):
            _attach(work, attribute, members)
        elif isinstance(attribute, ManyToMany):
            _link(work, attribute, members)
    return [member for members in groups.values() for member in members]


def assign(work: Work, listings: Iterable[Listing]) -> None:
    """Write the entries of dictionaries that were sent with their owners; the owners are complete by now."""
    groups: dict[str, list[Listing]] = defaultdict(list)
    for listing in _last(listings):
        if isinstance(listing.attribute, Mapping):
            groups[work.model.type(listing.attribute.target).table].append(listing)
    for table, members in groups.items():
        rules_of(table).assign(work, members)


def _last(listings: Iterable[Listing]) -> list[Listing]:
    return list({(listing.owner.identity, listing.attribute.name): listing for listing in listings}.values())


def _load_members(work: Work, groups: Iterable[list[Members]]) -> None:
    keys: dict[str, set[Any]] = defaultdict(set)
    for members in groups:
        for member in members:
            for reference in member.references:
                keys[reference.definition.table].add(reference.key)
    for table, wanted in keys.items():
        work.load(table, wanted)


def _existing(work: Work, member: Members, reference: Reference) -> bool:
    """Return whether a listed row exists; False when this batch removed it, an error when it never was."""
    table = reference.definition.table
    row = work.view(table, *reference.key)
    if row is None:
        # A client may list what it created and deleted in the same batch, and so never sent.
        if (table, reference.key) in work.cancelled or (table, reference.key) in work.removed:
            return False
        name = "/".join(str(part) for part in reference.key)
        raise errors.IntegrityError(
            f'{member.listing.where} lists {reference.definition.id} "{name}", which does not exist.'
        )
    target = widened(work.model, member.listing.attribute.target)
    if not is_one(work.model, target, row):
        raise errors.ValidationError(
            f"{member.listing.where} may hold {target.id} only. Got {reference.definition.id}."
        )
    return True


def _attach(work: Work, attribute: ToMany, group: Sequence[Members]) -> None:
    """Let the listed rows point at the owner; clear the pointer of others where a row can be without one."""
    target = work.model.type(attribute.target)
    exact = _can_detach(target.attributes[attribute.column], target.table, target.key)
    for member in group:
        owner = member.listing.owner
        pointer = {attribute.column: member.owner_id, **dict(attribute.where)}
        if attribute.parent_types:
            pointer["parent_type"] = work.model.parent_table(owner.definition.id)
        with failing_at(member.listing.index):
            member.exact = exact
            member.references = [item for item in member.references if _existing(work, member, item)]
            for reference in member.references:
                draft = work.change(reference.definition.id, reference.key, member.listing.index)
                if draft is not None:
                    _point(draft, attribute.column, pointer)
    if exact:
        _detach(work, attribute, group)


def _point(draft: Draft, column: str, pointer: MappingType[str, Any]) -> None:
    if column in draft.definition.key and draft[column] != pointer[column]:
        raise errors.ValidationError(f"{draft.definition.id}.{column} is part of the key and cannot change.")
    draft.values.update({name: value for name, value in pointer.items() if draft[name] != value})


def _can_detach(column: Any, table: str, key: Sequence[str]) -> bool:
    """Return whether rows may exist with the column empty, so that leaving them out of a list detaches them."""
    if not isinstance(column, Field) or column.required or column.kind != "fk" or column.name in key:
        return False
    return column.name not in rules_of(table).owned


def _detach(work: Work, attribute: ToMany, group: Sequence[Members]) -> None:
    owners = {member.owner_id: member for member in group if not member.listing.owner.is_new}
    target = work.model.type(attribute.target)
    listed = {owner: {reference.key for reference in member.references} for owner, member in owners.items()}
    for row in work.select(target.table, **{attribute.column: owners}):
        member = owners[row[attribute.column]]
        key = tuple(row[name] for name in target.key)
        mentioned = key in listed[member.owner_id]
        if not mentioned and all(row[column] == value for column, value in attribute.where):
            draft = work.change(target.id, key, member.listing.index)
            if draft is not None:
                draft.values[attribute.column] = None


def _link(work: Work, attribute: ManyToMany, group: Sequence[Members]) -> None:
    """Make the rows of the join table exactly those that the lists say."""
    linked: dict[Any, dict[Any, MappingType[str, Any]]] = defaultdict(dict)
    for row in work.select(attribute.through, **{attribute.here: [member.owner_id for member in group]}):
        linked[row[attribute.here]][row[attribute.there]] = row
    for member in group:
        with failing_at(member.listing.index):
            member.references = [item for item in member.references if _existing(work, member, item)]
        wanted = [reference.key[0] for reference in member.references]
        present = linked[member.owner_id]
        unwanted = present.keys() - set(wanted)
        if present.keys() != set(wanted):
            member.listing.owner.linked = True
        for there in wanted:
            if there not in present:
                _join(work, attribute, member, there)
        for there, row in present.items():
            if there in unwanted:
                _part(work, attribute, member, row)


def _join(work: Work, attribute: ManyToMany, member: Members, there: Any) -> None:
    row = {attribute.here: member.owner_id, attribute.there: there}
    if attribute.through_type:
        work.create(attribute.through_type, row, member.listing.index)
    else:
        work.links[attribute.through].added.append(row)


def _part(work: Work, attribute: ManyToMany, member: Members, row: MappingType[str, Any]) -> None:
    key = tuple(row[name] for name in work.model.tables[attribute.through].key)
    draft = work.draft(attribute.through, key)
    if draft is not None and draft.is_new:
        work.drop(draft)
    elif attribute.through_type:
        work.deletions[attribute.through, key] = member.listing.index
    else:
        work.links[attribute.through].removed.append(dict(row))
