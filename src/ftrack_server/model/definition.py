"""Definitions of entity types: frozen data from which tables, JSON schemas, queries and writes all derive.

One `EntityDefinition` describes one schema id. Types that share a table form a family (data_model: 6.1); a row's
concrete type follows from the discriminator columns. An attribute is exactly one of

* `Field`      a stored column, of the same name in the table;
* `ToOne`      an entity found through local columns;
* `ToMany`     entities that point back here;
* `ManyToMany` entities found through rows of a third table;
* `Mapping`    a dictionary kept as rows (metadata, custom attributes);
* `Computed`   a value worked out when asked for, never stored.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

FieldKind: TypeAlias = Literal[
    "uid",  # identifier text, up to 36 characters, never validated as a UUID
    "string",
    "integer",
    "number",
    "boolean",
    "datetime",  # naive UTC, whole seconds
    "json",  # any JSON value kept as text
    "variable",  # a custom attribute value or default: any JSON value
    "table",  # a table name inside, a schema id outside
    "fk",  # identifier of another row
]
OnDelete: TypeAlias = Literal["cascade", "null", "restrict"]


class Unset:
    """The type of `UNSET`, which tells "no default" from a default of None."""

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset()


@dataclass(frozen=True, slots=True)
class Rule:
    """A named rule with arguments, written ``name(argument,...)`` in a description."""

    name: str
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attribute:
    """What every attribute has, whatever its kind.

    Attributes:
        name: The name clients use.
        required: Listed as required: filled by the server when not sent, not necessarily NOT NULL.
        immutable: Refused on update when the value differs.
        computed: In the schema's computed list, a subset of what is computed.
        alias: Backend name, used in ``ftrack.update`` and system projections; the name itself when empty.
        description: Text of the schema property.
        hidden: Stored but unreachable for clients: not in schemas, not projectable, not writable, not in criteria.
        restricted: Usable in criteria, never in projections (``restricted_projection``).
    """

    name: str
    required: bool = False
    immutable: bool = False
    computed: bool = False
    alias: str = ""
    description: str = ""
    hidden: bool = False
    restricted: bool = False

    @property
    def backend_name(self) -> str:
        """Return the name used in events and system projections."""
        return self.alias or self.name


@dataclass(frozen=True, slots=True)
class Field(Attribute):
    """A stored value.

    Attributes:
        kind: The storage and wire type.
        target: Type that an ``fk`` points to.
        target_attribute: What stands behind the dot of ``User.user_id`` in the published description, "id" mostly.
        default: Value applied when a create does not send the attribute; ``"{uid}"`` is a new UUID.
        enum: Texts allowed.
        create_rule: How the server fills the value on create when none was sent.
        on_delete: What happens here when the target row is deleted.
        unique: Groups of columns that must be unique together, each with this column as member.
        indexes: Groups of columns to index, each starting with this column.
        synonym_of: Name of the field that really stores the value (``is_all_projects``), or empty.
        format: Published ``format`` where the kind does not imply it (``json`` on Job.data).
        lower_index: Whether to index the text in lower case, since text compares without case.
    """

    kind: FieldKind = "string"
    target: str = ""
    target_attribute: str = "id"
    default: Any = UNSET  # any JSON scalar
    enum: tuple[str, ...] = ()
    create_rule: Rule | None = None
    on_delete: OnDelete = "null"
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
    synonym_of: str = ""
    format: str = ""
    lower_index: bool = False


@dataclass(frozen=True, slots=True)
class ToOne(Attribute):
    """One entity of type ``target``: ``target``'s primary key equals the local ``columns``, in key order."""

    target: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToMany(Attribute):
    """Entities of type ``target`` whose ``column`` holds this entity's id.

    Attributes:
        target: Element type.
        column: Field of the target that points here.
        where: Further equalities on stored columns of the target (``type`` is ``assignment``).
        parent_types: Stored ``parent_type`` values of a polymorphic relation (``asset_version``), empty otherwise.
    """

    target: str = ""
    column: str = ""
    where: tuple[tuple[str, str], ...] = ()
    parent_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ManyToMany(Attribute):
    """Entities of type ``target`` joined by rows of table ``through`` with columns ``here`` and ``there``.

    ``through`` is a table name (``list_object``, ``context_scope``); ``through_type`` is its schema id, empty for
    hidden tables.
    """

    target: str = ""
    through: str = ""
    through_type: str = ""
    here: str = ""
    there: str = ""


