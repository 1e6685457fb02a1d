"""Syntax tree of the query language: frozen nodes, no behaviour beyond reading a literal.

The tree keeps what the text said, never what it means: names are unresolved and literals untyped, since only the
schema of a server can tell that ``12e5`` is an identifier (protocol: 5.3). Offsets are character positions in the
parsed text, kept for error messages and ignored by ``==``, so that ``parse(render(tree)) == tree``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

CompareOperator: TypeAlias = Literal["is", "is_not", ">", ">=", "<", "<=", "like", "not_like"]
Quantifier: TypeAlias = Literal["has", "any"]
AggregateFunction: TypeAlias = Literal["count", "sum", "avg", "min", "max"]


@dataclass(frozen=True, slots=True)
class Segment:
    """One step of a path: an attribute name and, written ``parent[Shot]``, the type it is cast to."""

    name: str
    cast: str | None = None
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Path:
    """Attribute names joined by dots, at least one."""

    segments: tuple[Segment, ...]

    @property
    def offset(self) -> int:
        """Return where the path starts in the text."""
        return self.segments[0].offset

    @property
    def names(self) -> tuple[str, ...]:
        """Return the attribute names without their casts."""
        return tuple(segment.name for segment in self.segments)

    def __str__(self) -> str:
        return ".".join(f"{s.name}[{s.cast}]" if s.cast else s.name for s in self.segments)


@dataclass(frozen=True, slots=True)
class Value:
    r"""A literal: its text, decoded once, and whether it stood in quotes.

    A quoted text keeps the backslash of ``\%`` and ``\_``, because ``like`` reads them as the plain characters.
    """

    text: str
    quoted: bool = True
    offset: int = field(default=0, compare=False)

    @property
    def is_null(self) -> bool:
        """Return whether the literal is the bare word ``none`` or ``null``, in any case."""
        return not self.quoted and self.text.lower() in {"none", "null"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """``path operator value``; synonyms such as ``=`` or ``after`` are already folded into the operator."""

    path: Path
    operator: CompareOperator
    value: Value


@dataclass(frozen=True, slots=True)
class In:
    """``path in (value, ...)``; ``negated`` for ``not_in``. No values at all match no row."""

    path: Path
    values: tuple[Value, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class InQuery:
    """``path in (select attribute from Type ...)``; a bare inner query selects the primary key."""

    path: Path
    query: Select
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Quantified:
    """``path has (condition)`` or ``path any (condition)``; no condition asks for mere existence."""

    path: Path
    quantifier: Quantifier
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of one condition."""

    operand: Condition


@dataclass(frozen=True, slots=True)
class And:
    """Two or more conditions that must all hold."""

    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more conditions of which one must hold."""

    operands: tuple[Condition, ...]


Condition: TypeAlias = "Comparison | In | InQuery | Quantified | Not | And | Or"


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key, ascending unless said otherwise."""

    path: Path
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Aggregate:
    """``function(path)`` in the projection of a grouped query."""

    function: AggregateFunction
    path: Path


Projection: TypeAlias = "Path | Aggregate"


@dataclass(frozen=True, slots=True)
class Select:
    """A whole query. No projections means the default projections of the type."""

    entity_type: str
    projections: tuple[Projection, ...] = ()
    where: Condition | None = None
    group_by: tuple[Path, ...] = ()
    order_by: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None
    type_offset: int = field(default=0, compare=False)
