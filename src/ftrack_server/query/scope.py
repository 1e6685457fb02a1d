"""What names in a query mean: attributes of a type or of its subtypes, targets of relations, rows of a type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ftrack_protocol.query.errors import excerpt
from ftrack_server.errors import ParseError, UnknownAttributeError
from ftrack_server.model.definition import (
    AnyAttribute,
    Computed,
    EntityDefinition,
    Field,
    ManyToMany,
    Mapping,
    ToMany,
    ToOne,
)
from ftrack_server.storage import dialect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import MetaData, Table
    from sqlalchemy.sql.selectable import NamedFromClause

    from ftrack_protocol.query.ast import Segment
    from ftrack_server.access import Access
    from ftrack_server.model.registry import Model
    from ftrack_server.query.configurations import Configurations
    from ftrack_server.query.parameters import Parameters

# Names of the past, and names that tools ask for although no type has them (usage: 7).
_SYNONYMS = {("Status", "type"): "state", ("Setting", "id"): "name"}


@dataclass(frozen=True, slots=True)
class Resolved:
    """An attribute and the types that have it.

    Attributes:
        attribute: The attribute, as one of the types that have it describes it.
        owners: Ids of the types that have it, None when every row of the scope does.
    """

    attribute: AnyAttribute
    owners: frozenset[str] | None = None


@dataclass(slots=True)
class Compilation:
    """What the parts of the compiler share while one query is compiled.

    Attributes:
        model: The data model.
        metadata: Its tables.
        dialect: Name of the database engine.
        text: The query text, for error messages; empty when the query came as a tree.
        configurations: Gives the custom attribute configurations, asked for only by queries that need them.
        access: What the actor may see, None for everything.
        parameters: Values that the plan leaves open.
    """

    model: Model
    metadata: MetaData
    dialect: str
    text: str
    configurations: Callable[[], Configurations]
    access: Access | None
    parameters: Parameters
    _aliases: dict[str, int] = field(default_factory=dict)

    def table(self, name: str) -> Table:
        """Return a table by name."""
        return self.metadata.tables[name]

    def alias(self, table: str) -> NamedFromClause:
        """Return a fresh alias of a table, named after it and numbered."""
        number = self._aliases[table] = self._aliases.get(table, 0) + 1
        return self.table(table).alias(f"{table}_{number}")

    def custom_attributes(self) -> Configurations:
        """Return the configurations that the actor may read."""
        return self.configurations().readable(self.access)

    def refuse(self, message: str, offset: int) -> ParseError:
        """Return a parse error that points into the text."""
        return self.located(ParseError(message), offset)

    def located(self, error: ParseError, offset: int) -> ParseError:
        """Return an error with the place in the text added to its message."""
        return located(error, self.text, offset)

    def resolve(self, definition: EntityDefinition, segment: Segment, *, as_relation: bool = False) -> Resolved:
        """Return what a name means on a type; names of subtypes count when they agree (data_model: 6.9).

        Where subtypes disagree, ``as_relation`` settles it for those to which the name is a relation: Project.status is
        a text, so ``parent.status.name`` can only mean the status of a tree item.

        Raises:
            UnknownAttributeError: If neither the type nor a subtype has it.
            ParseError: If subtypes mean different things by it.
        """
        name = _SYNONYMS.get((definition.id, segment.name), segment.name)
        own = definition.attributes.get(name)
        if own is not None and not own.hidden:
            return Resolved(own)
        found = [
            (subtype.id, subtype.attributes[name])
            for subtype in self.model.subtypes(definition.id)[1:]
            if name in subtype.attributes and not subtype.attributes[name].hidden
        ]
        if not found:
            names = [key for key, item in definition.attributes.items() if not item.hidden]
            raise self.located(UnknownAttributeError(definition.id, segment.name, names), segment.offset)
        if as_relation and any(is_relation(attribute) for _, attribute in found):
            found = [(owner, attribute) for owner, attribute in found if is_relation(attribute)]
        meanings: dict[tuple[Any, ...], str] = {}
        for owner, attribute in found:
            meanings.setdefault(_meaning(attribute), owner)
        if len(meanings) > 1:
            raise self.refuse(
                f'"{segment.name}" means different things on {" and ".join(sorted(meanings.values()))}, '
                f"which are both {definition.id}; query the narrower type or cast to it",
                segment.offset,
            )
        return Resolved(found[0][1], frozenset(owner for owner, _ in found))

    def target(self, attribute: AnyAttribute, segment: Segment) -> EntityDefinition:
        """Return the type a relation leads to, narrowed by the cast behind it if there is one.

        A relation to Task means any tree item: it names a table of older days (data_model: 2.1).

        Raises:
            ParseError: If the cast is no kind of the target.
        """
        name = getattr(attribute, "target", "")
        declared = self.model.type("TypedContext" if name == "Task" else name)
        if segment.cast is None:
            return declared
        try:
            cast = self.model.type(segment.cast)
        except ParseError as error:
            raise self.located(error, segment.offset) from None
        if cast.table != declared.table:
            raise self.refuse(f'"{segment.name}" leads to {declared.id}, which is never a {cast.id}', segment.offset)
        return cast


def located(error: ParseError, text: str, offset: int) -> ParseError:
    """Return a parse error with the place in the text added; unchanged without text."""
    if text:
        line = text.count("\n", 0, offset) + 1
        column = offset - (text.rfind("\n", 0, offset) + 1) + 1
        place = f"column {column}" if "\n" not in text else f"line {line}, column {column}"
        error.message = f"{error.message.rstrip('.')} ({place}).\n{excerpt(text, offset)}"
        error.args = (error.message,)
    return error


def is_relation(attribute: AnyAttribute) -> bool:
    """Return whether an attribute leads to entities."""
    if isinstance(attribute, Computed):
        return bool(attribute.target) and not attribute.json_type
    return isinstance(attribute, ToOne | ToMany | ManyToMany | Mapping)


def is_collection(attribute: AnyAttribute) -> bool:
    """Return whether an attribute leads to any number of entities."""
    if isinstance(attribute, Computed):
        return attribute.many
    return isinstance(attribute, ToMany | ManyToMany | Mapping)


def type_condition(model: Model, definition: EntityDefinition) -> tuple[str, tuple[str, ...]] | None:
    """Return the column and the values that tell rows of a type from others in its table, None when all are.

    The last demand of a discriminator implies those before it. A type has the rows of its subtypes, too: containers
    those of sequences. A type without a demand of its own, such as BaseUser, has those only.
    """
    if definition.discriminator:
        column = definition.discriminator[-1][0]
        last = [subtype.discriminator[-1] for subtype in model.subtypes(definition.id) if subtype.discriminator]
        return column, tuple(dict.fromkeys(value for name, values in last if name == column for value in values))
    if not definition.base:
        return None
    demands: dict[str, list[str]] = {}
    for subtype in model.subtypes(definition.id)[1:]:
        if subtype.discriminator:
            column, values = subtype.discriminator[-1]
            demands.setdefault(column, []).extend(values)
    return next(((column, tuple(values)) for column, values in demands.items()), None)


def restrict(
    condition: tuple[str, tuple[str, ...]] | None, source: NamedFromClause, *, narrowed: bool = False
) -> Iterable[Any]:
    """Yield the criterion of `type_condition` on a table or alias, or nothing.

    Args:
        condition: The column and its values.
        source: The table or alias.
        narrowed: Whether there are other criteria, which tell better where to look than a type does.
    """
    if condition is not None:
        name, values = condition
        column = source.c[name]
        found = dialect.leading_nowhere(column, type_=column.type) if narrowed else column
        yield found == values[0] if len(values) == 1 else found.in_(values)


def _meaning(attribute: AnyAttribute) -> tuple[Any, ...]:
    """Return what two attributes must share to be read in the same way."""
    if isinstance(attribute, Field):
        return ("field", attribute.synonym_of or attribute.name)
    if isinstance(attribute, ToOne):
        return ("one", attribute.columns)
    if isinstance(attribute, ToMany | Mapping):
        where = attribute.where if isinstance(attribute, ToMany) else ()
        return ("many", attribute.target, attribute.column, where)
    if isinstance(attribute, ManyToMany):
        return ("link", attribute.through, attribute.here, attribute.there)
    return ("computed", attribute.rule)
