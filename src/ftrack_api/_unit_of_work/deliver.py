"""A batch to the server and, when the answer is lost, the question whether it arrived.

A batch is applied whole or not at all, and the ids of what it creates are made here: one of them found on the server
proves that all of the batch took effect (client: D2).
"""
# ruff: noqa: SLF001 - the modules of the engine share the slots of entities and the inside of sessions

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from ftrack_api import _query, exception

if TYPE_CHECKING:
    from ftrack_api._unit_of_work.changes import Change
    from ftrack_api.typing import Action, SessionProtocol

_logger = logging.getLogger(__name__)

# Any below is a result of the server.


def deliver(session: SessionProtocol, batch: list[Change], actions: list[Action]) -> list[Any]:
    """Return the results of a batch, one for each action; empty ones when the answer was lost and the batch was not.

    Args:
        session: Session to send through.
        batch: The changes.
        actions: The same as they travel.

    Raises:
        NetworkError: If there is no answer, and nothing in the batch tells whether it arrived.
        ServerError: If the server refuses the batch.

    Cost: one request; after a lost answer one to find out, and one more when the batch has to be sent again.
    """
    try:
        return session._send(actions)
    except exception.NetworkError as lost:
        witness = _witness(batch)
        if witness is None:
            raise
        _logger.warning("The answer to a commit was lost; asking whether it arrived. %s", lost)
        if _arrived(session, witness, lost):
            return [{} for _ in actions]
        try:
            return session._send(actions)
        except exception.DuplicateEntry:
            # The first request was still on its way when we asked.
            if not _arrived(session, witness, lost):
                raise
            return [{} for _ in actions]


def _witness(batch: list[Change]) -> Change | None:
    """Return a creation under an id that nothing can have had before, or None: what is created anew had it."""
    deleted = {change.identity for change in batch if change.action == "delete"}
    created = (change for change in batch if change.action == "create" and list(change.key) == ["id"])
    return next((change for change in created if change.identity not in deleted), None)


def _arrived(session: SessionProtocol, witness: Change, lost: exception.NetworkError) -> bool:
    """Return whether the server has what a batch creates.

    Raises:
        NetworkError: The one given, if the server cannot be asked.
    """
    entity_type, key = witness.identity
    criterion = next(_query.populate.criteria(list(witness.key), [key]))
    question = {"action": "query", "expression": f"select id from {entity_type} where {criterion}"}
    try:
        return bool(session._send([question])[0].get("data"))
    except exception.NetworkError as error:
        _logger.debug("The server cannot be asked either. %s", error)
        raise lost from None
