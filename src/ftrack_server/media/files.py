"""What the server can do with files: where they are, how addresses are made, which limits hold."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ftrack_server.jobs.queue import JobQueue
    from ftrack_server.media.library import Library
    from ftrack_server.media.signing import Signer
    from ftrack_server.media.store import Upload

UPLOAD_PATH = "/component/put"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how long.

    Attributes:
        upload_bytes: Size of the largest file.
        upload_seconds: How long an upload may take; its addresses are valid for so long, and what it leaves behind
            unclaimed is kept for so long.
        link_seconds: How long a download address is valid at least.
    """

    upload_bytes: int
    upload_seconds: int
    link_seconds: int


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a site.

    Attributes:
        library: Which component has which file.
        signer: Signs addresses.
        limits: What is allowed.
        queue: Files that wait to be encoded.
        queued: Set when one was added, for the thread that encodes.
    """

    library: Library
    signer: Signer
    limits: Limits
    queue: JobQueue
    queued: threading.Event = field(default_factory=threading.Event)

    def download_address(self, base_url: str, what: str, component_id: str) -> str:
        """Return an address that opens the file of a component, or its thumbnail, for a while and without a key.

        Args:
            base_url: Address under which the client reaches the server, without a slash at the end.
            what: ``get`` or ``thumbnail``.
            component_id: The component; whether it has a file shows when the address is used.
        """
        path = f"/component/{what}"
        return f"{base_url}{path}?{self.signer.query('GET', path, {'id': component_id}, self.limits.link_seconds)}"

    def upload_address(self, base_url: str, upload: Upload, number: int) -> str:
        """Return the address that takes one part of an upload, or a file in one piece (number 0)."""
        store = self.library.direct
        if store is not None:
            return store.upload_address(upload, number, self.limits.upload_seconds)
        bound = {"upload": upload.id, "part": str(number)}
        if upload.size is not None:
            bound["size"] = str(upload.size)
        query = self.signer.query("PUT", UPLOAD_PATH, bound, self.limits.upload_seconds)
        return f"{base_url}{UPLOAD_PATH}?{query}"
