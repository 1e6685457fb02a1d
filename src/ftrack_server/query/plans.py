"""Plans kept by the shape of query texts, so that texts that differ in values and pages only are compiled once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from ftrack_server.query.parameters import read_values
from ftrack_server.query.texts import take_apart

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ftrack_protocol.query import ast
    from ftrack_server.access import Access
    from ftrack_server.query.plan import Compiler, Plan
    from ftrack_server.query.texts import Text

Key: TypeAlias = "tuple[str, bool, Access | None, bool, bool]"
"""Shape of a text, strictness, access, whether the plan begins after a key, and whether it may have an anchor."""
TextKey: TypeAlias = "tuple[int, str, str, bool, Access | None]"
"""Length of a text, its beginning and its end, strictness and access."""

MAX_PLANS = 1024
MAX_KEPT_CHARACTERS = 64 * 1024
"""Plans that depend on longer texts are used once and not kept."""
MAX_TEXTS = 1024
MAX_TEXT_CHARACTERS = 16 * 1024 * 1024
"""How much of whole texts is kept, to be known again; their parameters take as much once more."""
_LONG_CHARACTERS = 1024
_END = 64


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with all that it takes to run it.

    Attributes:
        plan: How.
        values: Parameters of the plan by name.
        limit: Rows asked for, None for all.
        offset: Rows to pass over.
        text: The query text taken apart; None for a syntax tree.
        whole: The query as it came.
    """

    plan: Plan
    values: dict[str, Any]
    limit: int | None
    offset: int
    text: Text | None
    whole: str | ast.Select


class Plans:
    """Finds plans for queries, or has them compiled. Safe to share between threads."""

    def __init__(self, compiler: Compiler) -> None:
        self._compiler = compiler
        self._lock = threading.Lock()
        self._plans: OrderedDict[tuple[Key, tuple[str, ...]], Plan] = OrderedDict()
        self._fixed: OrderedDict[Key, tuple[int, ...]] = OrderedDict()
        self._texts: OrderedDict[TextKey, Asked] = OrderedDict()
        self._characters = 0

    def find(self, connection: Connection, whole: str | ast.Select, access: Access | None, *, strict: bool) -> Asked:
        """Return a query ready to run.

        Raises:
            ParseError: If the query makes no sense, with the place in its text.

        Cost: about 2 µs for a text that was asked lately, 20 µs if it has 200,000 characters; 8 µs for one of a known
        shape, and 0.2 µs for each item of its lists; a millisecond for a new shape, and whenever it came as a tree.
        """
        if not isinstance(whole, str):
            plan = self._compiler.compile(connection, whole, access, strict=strict)
            return Asked(plan, {}, plan.limit, plan.offset or 0, None, whole)
        # Long texts are found by their ends and compared: to make a hash of all characters takes ten times as long.
        ends = (whole[:_END], whole[-_END:]) if len(whole) > _LONG_CHARACTERS else (whole, "")
        key = (len(whole), *ends, strict, access)
        with self._lock:
            known = self._texts.get(key)
            if known is not None and known.whole == whole:
                self._texts.move_to_end(key)
                return known
        asked = self._taken_apart(connection, whole, access, strict=strict)
        self._know_again(key, asked)
        return asked

    def going_on(self, connection: Connection, asked: Asked, access: Access | None, *, strict: bool) -> Plan:
        """Return the plan of the same query that begins after the key in the parameter `AFTER`."""
        anchored = asked.plan.anchors is not None
        return self._plan(connection, asked.whole, asked.text, access, strict=strict, after_key=True, anchored=anchored)

    def without_anchor(self, connection: Connection, asked: Asked, access: Access | None, *, strict: bool) -> Asked:
        """Return the same query as it stands, where it was tried for one entity only (see `anchors`)."""
        plan = self._plan(connection, asked.whole, asked.text, access, strict=strict, anchored=False)
        return replace(asked, plan=plan)

    def _taken_apart(self, connection: Connection, whole: str, access: Access | None, *, strict: bool) -> Asked:
        text = take_apart(whole)
        plan = self._plan(connection, whole, text, access, strict=strict)
        try:
            values = read_values(plan.readers, text.values)
        except ValueError:
            # The compiler knows what is wrong with a value, and where it stands.
            plan, values = self._compiler.compile(connection, whole, access, strict=strict), {}
        limit = plan.limit if text.limit is None else text.limit
        offset = plan.offset if text.offset is None else text.offset
        return Asked(plan, values, limit, offset or 0, text, whole)

    def _plan(
        self,
        connection: Connection,
        whole: str | ast.Select,
        text: Text | None,
        access: Access | None,
        *,
        strict: bool,
        after_key: bool = False,
        anchored: bool = True,
    ) -> Plan:
        def compiled() -> Plan:
            places = None if text is None or not isinstance(whole, str) else text.at(whole)
            plan = self._compiler.compile(
                connection, whole, access, strict=strict, after_key=after_key, anchored=anchored, places=places
            )
            if text is not None:  # what was cut out of this text differs in others
                plan.limit = plan.limit if text.limit is None else None
                plan.offset = plan.offset if text.offset is None else None
            return plan

        if text is None:
            return compiled()
        return self._kept((text.shape, strict, access, after_key, anchored), text, compiled)

    def _kept(self, key: Key, text: Text, compiled: Callable[[], Plan]) -> Plan:
        with self._lock:
            fixed = self._fixed.get(key)
            if fixed is not None:
                self._fixed.move_to_end(key)
                place = (key, tuple([text.values[number] for number in fixed]))
                known = self._plans.get(place)
                if known is not None:
                    self._plans.move_to_end(place)
                    return known
        plan = compiled()
        numbers = {number for number in range(len(text.values)) if number not in plan.readers}
        with self._lock:
            # What another plan of the shape depends on stays part of the place of all of them.
            fixed = self._fixed[key] = tuple(sorted(numbers.union(self._fixed.get(key, ()))))
            place = (key, tuple([text.values[number] for number in fixed]))
            if len(text.shape) + sum(map(len, place[1])) <= MAX_KEPT_CHARACTERS:
                self._plans[place] = plan
            for kept in (self._plans, self._fixed):
                while len(kept) > MAX_PLANS:
                    kept.popitem(last=False)
        return plan

    def _know_again(self, key: TextKey, asked: Asked) -> None:
        with self._lock:
            if self._texts.pop(key, None) is None:
                self._characters += key[0]
            self._texts[key] = asked
            while len(self._texts) > MAX_TEXTS or self._characters > MAX_TEXT_CHARACTERS:
                self._characters -= self._texts.popitem(last=False)[0][0]
