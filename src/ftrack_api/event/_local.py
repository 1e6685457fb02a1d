"""What a hub does without a server: keeps subscribers, completes events, calls callbacks in order, finds replies."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ftrack_api import exception
from ftrack_api.event._replies import Replies
from ftrack_api.event._router import Router
from ftrack_api.event.base import Event, new_id
from ftrack_api.event.subscriber import Subscriber
from ftrack_protocol.event.expression import reply_target
from ftrack_protocol.event.names import REPLY

if TYPE_CHECKING:
    from ftrack_api.event.subscription import Subscription

_HOST = socket.gethostname()

# Results of callbacks and data of events are whatever publisher and subscriber agree on: the Any below.


class LocalHub:
    """Subscribing, and publishing within this process. Safe to use from several threads.

    Args:
        api_user: Name of the user, which becomes part of the source of events.

    Attributes:
        id: Identifier of the hub, and of whatever it publishes as its source.
        handler_errors: How many calls of subscribers have raised; each is logged, and counted in `Subscriber.errors`.
    """

    def __init__(self, api_user: str) -> None:
        self.logger: logging.Logger = logging.getLogger(f"{type(self).__module__}.{type(self).__name__}")
        self.id: str = new_id()
        self._api_user = api_user
        self._router = Router()
        self._replies = Replies()
        self._count_lock = threading.Lock()
        self.handler_errors: int = 0

    @property
    def _subscribers(self) -> list[Subscriber]:
        return self._router.all()

    def subscribe(
        self,
        subscription: str,
        callback: Callable[[Any], Any],
        subscriber: Mapping[str, Any] | None = None,
        priority: int = 100,
        *,
        single_run: str | bool = False,
    ) -> str:
        """Have a callback called for the events that match; works with or without a connection.

        Args:
            subscription: Expression over the keys of events, such as ``topic=ftrack.update``.
            callback: Called with the event, by `wait` or by a synchronous `publish`. What it returns, unless it is
                None, is sent to the publisher as a reply. `Event.stop` keeps the event from later subscribers.
            subscriber: What is known of the subscriber; events can be targeted at it. An ``id`` is made when missing.
            priority: Callbacks are called from low to high, and in the order of subscription where it is equal.
            single_run: Whether, of all processes of a user that subscribe so, only one is called for each event that
                comes from the server: the first to ask the server for it. They recognise each other by this name, or
                by the subscription for True. Against servers without leases each is called, which is logged.

        Returns:
            The identifier of the subscriber.

        Raises:
            ParseError: If the subscription is no expression.
            NotUniqueError: If there is a subscriber of that ``id``.
            TypeError: If the subscription is no text, the callback cannot be called, the subscriber is no mapping, or
                the priority no number.
        """
        added = self._add_subscriber(subscription, callback, subscriber, priority)
        added.single_run = str(added.subscription) if single_run is True else single_run or ""
        self._subscriber_added(added)
        return added.metadata["id"]  # type: ignore[no-any-return]  # as the subscriber has it

    def unsubscribe(self, subscriber_identifier: str) -> None:
        """End a subscription.

        Raises:
            NotFoundError: If there is no subscriber of that identifier.
        """
        self._subscriber_removed(self._router.remove(subscriber_identifier))

    def subscription(
        self,
        subscription: str,
        callback: Callable[[Any], Any],
        subscriber: Mapping[str, Any] | None = None,
        priority: int = 100,
    ) -> _SubscriptionContext:
        """Return a context manager that subscribes when it is entered and unsubscribes when it is left.

        Entering it gives None; arguments and errors are those of `subscribe`, and are looked at when it is entered.
        Leaving it is a `NotFoundError` where somebody else has ended the subscription.
        """
        return _SubscriptionContext(self, subscription, callback, subscriber, priority)

    def get_subscriber_by_identifier(self, identifier: str) -> Subscriber | None:
        """Return the subscriber of an identifier, or None."""
        return self._router.get(identifier)

    def wants(self, topic: str) -> bool:
        """Return whether some subscriber here could match an event of a topic; cheap, to ask before building data."""
        return self._router.wants(topic)

    def publish(
        self,
        event: Event,
        synchronous: bool = False,  # noqa: FBT001, FBT002 - the signature users know
        on_reply: Callable[[Any], Any] | None = None,
        on_error: str = "raise",
    ) -> Any:
        """Publish an event.

        Args:
            event: The event; its source is completed.
            synchronous: Whether to call the subscribers of this hub now, in this thread, and no others.
            on_reply: Called by `wait` with each reply, for up to an hour.
            on_error: ``raise``, or ``ignore`` to have failures logged at debug level and None returned.

        Returns:
            When synchronous, what the callbacks returned, in the order they were called, None included; one that
            raised is logged and left out. None when the target of the event cannot be understood.
            Otherwise None when the event was sent, and True when it waits for a connection.

        Raises:
            EventHubConnectionError: If the event is to be sent and the hub is not connected, nor about to be.
            TypeError: If the event is to be sent and holds something that cannot be.
        """
        try:
            return self._publish(self._prepare_event(event), synchronous, None, on_reply)  # by place: fast
        except Exception:
            if on_error != "ignore":
                raise
            self.logger.debug("An event could not be published: %s", event, exc_info=True)
            return None

    def publish_reply(self, source_event: Event, data: Any, source: Mapping[str, Any] | None = None) -> Any:
        """Send a reply to whoever published an event.

        Args:
            source_event: The event that is answered.
            data: The answer; any JSON value.
            source: Who answers; the hub when omitted.

        Raises:
            EventHubConnectionError: If the hub is not connected, nor about to be.
            TypeError: If the answer holds something that cannot be sent.
        """
        return self.publish(self._prepare_reply_event(Event(topic=REPLY, data=data), source_event, source))

    def _add_subscriber(
        self,
        subscription: Subscription | str,
        callback: Callable[[Any], Any],
        subscriber: Mapping[str, Any] | None = None,
        priority: int = 100,
    ) -> Subscriber:
        if not callable(callback):
            raise TypeError(f"callback must be a function of an event, not {type(callback).__name__}: {callback!r}.")
        if subscriber is not None and not isinstance(subscriber, Mapping):
            raise TypeError(f"subscriber must be a mapping such as {{'id': 'mine'}}, not {subscriber!r}.")
        if not isinstance(priority, int | float):
            raise TypeError(f"priority must be a number, not {type(priority).__name__}: {priority!r}.")
        metadata = dict(subscriber or {})
        if metadata.get("id") is None:
            metadata["id"] = new_id()
        added = Subscriber(subscription, callback, metadata, priority)
        self._router.add(added)
        return added

    def _subscriber_added(self, subscriber: Subscriber) -> None:
        """Note a new subscriber; for hubs with a server."""

    def _subscriber_removed(self, subscriber: Subscriber) -> None:
        """Note that a subscriber is gone; for hubs with a server."""

    def _prepare_event(self, event: Event) -> Event:
        """Return the event with what its source lacks: hub, user and host."""
        values = event._values if type(event) is Event else event  # noqa: SLF001 - as in the router
        source = values["source"]
        if type(source) is dict and "id" in source and "user" in source and "host" in source:
            return event
        if type(source) is dict or isinstance(source, Mapping):  # asking for a mapping takes ten times as long
            defaults = {"id": self.id, "user": {"username": self._api_user}, "host": _HOST}
            values["source"] = {**defaults, **source} if source else defaults
        return event

    def _prepare_reply_event(self, event: Event, source_event: Event, source: Mapping[str, Any] | None = None) -> Event:
        """Return the event addressed as a reply to another."""
        asker = source_event["source"]
        event["target"] = reply_target(asker if isinstance(asker, Mapping) else {})
        event["in_reply_to_event"] = source_event["id"]
        if source is not None:
            event["source"] = dict(source)
        return self._prepare_event(event)

    def _publish(
        self,
        event: Event,
        synchronous: bool = False,  # noqa: FBT001, FBT002 - kept for subclasses
        callback: Callable[[Any], Any] | None = None,
        on_reply: Callable[[Any], Any] | None = None,
    ) -> Any:
        """Publish a prepared event; ``callback`` is told what the server says of it, in place of `_on_published`."""
        if synchronous:
            return self._handle(event, True)
        return self._send(event, on_reply, callback)

    def _send(
        self,
        event: Event,  # noqa: ARG002 - for subclasses, as the others
        on_reply: Callable[[Any], Any] | None,  # noqa: ARG002
        callback: Callable[[Any], Any] | None,  # noqa: ARG002
    ) -> Any:
        """Send a prepared event to the server."""
        raise exception.EventHubConnectionError("There is no event server; publish with synchronous=True.")

    def _handle(self, event: Event, synchronous: bool = False) -> list[Any] | None:  # noqa: FBT001, FBT002 - kept
        """Call the callbacks of an event; return their results, or None when its target cannot be understood."""
        is_plain = type(event) is Event
        subscribers: Iterable[Subscriber] | None = None
        try:
            if is_plain:
                values = event._values  # noqa: SLF001 - as in the router
                topic = values.get("topic")
                if type(topic) is str and not values.get("target"):  # here, as a call would take a tenth of a dispatch
                    plan = self._router.plans.get(topic)
                    if plan is not None:
                        subscribers = plan.everyone
                        if subscribers is None:
                            subscribers = plan.decided(values)
            if subscribers is None:
                subscribers = self._router.matching(event)
        except exception.ParseError as error:
            self.logger.error("No subscriber was called, the target of the event makes no sense. %s", error)  # noqa: TRY400 - the place says all
            return None
        results = []
        for subscriber in subscribers:
            if not synchronous and subscriber.single_run and not self._may_run(subscriber, event):
                continue
            try:
                result = subscriber.callback(event)
            except Exception:
                self._count_error(subscriber)
                self.logger.exception("Error calling subscriber %s for event %s.", subscriber, event)
            else:
                if synchronous:
                    results.append(result)
                elif result is not None:
                    self._reply(event, result, subscriber)
            if event._stopped if is_plain else event.is_stopped():  # noqa: SLF001 - saves a call for each subscriber
                break
        return results

    def _may_run(self, subscriber: Subscriber, event: Event) -> bool:  # noqa: ARG002 - for hubs with a server
        """Return whether a single-run subscriber may be called for an event."""
        return True

    def _count_error(self, subscriber: Subscriber) -> None:
        with self._count_lock:
            subscriber.errors += 1
            self.handler_errors += 1

    def _reply(self, event: Event, result: Any, subscriber: Subscriber) -> None:
        try:
            self.publish_reply(event, result, source=subscriber.metadata)
        except Exception:
            self.logger.exception("Error replying to event %s for subscriber %s.", event, subscriber)

    def _handle_reply(self, event: Event) -> None:
        """Give a reply to whoever waits for it."""
        callback = self._replies.find(event["in_reply_to_event"])
        if callback is None:
            self.logger.debug("Nobody waits for the reply %s.", event)
            return
        callback(event)


class _SubscriptionContext:
    """Subscribes for the length of a block."""

    def __init__(
        self,
        hub: LocalHub,
        subscription: str,
        callback: Callable[[Any], Any],
        subscriber: Mapping[str, Any] | None,
        priority: int,
    ) -> None:
        self._hub = hub
        self._arguments = (subscription, callback, subscriber, priority)
        self._identifier: str | None = None

    def __enter__(self) -> None:
        self._identifier = self._hub.subscribe(*self._arguments)

    def __exit__(
        self,
        exception_type: type[BaseException] | None,
        exception_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._identifier is not None:
            self._hub.unsubscribe(self._identifier)
            self._identifier = None
