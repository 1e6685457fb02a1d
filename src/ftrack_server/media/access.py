"""Who may read, send and remove the file of a component: by a signed address, or by user and key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ftrack_server import errors
from ftrack_server.media.files import UPLOAD_PATH
from ftrack_server.media.signing import SIGNATURE
from ftrack_server.media.store import Content
from ftrack_server.query.visible import sees_component
from ftrack_server.storage import records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ftrack_server.api.edition import Editions
    from ftrack_server.auth.keys import Actor, Authenticator
    from ftrack_server.media.files import Files
    from ftrack_server.media.store import Part, ReceivingStore, StoredObject, Upload
    from ftrack_server.storage.engine import Database


class FileAccess:
    """Turns what a request names into files, or refuses it."""

    def __init__(self, files: Files, authenticator: Authenticator, database: Database, editions: Editions) -> None:
        self._files = files
        self._library = files.library
        self._authenticator = authenticator
        self._database = database
        self._editions = editions

    def readable(self, method: str, path: str, asked: Mapping[str, str]) -> StoredObject:
        """Return the file that a request names by the id of its component.

        Raises:
            PermissionDeniedError: If the signature of the address is wrong or its time is over.
            InvalidCredentialsError: If there is neither a signature nor a user with a key.
            NotFoundError: If there is no such file, or the user does not see the component.
        """
        component_id = asked.get("id", "")
        if SIGNATURE in asked:
            self._files.signer.verify(method, path, asked)
            return self._stored(component_id)
        actor = self._authenticator.verify(asked.get("username", ""), asked.get("apiKey", ""))
        stored = self._stored(component_id)
        if not self._sees(actor, component_id, stored.user_id):
            raise _nothing(component_id)
        return stored

    def remove(self, asked: Mapping[str, str]) -> None:
        """Remove a file that the user has sent, or may delete.

        Raises:
            InvalidCredentialsError: If there is no user with a key.
            NotFoundError: If there is no such file, or the user does not see the component.
            PermissionDeniedError: If the user may not remove it.
        """
        actor = self._authenticator.verify(asked.get("username", ""), asked.get("apiKey", ""))
        component_id = asked.get("id", "")
        stored = self._stored(component_id)
        if not self._sees(actor, component_id, stored.user_id):
            raise _nothing(component_id)
        if stored.user_id != actor.user_id and not actor.access.rights & {"site", "projects"}:
            raise errors.PermissionDeniedError(
                f'You may not remove the file of component "{component_id}", which somebody else has sent: it takes '
                'the right "projects", which none of your roles has.'
            )
        self._library.remove(component_id)

    def expected(self, asked: Mapping[str, str]) -> tuple[Upload, int, int]:
        """Return the upload that a signed address belongs to, the number of the part and the most bytes it may have.

        Raises:
            PermissionDeniedError: If the signature of the address is wrong or its time is over.
            NotFoundError: If the upload was given up.
            RequestError: If it is complete already.
        """
        self._files.signer.verify("PUT", UPLOAD_PATH, asked)
        upload = self._library.upload(asked["upload"])
        if upload is None:
            raise errors.NotFoundError("The upload was given up, or its component was deleted; ask for a new address.")
        number = int(asked["part"])
        if upload.completed_at is not None and number:
            raise errors.RequestError(f"Upload {upload.id} is complete; its parts cannot be sent again.")
        most = upload.size if upload.size is not None else self._files.limits.upload_bytes
        return upload, number, most

    def received(self, upload: Upload, part: Part) -> None:
        """Make what was sent in one piece the file of its component."""
        self._library.complete(upload, Content(part.size, part.etag, (part,)))
        self.receiving_store().keep_only(upload, part)

    def receiving_store(self) -> ReceivingStore:
        """Return the store that takes bytes through this server.

        Raises:
            RequestError: If clients send them to the store itself.
        """
        if self._library.receiving is None:
            raise errors.RequestError("The store of this server takes files itself; ask for a new address.")
        return self._library.receiving

    def _stored(self, component_id: str) -> StoredObject:
        stored = self._library.find(component_id) if component_id else None
        if stored is None:
            raise _nothing(component_id)
        return stored

    def _sees(self, actor: Actor, component_id: str, user_id: str | None) -> bool:
        """Return whether an actor sees the component of a file; one that does not exist yet is its sender's."""
        if actor.access.sees_everything:
            return True
        with self._database.read() as connection:
            if sees_component(self._editions.current.queries, connection, actor.access, component_id):
                return True
            exists = records.fetch(connection, self._database.metadata.tables["component"], [(component_id,)])
        return not exists and user_id == actor.user_id


def _nothing(component_id: str) -> errors.NotFoundError:
    return errors.NotFoundError(f'There is no file of the component "{component_id[:80]}" in ftrack.server.')
