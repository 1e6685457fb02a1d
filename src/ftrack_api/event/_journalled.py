"""The half of a hub that misses nothing: what the server's log has, in order and once, whatever the socket delivers.

With a journal, an update that arrives by the socket is only the bell: what is handled comes from the log, from the
position that the journal has. So it makes no difference whether the socket was there, and nothing comes twice.
"""

from __future__ import annotations

import functools
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ftrack_api import event as event_package
from ftrack_api import exception
from ftrack_api.event._remote import CONNECTION_LOST, RemoteHub
from ftrack_api.event.base import Event
from ftrack_protocol.event.names import CONNECTED, DISCONNECTED, UPDATE

if TYPE_CHECKING:
    from ftrack_api.event._catch_up import CatchUp, LogPage
    from ftrack_api.event._journal import Journal
    from ftrack_api.event._workers import Workers
    from ftrack_api.event.subscriber import Subscriber

EVENTS_LOST = "ftrack.meta.events-lost"
"""Topic of the local event that tells of events which the server has dropped before this hub could read them."""

SEEN_EVENTS = 10_000
TABLE_SECONDS = 5.0
"""How often the position is brought up to date on servers without a log."""

_INLINE = frozenset({CONNECTED, CONNECTION_LOST, DISCONNECTED})


class JournalledHub(RemoteHub):
    """A hub whose events may come by way of the server's log, and be handled by several threads; see `_keep_up`."""

    _worker_count = 0
    _workers: Workers | None = None
    _journal: Journal | None = None
    _read_to: int | None = None
    _behind = False
    _table_checked = 0.0
    _questions: CatchUp | None = None

    def _keep_up(self, journal: str | os.PathLike[str] | None, workers: int) -> None:
        """Say once, while the hub is made, what keeps its place and how many threads handle events.

        Raises:
            ValueError: If the number of threads is negative, or none.
            EventHubError: If the journal cannot be read, or is none.
        """
        if isinstance(workers, bool) or not isinstance(workers, int) or workers < 0:
            raise ValueError(f"workers is a number of threads, 0 for none, not {workers!r}.")
        self._worker_count = workers
        self._workers_lock = threading.Lock()
        self._seen: OrderedDict[str, None] = OrderedDict()
        if journal is not None:
            self._journal = event_package._journal.Journal(journal)  # noqa: SLF001 - loaded when first needed
            self._read_to = self._journal.position

    def _open_connection(self) -> None:
        """Make a connection; a new journal begins where the log ends before the server knows of any subscriber.

        Of several hubs with one journal only one connects; when it goes, another takes over.
        """
        journal = self._journal
        if journal is not None:
            try:
                journal.take()
            except exception.EventHubError as error:
                raise exception.EventHubConnectionError(str(error)) from error
            if self._read_to is None or (journal.position is not None and journal.position > self._read_to):
                self._read_to = journal.position
            if self._read_to is None:
                self._read_to = self._server_questions().after(None).position
                journal.skip_to(self._read_to)
        if self._questions is not None:
            self._questions.renew()
        super()._open_connection()

    def _let_go(self) -> None:
        """Free what only a connected hub needs: the journal, and connections for questions."""
        if self._journal is not None:
            self._journal.release()
        questions, self._questions = self._questions, None
        if questions is not None:
            questions.close()

    def _take(self, event: Any) -> None:
        """Deal with something that arrived, in the thread that waits."""
        if not isinstance(event, Event):
            self._dispatch(event)
        elif event["topic"] == UPDATE:
            if self._journal is not None:
                self._hear(event)
            elif event["id"] not in self._seen:  # after a crash a server sends again what it may not have sent
                self._remember(event)
                self._dispatch(event)
        else:
            self._dispatch(event)
            if event["topic"] == CONNECTED and self._journal is not None:
                self._hear(None)

    def _retry_log(self) -> None:
        """Ask for the log again, if it could not be read."""
        if self._behind:
            self._hear(None)

    def _hear(self, bell: Event | None) -> None:
        """Handle what the log has, and the event itself only if it is not in the log."""
        if bell is not None and bell["id"] in self._seen:
            return
        try:
            logged = self._read_log("" if bell is None else bell["id"])
        except exception.EventHubConnectionError as error:
            if not self._behind:
                self.logger.warning("The event log will be read later: %s", error)
            self._behind = True
            return
        self._behind = False
        if bell is not None and not logged:
            self._remember(bell)
            self._dispatch(bell)

    def _read_log(self, event_id: str) -> bool:
        """Handle what is behind the position read so far; return whether an event is in the log.

        Raises:
            EventHubConnectionError: If the log cannot be read.
        """
        log, journal = self._server_questions(), self._journal
        if journal is None:
            return False
        if event_id and self._is_table_fresh():
            return False
        page = log.after(self._read_to, event_id)
        logged = bool(page.has_event)
        self._table_checked = 0.0 if page.has_event is not None or not event_id else time.monotonic()
        while True:
            self._check_bounds(page)
            for position, event in page.events:
                if self._intentional_disconnect:
                    return logged  # by the handler of an earlier one: the others are for the next connection
                if event["id"] not in self._seen:
                    self._remember(event)
                    journal.begin(position)
                    self._dispatch(event, functools.partial(journal.finish, position))
            self._read_to = page.position
            journal.skip_to(page.position)
            if page.position >= page.newest:
                return logged
            page = log.after(self._read_to)

    def _is_table_fresh(self) -> bool:
        return bool(self._table_checked) and time.monotonic() - self._table_checked < TABLE_SECONDS

    def _check_bounds(self, page: LogPage) -> None:
        """Tell of events that the server does not have any more, or that it never had."""
        position = self._read_to
        if position is None:
            return
        if page.newest < position:
            self.logger.error(
                "The journal is at %d, the server's log ends at %d: going on there.", position, page.newest
            )
            self._read_to = page.newest
        elif page.oldest > position + 1 and position < page.newest:
            lost = {"after": position, "before": page.oldest}
            self.logger.error("The server has dropped events after %(after)d and before %(before)d.", lost)
            self._dispatch(self._prepare_event(Event(EVENTS_LOST, data=lost)))

    def _remember(self, event: Event) -> None:
        self._seen[event["id"]] = None
        if len(self._seen) > SEEN_EVENTS:
            self._seen.popitem(last=False)

    def _dispatch(self, event: Any, done: Callable[[], None] | None = None) -> None:
        """Have an event handled: here, or by a worker after the earlier ones that name the same entities."""
        if not self._worker_count or not isinstance(event, Event) or event["topic"] in _INLINE:
            if self._workers is not None and isinstance(event, Event) and event["topic"] == DISCONNECTED:
                self._end_workers()
            self._handle_safely(event, done)
            return
        with self._workers_lock:
            if self._workers is None:
                self._workers = event_package._workers.Workers(self._worker_count)  # noqa: SLF001 - as above
            workers = self._workers
        keys = event_package._subjects.order_keys(event)  # noqa: SLF001 - as above
        workers.submit(keys, functools.partial(self._handle_safely, event, done))

    def _end_workers(self) -> None:
        with self._workers_lock:
            workers, self._workers = self._workers, None
        if workers is not None:
            workers.close()

    def _handle_safely(self, event: Any, done: Callable[[], None] | None) -> None:
        try:
            self._handle(event)
        except Exception:
            self.logger.exception("Event %s could not be handled.", event)
        if done is not None:
            done()

    def _may_run(self, subscriber: Subscriber, event: Event) -> bool:
        """Return whether a single-run subscriber may have an event; in doubt it may, so that nothing is left undone."""
        holder = self.id if self._journal is None else self._journal.holder
        try:
            return self._server_questions().claim(subscriber.single_run, event["id"], holder)
        except exception.EventHubConnectionError as error:
            self.logger.warning("Subscriber %s runs, though others may too. %s", subscriber, error)
            return True

    def _server_questions(self) -> CatchUp:
        with self._workers_lock:  # they ask too
            if self._questions is None:
                self._questions = event_package._catch_up.CatchUp(self._server)  # noqa: SLF001 - loaded when first needed
            return self._questions