@dataclass(frozen=True, slots=True)
class Mapping(Attribute):
    """A dictionary kept as rows of ``target`` whose ``column`` holds this entity's id.

    ``parent_types`` as in `ToMany`. ``restricted`` marks the two link dictionaries that only criteria may use.
    """

    target: str = ""
    column: str = ""
    parent_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Computed(Attribute):
    """A value derived on demand by ``rule``.

    Attributes:
        json_type: ``string``, ``number``, ``boolean`` or ``object``; empty for relations.
        target: For computed relations (``ancestors``, ``latest_version``): the entity type.
        many: For computed relations: a collection rather than one entity.
        rule: One of path, ancestors, descendants, latest_version, is_latest_version, time_logged,
            bid_time_logged_difference, thumbnail_url(column), thumbnail_source, url, review_is_open,
            review_thumbnail, configuration_key.
    """

    json_type: str = ""
    target: str = ""
    many: bool = False
    rule: Rule = field(default_factory=lambda: Rule(""))


AnyAttribute: TypeAlias = "Field | ToOne | ToMany | ManyToMany | Mapping | Computed"


@dataclass(frozen=True, slots=True)
class EntityDefinition:
    """One entity type.

    Attributes:
        id: Schema id, ``AssetBuild``.
        table: Table of the family, ``context``.
        base: Schema id of the base (published as ``$mixin``), empty for a root type.
        meaning: One sentence for people.
        key: Names of the primary key fields, in the order of ``entity_key``.
        attributes: Name to attribute, own and inherited, hidden ones included, in schema order.
        discriminator: Columns with the stored values, of which a row must hold one, that make it a row of this type
            and of none that derives from it; empty for a root type that owns its table. A subtype repeats what its
            base demands, or demands another value of the same column, as a sequence does among containers.
        abstract: No row reports this type; queries on it answer with concrete types.
        published: Keys of the schema document beside its properties, ready to be emitted.
        system_attributes: Client names of what every answer carries besides the key (protocol: 3.1, 4.3).
        field_names: Names of the attributes that are stored values, worked out from these.
    """

    id: str
    table: str
    base: str
    meaning: str
    key: tuple[str, ...]
    attributes: MappingType[str, AnyAttribute]
    discriminator: tuple[tuple[str, tuple[str, ...]], ...] = ()
    abstract: bool = False
    published: MappingType[str, Any] = field(default_factory=dict)
    system_attributes: tuple[str, ...] = ()
    field_names: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = tuple(name for name, attribute in self.attributes.items() if isinstance(attribute, Field))
        object.__setattr__(self, "field_names", names)

    @property
    def default_projections(self) -> tuple[str, ...]:
        """Return what a query without ``select`` answers."""
        return tuple(self.published["default_projections"])

    @property
    def is_groupable(self) -> bool:
        """Return whether ``group by`` is allowed on the type (protocol: 5.9)."""
        return bool(self.published.get("metadata", {}).get("group_by"))


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """One table: the union of the stored fields of a family, or a table no client sees.

    Attributes:
        name: Table name.
        key: Primary key columns.
        columns: Column name to field, hidden ones included, synonyms left out.
        unique: Groups of columns that must be unique together.
        indexes: Groups of columns to index.
    """

    name: str
    key: tuple[str, ...]
    columns: MappingType[str, Field]
    unique: tuple[tuple[str, ...], ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()
