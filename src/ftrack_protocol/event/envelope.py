"""Events on the wire: which keys they have, what is completed and how replies find their way (protocol: 7.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ftrack_protocol.event.names import REPLY
from ftrack_protocol.excerpt import described


class EnvelopeError(ValueError):
    """Something that is no event: which key is wrong and what was found."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event.

    Attributes:
        id: Identifier, unique among events.
        topic: What it is about.
        data: Any JSON value.
        target: Expression over subscriber metadata, empty for everybody.
        sent: When it was sent, as the sender wrote it, or None.
        source: Who sent it: a mapping with ``id``, ``user``, ``host`` and the like.
        in_reply_to: Identifier of the event this one answers, or None.
    """

    id: str
    topic: str
    data: Any = field(default_factory=dict)
    target: str = ""
    sent: Any = None
    source: Mapping[str, Any] = field(default_factory=dict)
    in_reply_to: str | None = None

    @classmethod
    def from_wire(cls, payload: Any) -> Envelope:
        """Return the event of a decoded payload; keys that no event has are dropped.

        Raises:
            EnvelopeError: If it is no object, has no topic, or a key of the wrong type.
        """
        if not isinstance(payload, Mapping):
            raise EnvelopeError(f"An event is an object, got {described(payload)}.")
        topic, identifier = payload.get("topic"), payload.get("id")
        if not isinstance(topic, str) or not topic:
            raise EnvelopeError(f'An event needs a "topic" as text, got {described(topic)}.')
        if not isinstance(identifier, str) or not identifier:
            raise EnvelopeError(f'An event needs an "id" as text, got {described(identifier)}.')
        target = payload.get("target") or ""
        if not isinstance(target, str):
            raise EnvelopeError(f'"target" of an event is an expression as text, got {described(target)}.')
        reply = payload.get("inReplyToEvent")
        source = payload.get("source")
        return cls(
            identifier,
            topic,
            payload.get("data"),
            target,
            payload.get("sent"),
            source if isinstance(source, Mapping) else {} if source is None else {"user": source},
            reply if isinstance(reply, str) else None,
        )

    def to_wire(self) -> dict[str, Any]:
        """Return the payload, every key present."""
        return {
            "id": self.id,
            "topic": self.topic,
            "data": self.data,
            "target": self.target,
            "sent": self.sent,
            "source": dict(self.source),
            "inReplyToEvent": self.in_reply_to,
        }

    def with_source(self, user_id: str, username: str) -> Envelope:
        """Return the event with the authenticated user filled in where the sender left it out.

        A user other than the authenticated one is replaced, since a source is what handlers trust; not in replies,
        whose source is what the answering subscriber says of itself (protocol: 7.6).
        """
        claimed = self.source.get("user")
        user = dict(claimed) if isinstance(claimed, Mapping) else {}
        is_other = user.get("username") not in (None, username) or user.get("id") not in (None, user_id)
        if is_other and self.topic == REPLY:
            return self
        known = {} if is_other else user
        return replace(self, source={**self.source, "user": {**known, "id": user_id, "username": username}})
