"""The event: a mapping with fixed keys that callbacks can stop on its way."""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Iterator, MutableMapping
from typing import Any

from ftrack_api import event as event_package

_VERSION_4 = 0x4 << 76 | 0x8 << 60
_RANDOM_BITS = (1 << 128) - 1 ^ (0xF << 76 | 0x3 << 62)

# Ids have to be unique, not secret: this takes a tenth of the time of uuid4(). A generator of our own, as programs seed
# the shared one; a forked process starts anew, or it would repeat the ids of its parent.
_ids = random.Random()  # noqa: S311 - as said above
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_ids.seed)

_making = threading.Lock()
_UNMADE = object()  # in place of an identifier that nobody has looked at


class Event(MutableMapping[str, Any]):
    """Something that happened, or is to happen, told to all subscribers whose subscription matches.

    Its keys are ``id``, ``data``, ``topic``, ``sent``, ``source``, ``target`` and ``in_reply_to_event``.

    Args:
        topic: What kind of event it is, as dotted text.
        id: Identifier; a new one when not given.
        data: Any JSON value; an empty mapping when None.
        sent: Time of sending, as the server notes it.
        source: Who published it: a mapping with ``id``, ``user``, ``host`` and more; completed by the hub.
        target: Expression over the metadata of subscribers: only those it matches get the event, all when empty.
        in_reply_to_event: Id of the event this one answers.
    """

    _stopped = False

    def __init__(
        self,
        topic: str,
        id: str | None = None,  # noqa: A002 - a key of events
        data: Any = None,  # any JSON value
        sent: Any = None,  # as the server has it: a number or text
        source: Any = None,  # a mapping; some programs send text
        target: str = "",
        in_reply_to_event: str | None = None,
    ) -> None:
        self._stopped = False  # of its own: a dispatch finds that faster than the one of the class
        self._values: dict[str, Any] = {
            "id": id or _UNMADE,
            "data": {} if data is None else data,
            "topic": topic,
            "sent": sent,
            "source": {} if source is None else source,
            "target": target,
            "in_reply_to_event": in_reply_to_event,
        }

    def stop(self) -> None:
        """Keep the event from the subscribers that come after the one being called, by priority and age."""
        self._stopped = True

    def is_stopped(self) -> bool:
        """Return whether the event was stopped."""
        return self._stopped

    @property
    def _data(self) -> dict[str, Any]:
        """The values by key. An identifier is made when it is first looked at: most events never leave the process."""
        values = self._values
        if values.get("id") is _UNMADE:
            with _making:
                if values.get("id") is _UNMADE:
                    values["id"] = new_id()
        return values

    @_data.setter
    def _data(self, values: dict[str, Any]) -> None:
        self._values = values

    def __getstate__(self) -> dict[str, Any]:
        """Return what copies and pickles hold, the identifier made: a copy has the same."""
        return {**self.__dict__, "_values": self._data}

    def entities(self, session: Any) -> list[Any]:
        """Return the entities an event names: those of an ``ftrack.update``, or the selection of an action.

        Names of the backend, such as ``task`` for every item of the tree, are understood. Entities that the update
        says are removed, that do not exist any more, or whose type the server does not have, are left out.

        Args:
            session: The session to load them with; the entities are its own.

        Returns:
            The entities in the order in which the event names them, each once.

        Raises:
            ServerError: If the server refuses the query.

        Cost: one request for each type, up to 500 entities at a time.
        """
        return event_package._subjects.entities(self, session)  # noqa: SLF001 - loaded when first needed

    def __str__(self) -> str:
        return f"<{type(self).__name__} {self._data}>"

    def __repr__(self) -> str:
        return str(self)

    def get(self, key: str, default: Any = None) -> Any:
        """Return a value, or the default where there is none."""
        value = self._values.get(key, default)
        return self._data[key] if value is _UNMADE else value

    def __getitem__(self, key: str) -> Any:
        value = self._values[key]
        return self._data[key] if value is _UNMADE else value

    def __setitem__(self, key: str, value: Any) -> None:
        self._values[key] = value

    def __delitem__(self, key: str) -> None:
        del self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


def new_id() -> str:
    """Return the 32 digits of a random UUID."""
    return f"{_ids.getrandbits(128) & _RANDOM_BITS | _VERSION_4:032x}"
