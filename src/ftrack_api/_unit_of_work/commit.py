"""Sending what was recorded and taking over the answer; or giving it up.

Both cost what was changed, not what is cached: only entities with local values or operations are touched. The state's
lock is held while operations are copied and while the answer is taken over, never while the batch is on its way. The
garbage collector waits as it does for a page.

Measured with CPython 3.11, recording included: 35 calls for each of 1,000 updates, whatever is cached, and 61 for each
of 1,000 creations. Guarded by ``tests/cost/test_cost_commits.py``.
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from ftrack_api import exception
from ftrack_api._garbage import garbage_waits
from ftrack_api._state.merge import TYPE_KEY, Merge
from ftrack_api._state.storage import EntityState
from ftrack_api._unit_of_work.changes import Change, changes_of, to_action
from ftrack_api._unit_of_work.deliver import deliver, has_arrived, proof_of
from ftrack_api._unit_of_work.optimise import optimise, vanished
from ftrack_api.operation import CreateEntityOperation, DeleteEntityOperation
from ftrack_protocol.record import Record

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from ftrack_api._state.session_state import SessionState
    from ftrack_api.operation import Identity, Operations
    from ftrack_api.typing import SessionProtocol

# Any below is a result of the server.

_Names: TypeAlias = "Mapping[Identity, Collection[str]]"
"""Attributes by entity."""


def commit(session: SessionProtocol) -> None:
    """Send the recorded operations as one transaction and take over what the server answers (client: 16).

    On any failure operations and local values stay, to be mended and sent again or rolled back. What other threads
    record meanwhile is left for their next commit.

    Raises:
        ServerError: If the server refuses; nothing was changed then.
        NetworkError: If there is no answer. What became of the batch is asked before the next one is sent.
        TypeError: If a value cannot be sent.
        ValueError: If an operation or a number cannot be sent.
    """
    state = session._state
    with state.turn:  # had by `Session.commit` already, but not by everybody who may call this
        _settle(session, state)
        with garbage_waits():
            with state.lock:  # the changes of one moment, whatever is withdrawn meanwhile
                log, recorded = state.operations, state.operations.entries()
                changes, is_plain = changes_of(recorded.values())
            if not recorded:
                return
            names = _names_by_identity(changes, is_plain=is_plain)
            gone = frozenset() if is_plain else vanished(changes)
            sent = Sent(log, recorded, changes, names, gone, optimise(changes, gone, is_plain=is_plain))
            actions = [to_action(change, gone) for change in sent.batch]
        try:
            results = deliver(session, sent.batch, actions) if sent.batch else []
        except exception.NetworkError:
            state.doubt = sent if proof_of(sent.batch) is not None else None
            raise
        _take_over(session, sent, results)


class Sent(Record):
    """A batch that was sent, and what it stands for.

    Attributes:
        log: The log it was recorded in.
        recorded: Its entries there by number.
        changes: What they change.
        names: The attributes that have values in it.
        gone: Entities that were created and deleted in it, so that nothing was sent of them.
        batch: What was sent.
    """

    log: Operations
    recorded: Mapping[int, Any]
    changes: list[Change]
    names: _Names
    gone: Collection[Identity]
    batch: list[Change]


def _settle(session: SessionProtocol, state: SessionState) -> None:
    """Find out what became of a batch whose answer was lost when nobody could be asked; take it over if it arrived.

    Raises:
        NetworkError: If still nobody can be asked; nothing is sent then that may have been done.
    """
    sent = state.doubt
    if sent is None:
        return
    proof = proof_of(sent.batch)
    is_pending = sent.log is state.operations and not sent.recorded.keys().isdisjoint(state.operations.entries())
    if proof is not None and is_pending and has_arrived(session, proof):
        _take_over(session, sent, [{} for _ in sent.batch])
    state.doubt = None


def _take_over(session: SessionProtocol, sent: Sent, results: list[Any]) -> None:
    """Have the session know what was sent as done, and what the server answered."""
    state = session._state
    with garbage_waits(), state.lock:
        state.operations.discard(sent.recorded)
        ended, anew = _ended(sent.changes, sent.gone)
        deleted = _known(state, ended) if ended else []
        for entity in deleted:
            state.expunge(entity)
        strangers = _end_local_values(state, sent.names)
        for entity in _known(state, anew):
            entity._remote = {}  # of the one that was deleted
        merge = Merge(session, regroup=False)
        merge.rows(_rows(sent.batch, results, deletes=bool(ended or anew)))
        for stranger, own in strangers:
            stranger._remote.update(own._remote)
        if state.readings.under_way:
            state.readings.committed(_brought(state, sent.names), ended)
    session._cache_outside(merge)
    for entity in deleted:
        session._uncache_outside(entity)


def rollback(session: SessionProtocol) -> None:
    """Forget the recorded operations and the local values; entities that were created are let go of (client: 17)."""
    state = session._state
    with state.turn, state.lock:
        created = _known(state, _creations(state.operations))
        for entity in created:
            state.expunge(entity)
        for entity in state.changed.values():
            _revert(entity)
        state.changed.clear()
        state.operations.clear()
        state.doubt = None
    for entity in created:
        session._uncache_outside(entity)


def withdraw(session: SessionProtocol, entity: EntityState) -> None:
    """Forget what was recorded of one entity that was created and not sent, and let go of it."""
    state = session._state
    with state.lock:  # as expunging asks for
        state.operations.discard(state.operations.numbers_of(entity._identity))
        state.expunge(entity)
    session._uncache_outside(entity)


def _creations(operations: Operations) -> list[Identity]:
    """Return what a log creates and the server does not have, without making operations of parts."""
    created: dict[Identity, None] = {}
    deleted: set[Identity] = set()
    for entry in operations.entries().values():
        if isinstance(entry, CreateEntityOperation):
            created[entry.identity] = None
        elif isinstance(entry, tuple) and len(entry) == 3:
            created[entry[0]._identity] = None
        elif isinstance(entry, DeleteEntityOperation) and entry.identity not in created:
            deleted.add(entry.identity)
    return [identity for identity in created if identity not in deleted]


def _known(state: SessionState, identities: Iterable[Identity]) -> list[EntityState]:
    """Return the loaded entities among identities, each once."""
    found = (state.identities.get(identity) for identity in dict.fromkeys(identities))
    return [entity for entity in found if entity is not None]


def _names_by_identity(changes: Iterable[Change], *, is_plain: bool) -> _Names:
    """Return which attributes changes hold values of; see `changes_of` for plain ones."""
    if is_plain:
        return {change.identity: change.data for change in changes}
    names: dict[Identity, set[str]] = {}
    for change in changes:
        known = names.get(change.identity)
        if known is None:
            names[change.identity] = set(change.data)
        else:
            known.update(change.data)
    return names


def _ended(changes: Iterable[Change], vanished: Iterable[Identity]) -> tuple[list[Identity], list[Identity]]:
    """Return the entities that changes leave deleted or never sent, and those they delete and create anew."""
    gone: dict[Identity, None] = {}
    anew: list[Identity] = []
    for change in changes:
        if change.action == "delete":
            gone[change.identity] = None
        elif gone and change.action == "create" and change.identity in gone:
            del gone[change.identity]
            anew.append(change.identity)
    gone.update(dict.fromkeys(vanished))
    return list(gone), anew


def _end_local_values(state: SessionState, sent: _Names) -> list[tuple[EntityState, EntityState]]:
    """Drop the local values that no operation stands for; what was sent is unknown until it is answered or read.

    Args:
        state: State of the session; its lock is held.
        sent: The attributes in the batch by entity.

    Returns:
        Objects that had local values and are not the session's own, such as those from before a reset, each with the
        one that is. An entity that was forgotten and not loaded anew is the session's own again.
    """
    strangers = []
    is_more_pending = len(state.operations) > 0
    for entity in list(state.changed.values()):
        if entity._key is None and not entity._knows_key:
            continue
        identity = entity._identity
        own = state.identities.get(identity)
        if own is None and not entity._expunged:
            state.identities.add(entity)
        elif own is not None and own is not entity:
            strangers.append((entity, own))
        pending = state.operations.pending_attributes(identity) if is_more_pending else ()
        remote = entity._remote
        if not remote and not pending and entity._live is None:  # as most of the entities that were created
            entity._local = None
            del state.changed[id(entity)]
            continue
        by_name, names = entity.attributes.by_name, sent.get(identity, ())
        kept = {}
        for name, value in (entity._local or {}).items():
            if name in pending:
                kept[name] = value
                continue
            if name in by_name and by_name[name].kind == "collection":
                value.settle()
            if remote and name in names:
                for face in entity._faces.get(name, (name,)):
                    remote.pop(face, None)
        entity._local = kept or None
        if not kept:
            del state.changed[id(entity)]
    return strangers


def _brought(state: SessionState, sent: _Names) -> Iterator[tuple[EntityState, str]]:
    """Yield the values that were sent, of entities that are still loaded."""
    for identity, names in sent.items():
        entity = state.identities.get(identity)
        if entity is not None:
            for name in names:
                for face in entity._faces.get(name, (name,)):
                    yield entity, face


def _rows(batch: list[Change], results: list[Any], *, deletes: bool) -> list[Any]:
    """Return the rows of an answer, each under the identity the client knows the entity by.

    What was changed before a deletion is left out: its row is of an entity that is gone.
    """
    rows: list[Any] = []
    ends = {change.identity: n for n, change in enumerate(batch) if change.action == "delete"} if deletes else {}
    for number, (change, result) in enumerate(zip(batch, results, strict=False)):
        if ends and number <= ends.get(change.identity, -1):
            continue
        data = result.get("data")
        if isinstance(data, EntityState):
            rows.append(data)
            continue
        row = data if isinstance(data, dict) else {}
        entity_type, key = change.identity
        if key.__class__ is str:
            row[change.names[0]] = key
        else:
            row.update(zip(change.names, key, strict=False))
        row[TYPE_KEY] = entity_type
        rows.append(row)
    return rows


def _revert(entity: EntityState) -> None:
    """Drop all local values of an entity; collections return to what the server said."""
    by_name = entity.attributes.by_name
    for name in entity._local or ():
        if name in by_name and by_name[name].kind == "collection":  # a plugin may have taken it away
            by_name[name].restore(entity)
    entity._local = None
