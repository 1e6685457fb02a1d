"""``ftrack events``: show the events of a site as they come, one JSON object a line, and publish one."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ftrack_api import exception
from ftrack_api._session.config import SessionConfig
from ftrack_api.event.base import Event
from ftrack_api.event.expression import Parser
from ftrack_api.event.hub import EventHub
from ftrack_protocol.event.expression import quoted

ANSWER_SECONDS = 30.0
INTERRUPTED = 130
EVERYTHING = "topic=* and not topic=ftrack.meta.*"
"""What is shown unless something else is asked for: not what a hub tells itself."""

# Events hold any JSON value, and subparsers have no public type: the Any below.


def add(commands: Any) -> None:
    """Add the command to those of a parser."""
    command: argparse.ArgumentParser = commands.add_parser(
        "events", help="watch and publish events", description="Watch the events of a site, or publish one."
    )
    tasks = command.add_subparsers(dest="task", required=True, metavar="TASK")
    watch = tasks.add_parser(
        "watch",
        help="show events as they come",
        description="Show events as they come, each as a JSON object on a line of its own, until Ctrl-C.",
    )
    watch.add_argument(
        "--topic",
        type=_text,
        action="append",
        default=[],
        help="show this topic, * for any characters; may be repeated",
    )
    watch.add_argument("--where", metavar="EXPRESSION", help="show what matches, such as 'source.user.username=kim'")
    watch.add_argument("--count", type=_positive(int), metavar="NUMBER", help="end after so many events")
    watch.add_argument("--seconds", type=_positive(float), metavar="NUMBER", help="end after so long")
    watch.add_argument(
        "--journal", type=Path, metavar="FILE", help="go on where the last watch with this file ended; misses no change"
    )
    watch.set_defaults(run=run_watch)
    publish = tasks.add_parser(
        "publish",
        help="publish an event",
        description="Publish an event; done once the server has taken it. Replies are shown as events are.",
    )
    publish.add_argument("topic", metavar="TOPIC", help="topic of the event")
    publish.add_argument("--data", metavar="JSON", type=_json, default={}, help="data of the event (default: {})")
    publish.add_argument("--target", metavar="EXPRESSION", default="", help="which subscribers it is for")
    publish.add_argument("--replies", type=_positive(int), metavar="NUMBER", default=None, help="wait for so many")
    publish.add_argument(
        "--seconds",
        type=_positive(float),
        metavar="NUMBER",
        help="wait for replies so long (default for --replies: 30)",
    )
    publish.set_defaults(run=run_publish)
    for task in (watch, publish):
        task.add_argument("--server", metavar="URL", help="address of the site (default: FTRACK_SERVER)")
        task.add_argument("--user", metavar="NAME", help="user name (default: FTRACK_API_USER)")


def run_watch(options: argparse.Namespace) -> int:
    """Show events until as many or as long as was asked for; return the exit status.

    Raises:
        ParseError: If what is to be shown is no expression.
        EventHubConnectionError: If the site cannot be reached or refuses the user.
        EventHubError: If the journal cannot be used.
    """
    hub = _hub(options, journal=options.journal)
    shown = _Shown(hub, options.count)
    hub.subscribe(_subscription(options.topic, options.where), shown.take)
    return _waited(hub, options.seconds)


def run_publish(options: argparse.Namespace) -> int:
    """Publish an event and show its replies; return the exit status, 1 when fewer came than were asked for.

    Raises:
        ParseError: If the target is no expression.
        EventHubConnectionError: If the site cannot be reached, or refuses the user or the event.
    """
    if options.target:
        Parser().parse(options.target)
    hub = _hub(options)
    shown = _Shown(hub, options.replies)
    seconds = options.seconds or (ANSWER_SECONDS if options.replies else None)
    hub.connect()
    event = Event(options.topic, data=options.data, target=options.target)
    hub.publish(event, on_reply=shown.take if seconds else None)
    hub.confirm()
    status = 0 if seconds is None else _waited(hub, seconds)
    if hub.connected:
        hub.disconnect()
    return status or int(shown.is_missing)


class _Shown:
    """Writes events, and ends the wait for them once there were enough.

    Args:
        hub: Whose wait it is.
        wanted: How many; None for no end.
    """

    def __init__(self, hub: EventHub, wanted: int | None) -> None:
        self._hub = hub
        self._wanted = wanted
        self._count = 0

    @property
    def is_missing(self) -> bool:
        """Whether fewer came than were wanted."""
        return self._wanted is not None and self._count < self._wanted

    def take(self, event: Event) -> None:
        """Write an event."""
        if self._wanted is not None and not self.is_missing:
            return  # it came before the wait was over
        self._count += 1
        sys.stdout.write(json.dumps(dict(event), ensure_ascii=False) + "\n")
        sys.stdout.flush()
        if self._wanted is not None and not self.is_missing:
            self._hub.disconnect()


class _CommandHub(EventHub):
    """A hub that knows what the server has said of what it published."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._answered = threading.Event()
        self._answer: Any = None

    def _on_published(self, event: Event, response: Any) -> None:  # noqa: ARG002 - overridden
        self._answer = response
        self._answered.set()

    def confirm(self) -> None:
        """Wait until the server has taken what was published.

        Raises:
            EventHubConnectionError: If it refuses it, or says nothing for half a minute.
        """
        if not self._answered.wait(ANSWER_SECONDS):
            raise exception.EventHubConnectionError(
                f"{self.get_server_url()} did not confirm the event within {ANSWER_SECONDS:g} s."
            )
        if isinstance(self._answer, Mapping) and not self._answer.get("success", True):
            raise exception.EventHubConnectionError(f"The event was refused: {self._answer.get('message')}")


def _subscription(topics: Sequence[str], where: str | None) -> str:
    wanted = " or ".join(f"topic={quoted(topic)}" for topic in topics) or EVERYTHING
    if where is None:
        return wanted
    Parser().parse(where)  # by itself, so that an error shows what the user wrote
    return f"({wanted}) and ({where})"


def _hub(options: argparse.Namespace, **more: Any) -> _CommandHub:
    config = SessionConfig.resolve(options.server, None, options.user, plugin_paths=[], schema_cache_path=False)
    return _CommandHub(
        config.server_url, config.api_user, config.api_key, headers=config.all_headers, cookies=config.cookies, **more
    )


def _waited(hub: EventHub, seconds: float | None) -> int:
    """Handle events until there are enough, the time is over or the user has enough; return the exit status."""
    end = None if seconds is None else time.monotonic() + seconds
    try:
        if not hub.connected:
            hub.connect()
        hub.wait(None if end is None else max(0.0, end - time.monotonic()))
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        if hub.connected:
            hub.disconnect()
    return 0


def _positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    def read(text: str) -> float:
        with contextlib.suppress(ValueError):
            number = kind(text)
            if 0 < number < math.inf:
                return number
        raise argparse.ArgumentTypeError(f"a number above 0 is needed, not {text!r}")

    return read


def _text(text: str) -> str:
    if not text:
        raise argparse.ArgumentTypeError("a text is needed, not ''")
    return text


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no JSON: {error}") from error
