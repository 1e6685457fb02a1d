"""The shapes of replies, for those who check types; nothing here exists at run time."""

from __future__ import annotations

from typing import Any, TypeAlias, TypedDict

EntityData: TypeAlias = dict[str, Any]
"""An entity on the wire: ``__entity_type__``, its key and attributes, nested entities among them."""


class NextPage(TypedDict):
    """Where a query goes on; ``offset`` is None at the end."""

    offset: int | None


class QueryMetadata(TypedDict):
    """What a query says about its answer."""

    next: NextPage


class QueryData(TypedDict):
    """The entities a query found, and where it goes on."""

    data: list[EntityData]
    metadata: QueryMetadata


class QueryReply(QueryData):
    """The answer to ``query`` and ``search``."""

    action: str


class FaultReply(TypedDict, total=False):
    """What stands in place of all answers when a batch fails; ``error`` only where there is more to say."""

    exception: str
    content: str
    error_code: str | None
    error: dict[str, Any]
