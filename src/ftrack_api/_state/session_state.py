"""What a session knows beyond its settings: entities by identity, changed entities, the operation log, and one lock."""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from ftrack_api._state.flags import ThreadFlags
from ftrack_api._state.identity import IdentityMap
from ftrack_api._state.readings import Readings
from ftrack_api.operation import Operations

if TYPE_CHECKING:
    from ftrack_api._state.merge import TypeShape
    from ftrack_api._state.storage import EntityState


class SessionState:
    """The changing state of one session.

    ``lock`` guards all of it and is held for moments: for the merge of one page, for one recorded change. It is never
    held across the network, a callback or another session's lock.

    Attributes:
        lock: Re-entrant lock of everything below.
        turn: Held by the one thread that commits or rolls back, the network included, so that batches reach the
            server in the order their operations were recorded.
        keys: Held by the one thread that looks for a key of a dictionary of entities and adds or removes it.
        identities: The entities of the session, one object for each.
        operations: The operation log.
        changed: Entities with local values, by ``id``, in the order of their first change.
        shapes: How rows of an entity class are read; filled by the merge.
        expunged: How many entities were let go of; a collection that saw a smaller number has to look at its items.
        configurations: Custom attribute configurations, or None before they are needed.
        bulky: Collection attributes, by entity type and name, too large to be fetched for siblings too.
        prefetch_limit: How many entities of one result are populated together; 1 turns it off.
        flags: Settings of each thread.
        readings: Answers that are awaited, and commits they may be older than.
        doubt: The batch whose answer was lost when nobody could be asked whether it arrived, until somebody is.
    """

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.turn = threading.RLock()
        self.keys = threading.RLock()
        self.readings = Readings(self)
        self.identities = IdentityMap()
        self.changed: dict[int, EntityState] = {}
        self.shapes: dict[type[EntityState], TypeShape] = {}
        self.expunged = 0
        self.configurations: list[Any] | None = None
        self.bulky: set[tuple[str, str]] = set()
        self.prefetch_limit = 500
        self.flags = ThreadFlags(auto_populate=True, record_operations=True)
        self.doubt: Any = None
        self.operations = Operations()
        self.use(self.operations)

    def use(self, operations: Operations) -> None:
        """Record in another log from now on, under the lock of the session."""
        operations.lock = self.lock
        self.operations = operations

    def expunge(self, entity: EntityState) -> None:
        """Let go of an entity: it is no longer found by key, and vanishes from collections. Called with the lock."""
        self.identities.discard(entity)
        self.changed.pop(id(entity), None)
        entity._expunged = True
        self.expunged += 1

    def forget(self) -> None:
        """Let go of all entities at once; entities the user holds are orphaned. Called with the lock."""
        self.identities.clear()
        self.changed.clear()
        self.configurations = None
        self.doubt = None
        self.bulky.clear()
