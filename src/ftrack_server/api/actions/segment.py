"""A run of creates, updates and deletes, written together (data_model: 6.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ftrack_server.api.actions.answer import answer
from ftrack_server.api.actions.attach import assign, attach
from ftrack_server.api.actions.authorise import authorise
from ftrack_server.api.actions.check import check
from ftrack_server.api.actions.collect import collect
from ftrack_server.api.actions.complete import complete
from ftrack_server.api.actions.contents import tell_collections
from ftrack_server.api.actions.write import write

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftrack_server.api.actions.collect import Mutation
    from ftrack_server.api.actions.work import Work


def run_segment(work: Work, operations: Iterable[tuple[int, Mutation]]) -> dict[int, dict[str, Any]]:
    """Carry out operations that nothing reads in between, and return their replies by position.

    The order within the segment matters where a person would expect it to: the last value of an attribute counts, a
    row that is created and then deleted never was. Otherwise rows may refer to each other in any order.

    Raises:
        ServerError: With the position of the operation at fault; the caller rolls everything back.
    """
    outcomes, listings = collect(work, operations)
    members = attach(work, listings)
    complete(work)
    assign(work, listings)
    complete(work)
    authorise(work)
    check(work)
    write(work)
    tell_collections(work, outcomes, listings, members)
    return {index: answer(work.model, outcome) for index, outcome in outcomes.items()}
