"""A batch built by hand: the mapping that stands for one action."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

# Any below is whatever an action may hold.


class OperationPayload(MutableMapping[str, Any]):
    """An action of a batch as a mapping, for code that builds batches by hand; ``Session.call`` takes it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._data: dict[str, Any] = dict(*args, **kwargs)

    def __str__(self) -> str:
        return f"<{type(self).__name__} {self._data}>"

    def __getitem__(self, key: str) -> Any:
        return self._data[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._data[key] = value

    def __delitem__(self, key: str) -> None:
        del self._data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)
