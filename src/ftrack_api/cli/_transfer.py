"""What commands that transfer files share: the session, the location, how far they are, and stopping them."""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from ftrack_api._query.parameters import literal
from ftrack_api.cli._bar import Bar
from ftrack_api.session import Session
from ftrack_api.symbol import SERVER_LOCATION_ID

# Any below is a location, or what a signal was handled by before.


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the options that all such commands have."""
    command.add_argument("--location", metavar="NAME", help="name or id of a location that a plugin configures")
    command.add_argument("--server", metavar="URL", help="address of the site (default: FTRACK_SERVER)")
    command.add_argument("--user", metavar="NAME", help="user name (default: FTRACK_API_USER)")


@contextlib.contextmanager
def transferring(options: argparse.Namespace) -> Iterator[tuple[Session, Bar]]:
    """Open a session whose transfers show how far they are, and stop when the user presses Ctrl-C.

    A commit that is under way is not interrupted by the first Ctrl-C; a second one ends the program at once.
    """
    bar, stop = Bar(sys.stderr), threading.Event()
    with (
        Session(options.server, None, options.user) as session,
        _stopping(stop),
        bar,
        session.transferring(progress=bar.show, cancel=stop),
    ):
        session.pick_location()  # configures the locations
        yield session, bar


def location_of(session: Session, text: str | None, *, default: str | None = SERVER_LOCATION_ID) -> Any:
    """Return the location of a name or an id; the default, ftrack.server, when there is no text.

    Raises:
        ValueError: If there is no such location, or nothing says how to reach it.
    """
    if text is None:
        return default and session.get("Location", default)
    place = session.query(f"Location where name is {literal(text)} or id is {literal(text)}").first()
    if place is None:
        raise ValueError(f"There is no location {text!r}; --location takes a name or an id, ftrack.server by default.")
    if not place.accessor:
        raise ValueError(
            f"Nothing says how to reach the location {place['name']}: a plugin has to give it an accessor and a "
            "structure. Name the folder of that plugin in FTRACK_EVENT_PLUGIN_PATH."
        )
    return place


@contextlib.contextmanager
def _stopping(stop: threading.Event) -> Iterator[None]:
    """Have Ctrl-C ask the transfers to stop; the second one interrupts, as ever."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: Any = signal.getsignal(signal.SIGINT)

    def ask(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
