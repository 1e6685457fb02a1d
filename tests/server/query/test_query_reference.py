"""Random queries on the awkward rows, answered once by SQL and once by plain Python that walks the rows."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ftrack_protocol.query import ast
from ftrack_protocol.query.render import render
from ftrack_protocol.values import encode_datetime, is_date_only, parse_datetime
from ftrack_server.model.definition import Computed, Field, ManyToMany, Mapping, ToMany, ToOne

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.model.definition import AnyAttribute, EntityDefinition

    Row = dict[str, Any]
    Truth = bool | None

TYPES = ("Task", "Shot", "TypedContext", "Context", "Project", "Asset", "AssetVersion", "Component", "Note", "User",
         "Resource", "BaseUser", "Group", "Appointment", "Timelog", "Metadata", "List", "TypedContextList",
         "ComponentLocation", "ReviewSession", "Membership", "Recipient", "NoteCategory", "Status")  # fmt: skip
# Compared by their own tests: values that SQL reads from several columns, or that clients may only compare.
APART = frozenset({"custom_attribute_value", "custom_attribute_link", "custom_attribute_configuration"})
EXACT = frozenset({"type", "system_type", "context_type", "resource_type", "parent_type", "kind", "id"})
TEXTS = ("comp", "COMP", 'an"im\\x', "", "it's", "ÄPFEL Straße", "50%", "none", "a,b (c)", "x and y")
PATTERNS = ("%", "c%", "%OM_", 'an"im\\\\\\\\x', "%\\%%", "%\\_\\%", "%\\x", "", "%ä%", "100\\%", "s%0", "\\\\\\\\%")
NUMBERS = ("0", "1", "-2", "7.5", "3600", "2", "10")
MOMENTS = ("2031-02-03", "2031-02-03T04:05:06", "2031-02-03T00:00:00", "2031-2-4", "2031-02-03T05:05:06+01:00")
NONE = ast.Value("none", quoted=False)
LOWER = str.maketrans({chr(code): chr(code + 32) for code in range(ord("A"), ord("Z") + 1)})


class Rows:
    """Every stored row, and what the query language means by the attributes of one."""

    def __init__(self, studio: Any) -> None:
        self.model = studio.model
        with studio.database.read() as connection:
            self.tables: dict[str, list[Row]] = {
                name: [dict(row) for row in connection.execute(table.select()).mappings()]
                for name, table in studio.database.metadata.tables.items()
            }

    def of(self, definition: EntityDefinition) -> list[Row]:
        rows = self.tables[definition.table]
        kept = [row for row in rows if self.is_a(definition, row)]
        return sorted(kept, key=lambda row: tuple(row[name] for name in definition.key))

    def is_a(self, definition: EntityDefinition, row: Row) -> bool:
        demands = [kind.discriminator for kind in self.model.subtypes(definition.id) if kind.discriminator]
        met = (all(row[column] in values for column, values in demand) for demand in demands)
        return not definition.base or not demands or any(met)

    def attribute(self, definition: EntityDefinition, name: str) -> AnyAttribute:
        kinds = self.model.subtypes(definition.id)
        return next(kind.attributes[name] for kind in kinds if name in kind.attributes)

    def target(self, attribute: AnyAttribute, segment: ast.Segment) -> EntityDefinition:
        name = attribute.target
        return self.model.type(segment.cast or ("TypedContext" if name == "Task" else name))

    def attributes(self, definition: EntityDefinition, segments: tuple[ast.Segment, ...]) -> list[AnyAttribute]:
        """Return the attributes along a path."""
        found = []
        for segment in segments:
            found.append(self.attribute(definition, segment.name))
            if _is_relation(found[-1]):
                definition = self.target(found[-1], segment)
        return found

    def related(self, row: Row, attribute: AnyAttribute, target: EntityDefinition) -> list[Row]:
        """Return what a relation leads to, in the order of an answer."""
        return [other for other in self._related(row, attribute, target) if self.is_a(target, other)]

    def _related(self, row: Row, attribute: AnyAttribute, target: EntityDefinition) -> list[Row]:
        rows = sorted(self.tables[target.table], key=lambda other: tuple(other[name] for name in target.key))
        if isinstance(attribute, ToOne):
            names = attribute.columns if set(attribute.columns) == set(target.key) else target.key
            key = [row[column] for column in attribute.columns]
            return [other for other in rows if [other[name] for name in names] == key]
        if isinstance(attribute, ManyToMany):
            there = {
                link[attribute.there] for link in self.tables[attribute.through] if link[attribute.here] == row["id"]
            }
            return [other for other in rows if other["id"] in there]
        if isinstance(attribute, ToMany | Mapping):
            found = [other for other in rows if other[attribute.column] == row["id"]]
            for column, value in attribute.where if isinstance(attribute, ToMany) else ():
                found = [other for other in found if other[column] == value]
            types = attribute.parent_types
            return [other for other in found if not types or other["parent_type"] in types]
        if attribute.rule.name == "latest_version":
            return [other for other in rows if other["id"] == row["latest_version_id"]]
        return self._along_the_tree(row, attribute.rule.name, rows)

    def _along_the_tree(self, row: Row, rule: str, rows: list[Row]) -> list[Row]:
        by_id = {other["id"]: other for other in rows}
        if rule == "descendants":
            above = {other["id"]: self._parents(other, by_id) for other in rows}
            below = [other for other in rows if row["id"] in above[other["id"]]]
            return sorted(below, key=lambda other: above[other["id"]].index(row["id"]))
        start = by_id.get(row["context_id"]) if "context_id" in row else row
        own = [start["id"]] if start is not None and "context_id" in row else []
        above = [] if start is None else self._parents(start, by_id)
        return [by_id[identifier] for identifier in reversed([*own, *above])]

    @staticmethod
    def _parents(row: Row, by_id: dict[str, Row]) -> list[str]:
        found = []
        while row["parent_id"] is not None:
            row = by_id[row["parent_id"]]
            found.append(row["id"])
        return found

    # Conditions, with the three truth values of SQL.

    def meets(self, definition: EntityDefinition, row: Row, condition: ast.Condition) -> Truth:
        if isinstance(condition, ast.Not):
            inner = self.meets(definition, row, condition.operand)
            return None if inner is None else not inner
        if isinstance(condition, ast.And | ast.Or):
            absorbing = isinstance(condition, ast.Or)
            found = [self.meets(definition, row, operand) for operand in condition.operands]
            if absorbing in found:
                return absorbing
            return None if None in found else not absorbing
        if isinstance(condition, ast.Quantified):
            return self._along(definition, row, condition.path.segments, lambda kind, other: (
                True if condition.condition is None else self.meets(kind, other, condition.condition)))  # fmt: skip
        return self._criterion(definition, row, condition, condition.path.segments)

    def _along(
        self,
        definition: EntityDefinition,
        row: Row,
        segments: tuple[ast.Segment, ...],
        inner: Callable[[EntityDefinition, Row], Truth],
    ) -> Truth:
        """Return whether something at the end of a path meets a condition."""
        if not segments:
            return inner(definition, row)
        attribute = self.attribute(definition, segments[0].name)
        target = self.target(attribute, segments[0])
        return any(
            self._along(target, other, segments[1:], inner) is True for other in self.related(row, attribute, target)
        )

    def _criterion(
        self, definition: EntityDefinition, row: Row, criterion: Any, segments: tuple[ast.Segment, ...]
    ) -> Truth:
        *before, last = self.attributes(definition, segments)
        if not before:
            return self._at_end(row, last, criterion, segments[0])
        single = not any(map(_is_many, before))
        if single and isinstance(criterion, ast.Comparison) and criterion.operator == "is" and criterion.value.is_null:
            opposite = ast.Comparison(criterion.path, "is_not", NONE)
            return self._criterion(definition, row, opposite, segments) is not True
        return self._along(
            definition, row, segments[:1], lambda kind, other: self._criterion(kind, other, criterion, segments[1:])
        )

    def _at_end(self, row: Row, attribute: AnyAttribute, criterion: Any, segment: ast.Segment) -> Truth:
        if isinstance(attribute, Field):
            return self._compare(row[attribute.synonym_of or attribute.name], attribute, criterion)
        target = self.target(attribute, segment)
        if isinstance(attribute, ToOne) and len(attribute.columns) == 1:
            return self._compare(row[attribute.columns[0]], Field(attribute.name, kind="fk"), criterion)
        found = self.related(row, attribute, target)
        if isinstance(criterion, ast.Comparison) and criterion.value.is_null:
            return bool(found) == (criterion.operator == "is_not")
        key = target.attributes[target.key[0]]
        return any(self._compare(other[key.name], key, criterion) is True for other in found)

    def _compare(self, stored: Any, item: Field, criterion: Any) -> Truth:
        if isinstance(criterion, ast.In):
            found = [self._single(stored, item, "is", value) for value in criterion.values]
            truth = True if True in found else None if None in found else False
            return truth if truth is None or not criterion.negated else not truth
        return self._single(stored, item, criterion.operator, criterion.value)

    def _single(self, stored: Any, item: Field, operator: str, value: ast.Value) -> Truth:
        if value.is_null:
            return (stored is None) == (operator == "is")
        if stored is None:
            return None
        if operator in {"like", "not_like"}:
            return _matches(stored, value.text) == (operator == "like")
        if item.kind == "datetime":
            wanted = parse_datetime(value.text)
            if operator in {"is", "is_not"} and is_date_only(value.text):
                return (wanted <= stored < wanted + timedelta(days=1)) == (operator == "is")
            return _OPERATORS[operator](stored, wanted)
        if item.kind in {"integer", "number"}:
            return _OPERATORS[operator](stored, float(value.text))
        if item.kind == "boolean":
            return _OPERATORS[operator](bool(stored), value.text.lower() in {"true", "1", "yes"})
        if item.kind == "table":
            known = value.text in self.model.types
            return _OPERATORS[operator](stored, self.model.parent_table(value.text) if known else value.text)
        if item.kind == "string" and not is_exact(item):
            return _OPERATORS[operator](stored.translate(LOWER), value.text.translate(LOWER))
        return _OPERATORS[operator](stored, value.text)

    # Answers.

    def document(self, definition: EntityDefinition, row: Row, paths: list[tuple[str, ...]]) -> dict[str, Any]:
        """Return what a strict, denormalized answer says of a row."""
        told = self.model.concrete(definition, row)
        found = {"__entity_type__": told.id, **{name: row[name] for name in definition.key}}
        for name in dict.fromkeys(path[0] for path in paths):
            if name not in told.attributes:
                continue
            attribute = told.attributes[name]
            rest = [path[1:] for path in paths if path[0] == name and len(path) > 1]
            if isinstance(attribute, Field):
                found[name] = self._wire(row[attribute.synonym_of or name], attribute)
                continue
            target = self.target(attribute, ast.Segment(name))
            if target.id == "Metadata":
                rest = [*rest, ("parent_id",), ("key",), ("value",), ("parent_type",)]
            documents = [self.document(target, other, rest) for other in self.related(row, attribute, target)]
            found[name] = documents if _is_many(attribute) else next(iter(documents), None)
        return found

    def _wire(self, value: Any, item: Field) -> Any:
        if value is None or item.kind not in {"datetime", "table", "boolean"}:
            return value
        if item.kind == "boolean":
            return bool(value)
        return encode_datetime(value) if item.kind == "datetime" else self.model.public_parent_type(value)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "is": lambda left, right: left == right,
    "is_not": lambda left, right: left != right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
}


def is_exact(item: Field) -> bool:
    return bool(item.enum) or item.kind != "string" or item.name in EXACT or item.name.endswith("_id")


def _is_many(attribute: AnyAttribute) -> bool:
    return attribute.many if isinstance(attribute, Computed) else isinstance(attribute, ToMany | ManyToMany | Mapping)


def _is_relation(attribute: AnyAttribute) -> bool:
    return not isinstance(attribute, Field) and not (isinstance(attribute, Computed) and attribute.json_type)


def _matches(text: str, pattern: str) -> bool:
    signs = {"%": ".*", "_": "."}
    parts = re.findall(r"\\[%_\\]|.", pattern, re.DOTALL)
    regex = "".join(re.escape(part[-1]) if len(part) > 1 else signs.get(part, re.escape(part)) for part in parts)
    return re.fullmatch(regex, text, re.DOTALL | re.IGNORECASE | re.ASCII) is not None


# Random queries.


def _usable(rows: Rows, definition: EntityDefinition) -> Iterator[AnyAttribute]:
    """Yield the attributes whose name means one thing on a type and leads to rows."""
    meanings: dict[str, dict[str, AnyAttribute]] = {}
    for kind in rows.model.subtypes(definition.id):
        for name, attribute in kind.attributes.items():
            if name in definition.attributes and kind is not definition:
                continue
            meaning = str([getattr(attribute, name, "") for name in ("kind", "columns", "target", "column", "through")])
            meanings.setdefault(name, {}).setdefault(meaning, attribute)
    for found in meanings.values():
        attribute = next(iter(found.values()))
        if len(found) > 1 or attribute.hidden or (isinstance(attribute, Computed) and attribute.json_type):
            continue
        target = rows.model.types.get(getattr(attribute, "target", ""))
        if isinstance(attribute, Field) or (target and target.table not in APART and rows.tables[target.table]):
            yield attribute


@st.composite
def _paths(draw: Any, rows: Rows, definition: EntityDefinition) -> tuple[ast.Segment, ...]:
    segments: list[ast.Segment] = []
    while len(segments) < 3:
        by_name = {attribute.name: attribute for attribute in _usable(rows, definition)}
        attribute = by_name[draw(st.sampled_from(sorted(by_name)))]
        segments.append(ast.Segment(attribute.name))
        if not _is_relation(attribute) or draw(st.integers(0, 2)) == 0:
            break
        definition = rows.target(attribute, segments[-1])
    return tuple(segments)


@st.composite
def _criteria(draw: Any, rows: Rows, definition: EntityDefinition) -> ast.Condition:
    segments = draw(_paths(rows, definition))
    path, attribute = ast.Path(segments), rows.attributes(definition, segments)[-1]
    if isinstance(attribute, Field):
        item, pool = attribute, _pool(rows, attribute)
    else:
        target = rows.target(attribute, segments[-1])
        if draw(st.booleans()):
            condition = draw(st.none() | _conditions(rows, target, 1))
            return ast.Quantified(path, draw(st.sampled_from(["has", "any"])), condition)
        item = Field(attribute.name, kind="fk")
        pool = [str(row[target.key[0]]) for row in rows.tables[target.table]]
    if item.kind in {"json", "variable"}:
        return ast.Comparison(path, draw(st.sampled_from(["is", "is_not"])), NONE)
    values = st.sampled_from(pool).map(ast.Value) | st.just(NONE)
    form = draw(st.sampled_from(["compare", "compare", "in", "like"]))
    if form == "in":
        return ast.In(path, tuple(draw(st.lists(values, max_size=3))), draw(st.booleans()))
    if form == "like" and item.kind in {"string", "uid", "fk"}:
        pattern = ast.Value(draw(st.sampled_from(PATTERNS)))
        return ast.Comparison(path, draw(st.sampled_from(["like", "not_like"])), pattern)
    value = draw(values)
    ordered = () if value.is_null or item.kind == "boolean" else (">", ">=", "<", "<=")
    return ast.Comparison(path, draw(st.sampled_from(["is", "is_not", *ordered])), value)


def _pool(rows: Rows, item: Field) -> list[str]:
    fixed = {"datetime": MOMENTS, "integer": NUMBERS, "number": NUMBERS, "boolean": ("true", "False", "1", "no")}
    if item.kind in fixed:
        return list(fixed[item.kind])
    name = item.synonym_of or item.name
    stored = {row[name] for table in rows.tables.values() for row in table if isinstance(row.get(name), str)}
    return sorted(stored)[:30] + list(TEXTS)


@st.composite
def _conditions(draw: Any, rows: Rows, definition: EntityDefinition, depth: int = 2) -> ast.Condition:
    kind = draw(st.sampled_from(["criterion", "criterion", "not", "and", "or"])) if depth else "criterion"
    if kind == "criterion":
        return draw(_criteria(rows, definition))
    inner = _conditions(rows, definition, depth - 1)
    if kind == "not":
        return ast.Not(draw(inner))
    operands = tuple(draw(st.lists(inner, min_size=2, max_size=3)))
    return ast.And(operands) if kind == "and" else ast.Or(operands)


@pytest.fixture(scope="module")
def rows(filled_database: Any) -> Rows:
    from types import SimpleNamespace

    from ftrack_server.model.load import load_model

    return Rows(SimpleNamespace(model=load_model(), database=filled_database))


shared_studio = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


@shared_studio
@given(data=st.data())
def test_every_condition_finds_the_rows_that_python_finds(studio, rows, data):
    definition = rows.model.type(data.draw(st.sampled_from(TYPES)))
    condition = data.draw(_conditions(rows, definition))
    text = render(ast.Select(definition.id, (ast.Path((ast.Segment(definition.key[0]),)),), condition))

    expected = [row[definition.key[0]] for row in rows.of(definition) if rows.meets(definition, row, condition) is True]
    found = [row[definition.key[0]] for row in studio(text)]

    assert found == expected, text


@shared_studio
@given(data=st.data())
def test_every_projection_answers_what_python_reads(studio, rows, data):
    definition = rows.model.type(data.draw(st.sampled_from(TYPES)))
    drawn = data.draw(st.lists(_paths(rows, definition), min_size=1, max_size=4))
    paths = [tuple(segment.name for segment in segments) for segments in drawn]
    text = f"select {', '.join('.'.join(path) for path in paths)} from {definition.id}"

    expected = [rows.document(definition, row, paths) for row in rows.of(definition)]
    found = studio(text, strict=True, denormalize=True)

    assert found == expected, text
