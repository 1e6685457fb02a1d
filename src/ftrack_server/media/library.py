"""Which component has which stored object: the one place where a file begins to exist, is replaced and ends.

The rows of the database decide. Bytes are stored first and named by a row then, so a row never names bytes that are not
there; bytes that no row names are removed by `collect`.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ftrack_server.media.store import DirectStore, Upload, object_of, row_of
from ftrack_server.storage import media, records

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ftrack_server.media.store import Content, ReceivingStore, StoredObject
    from ftrack_server.storage.engine import Database

SERVER_LOCATION = "3a372bde-05bc-11e4-8908-20c9d081909b"

logger = logging.getLogger(__name__)


class Library:
    """The files of components.

    Attributes:
        store: Where the bytes are.
        direct: The same, where clients talk to it themselves; else None.
        receiving: The same, where bytes go through this server; else None.
    """

    def __init__(self, database: Database, store: ReceivingStore | DirectStore, now: Callable[[], float]) -> None:
        self._database = database
        self._objects = database.metadata.tables[media.OBJECTS]
        self._uploads = database.metadata.tables[media.UPLOADS]
        self._now = now
        self.store = store
        # Looked at once, since a look at a protocol costs as much as a query.
        self.direct: DirectStore | None = store if isinstance(store, DirectStore) else None
        self.receiving: ReceivingStore | None = None if isinstance(store, DirectStore) else store

    def now(self) -> int:
        """Return the time in whole seconds since 1970."""
        return int(self._now())

    def begin(self, connection: Any, upload: Upload) -> list[StoredObject]:
        """Note an upload within a transaction: one statement.

        What an earlier upload has brought to a store that clients talk to is noted first, so that the new one replaces
        it whenever it is looked at: that takes two statements more, and a question for each that waits.

        Returns:
            As `record`.
        """
        component_ids = [upload.component_id]
        replaced = self._adopt(connection, component_ids) if self.direct is not None else []
        records.insert(connection, self._uploads, [asdict(upload)])
        return replaced

    def upload(self, upload_id: str, connection: Any = None) -> Upload | None:
        """Return an upload that was begun: one statement."""
        if connection is None:
            with self._database.read() as reading:
                return self.upload(upload_id, reading)
        row = records.fetch(connection, self._uploads, [(upload_id,)])
        return Upload(**row[upload_id,]) if row else None

    def complete(self, upload: Upload, content: Content) -> None:
        """Make what was received the file of its component, in a transaction of its own; may be repeated."""
        with self._database.write() as connection:
            replaced = self.record(connection, upload, content)
        self.discard(replaced)

    def record(self, connection: Any, upload: Upload, content: Content) -> list[StoredObject]:
        """Make what was received the file of its component, within a transaction: three statements.

        Returns:
            The objects that were the file before; to be discarded once the transaction is committed.
        """
        before = self._rows(connection, [upload.component_id])
        now = self.now()
        records.upsert(connection, self._objects, [row_of(upload, content, now)])
        records.update(connection, self._uploads, [((upload.id,), {"completed_at": now})])
        return [stored for stored in before if stored.object_id != upload.id]

    def find(self, component_id: str) -> StoredObject | None:
        """Return the file of a component, None when it has none.

        Cost: two statements; for a file that a client has sent to the store itself, once, what `holds` costs.
        """
        with self._database.read() as connection:
            stored = self._rows(connection, [component_id])
            pending = self._pending(connection, [component_id], stored)
        if any(self._arrived(upload) for upload in pending):
            with self._database.write() as connection:
                replaced = self._adopt(connection, [component_id])
                stored = self._rows(connection, [component_id])
            self.discard(replaced)
        return stored[0] if stored else None

    def holds(self, connection: Any, component_ids: Sequence[str]) -> set[str]:
        """Return which components have a file, as a writing transaction sees it.

        Nobody tells of a file that a client has sent to the store itself: it is looked for here, and noted.

        Cost: two statements, and a question to the store for each component without a file.
        """
        known = {stored.component_id for stored in self._rows(connection, component_ids)}
        missing = [component_id for component_id in component_ids if component_id not in known]
        if missing:
            self._adopt(connection, missing)
            known |= {stored.component_id for stored in self._rows(connection, missing)}
        return known

    def remove(self, component_id: str) -> bool:
        """Remove the file of a component and what is being sent for it; return whether there was one."""
        with self._database.write() as connection:
            stored, uploads = self._forget(connection, [component_id])
        self.discard(stored, uploads)
        return bool(stored)

    def release(self, component_ids: Sequence[str]) -> None:
        """Remove the files of those components that the server's location does not hold any more."""
        with self._database.write() as connection:
            held = media.claimed(connection, self._database.metadata, SERVER_LOCATION, list(component_ids))
            stored, uploads = self._forget(connection, [item for item in component_ids if item not in held])
        self.discard(stored, uploads)

    def collect(self, older_than: int) -> int:
        """Remove what nobody has claimed for some seconds: uploads, files without a location, bytes without a row.

        Rows go first, then bytes: a crash in between leaves bytes without a row for the next time.

        Returns:
            How many uploads and objects were removed.
        """
        before = self.now() - older_than
        metadata = self._database.metadata
        with self._database.write() as connection:
            uploads = [Upload(**row) for row in media.old_uploads(connection, metadata, before)]
            rows = media.unclaimed_objects(connection, metadata, SERVER_LOCATION, before)
            records.delete(connection, self._objects, [(row["component_id"],) for row in rows])
            records.delete(connection, self._uploads, [(upload.id,) for upload in uploads])
        abandoned = [upload for upload in uploads if upload.completed_at is None]
        self.discard([object_of(row) for row in rows], abandoned)
        strays = self._strays(before)
        for object_id, component_id in strays:
            self.store.discard(object_id, component_id)
        count = len(rows) + len(abandoned) + len(strays)
        if count:
            logger.info("Removed %d files and uploads that nothing refers to", count)
        return count

    def named(self, object_ids: Sequence[str]) -> set[str]:
        """Return which objects, or uploads that may become some, a row names."""
        with self._database.read() as connection:
            objects = records.fetch_where(connection, self._objects, "object_id", object_ids, ["object_id"])
            uploads = records.fetch_where(connection, self._uploads, "id", object_ids, ["id"])
        return {row["object_id"] for row in objects} | {row["id"] for row in uploads}

    def _strays(self, before: int) -> list[tuple[str, str]]:
        """Return the objects of the store that no row names."""
        old = list(self.store.object_ids(before))
        named = self.named([object_id for object_id, _ in old])
        return [item for item in old if item[0] not in named]

    def _forget(self, connection: Any, component_ids: Sequence[str]) -> tuple[list[StoredObject], list[Upload]]:
        """Remove the rows of components: four statements."""
        stored = self._rows(connection, component_ids)
        uploads = self._uploads_of(connection, component_ids)
        records.delete(connection, self._objects, [(item.component_id,) for item in stored])
        records.delete(connection, self._uploads, [(upload.id,) for upload in uploads])
        return stored, uploads

    def discard(self, objects: Sequence[StoredObject], uploads: Sequence[Upload] = ()) -> None:
        """Remove bytes that no row names any more."""
        for stored in objects:
            self.store.discard(stored.object_id, stored.component_id)
        for upload in uploads:
            self.store.discard(upload.id, upload.component_id, upload.reference)

    def _adopt(self, connection: Any, component_ids: Sequence[str]) -> list[StoredObject]:
        """Note what has arrived for components; return what it replaces."""
        replaced = []
        for upload in self._pending(connection, component_ids, self._rows(connection, component_ids)):
            content = self._arrived(upload)
            if content is not None:
                replaced += self.record(connection, upload, content)
        return replaced

    def _arrived(self, upload: Upload) -> Content | None:
        """Return what has arrived in one piece, None while nothing did or it has another size than announced."""
        content = self.store.find(upload)
        return content if content is not None and upload.size in {None, content.size} else None

    def _pending(self, connection: Any, component_ids: Sequence[str], stored: Sequence[StoredObject]) -> list[Upload]:
        """Return the uploads in one piece announced after the files there are, and not noted as complete."""
        if self.direct is None:
            return []
        uploads = self._uploads_of(connection, component_ids)
        started = {item.id: item.started_at for item in uploads}
        since = {item.component_id: started.get(item.object_id, item.stored_at) for item in stored}
        waiting = [item for item in uploads if item.completed_at is None and item.parts == 0]
        newer = [item for item in waiting if item.started_at >= since.get(item.component_id, 0)]
        return sorted(newer, key=lambda item: item.started_at)

    def _rows(self, connection: Any, component_ids: Sequence[str]) -> list[StoredObject]:
        return [object_of(row) for row in records.fetch_where(connection, self._objects, "component_id", component_ids)]

    def _uploads_of(self, connection: Any, component_ids: Sequence[str]) -> list[Upload]:
        found = records.fetch_where(connection, self._uploads, "component_id", component_ids)
        return [Upload(**row) for row in found]
