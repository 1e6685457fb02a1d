"""A batch to the server and, when the answer is lost, the question whether it arrived.

A batch is applied whole or not at all, and the ids of what it creates are made here: one of them found on the server
proves that all of the batch took effect (client: D2). Of a batch that only deletes there is nothing left to do once all
is gone, whoever did it.
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ftrack_api import _query, exception
from ftrack_protocol.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftrack_api._unit_of_work.changes import Change
    from ftrack_api.typing import Action, SessionProtocol

_logger = logging.getLogger(__name__)

# Any below is a result of the server.


class Proof(Record):
    """What tells whether a batch arrived.

    Attributes:
        questions: Queries for entities of the batch.
        found: Whether it arrived when one of them is found; else, when none is.
    """

    questions: list[Action]
    found: bool


def deliver(session: SessionProtocol, batch: list[Change], actions: list[Action]) -> list[Any]:
    """Return the results of a batch, one for each action; empty ones when the answer was lost and the batch was not.

    Args:
        session: Session to send through.
        batch: The changes.
        actions: The same as they travel.

    Raises:
        NetworkError: If there is no answer, and it is not known whether the batch arrived.
        ServerError: If the server refuses the batch.

    Cost: one request; after a lost answer one to find out, and one more when the batch has to be sent again.
    """
    try:
        return session._send(actions)
    except exception.NetworkError as lost:
        proof = proof_of(batch)
        if proof is None:
            raise
        _logger.warning("The answer to a commit was lost; asking whether it arrived. %s", lost)
        if _has_arrived(session, proof, lost):
            return [{} for _ in actions]
        try:
            return session._send(actions)
        except (exception.DuplicateEntry, exception.NotFound):
            # The first request was still on its way when we asked.
            if not _has_arrived(session, proof, lost):
                raise
            return [{} for _ in actions]


def proof_of(batch: list[Change]) -> Proof | None:
    """Return what tells whether a batch arrived, or None when nothing does."""
    deleted = {change.identity for change in batch if change.action == "delete"}
    with_ids = [change for change in batch if list(change.key) == ["id"]]
    # A creation under an id that nothing can have had before: what is created anew had it.
    witness = (change for change in with_ids if change.action == "create" and change.identity not in deleted)
    for change in witness:
        return Proof(list(_questions([change])), found=True)
    if len(with_ids) == len(batch) and all(change.action == "delete" for change in batch):
        return Proof(list(_questions(with_ids)), found=False)
    return None


def has_arrived(session: SessionProtocol, proof: Proof) -> bool:
    """Return whether the server has done what a batch asked for.

    Raises:
        NetworkError: If the server cannot be asked.

    Cost: one request.
    """
    return any(answer.get("data") for answer in session._send(proof.questions)) is proof.found


def _questions(changes: Iterable[Change]) -> Iterable[Action]:
    keys: dict[str, list[Any]] = {}
    for change in changes:
        entity_type, key = change.identity
        keys.setdefault(entity_type, []).append(key)
    for entity_type, of_type in keys.items():
        for criterion in _query.populate.criteria(["id"], of_type):
            yield {"action": "query", "expression": f"select id from {entity_type} where {criterion}"}


def _has_arrived(session: SessionProtocol, proof: Proof, lost: exception.NetworkError) -> bool:
    """Return what `has_arrived` does.

    Raises:
        NetworkError: The one given, if the server cannot be asked.
    """
    try:
        return has_arrived(session, proof)
    except exception.NetworkError as error:
        _logger.debug("The server cannot be asked either. %s", error)
        raise lost from None
