"""What is known of uploads that have begun, kept on disk so that another process can go on with them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ftrack_api.typing import SessionProtocol

FOLDER = "uploads"

_logger = logging.getLogger(__name__)


@dataclass
class Upload:
    """An upload in parts that has begun.

    Attributes:
        component_id: Component the file is sent for.
        size: Bytes of the file.
        changed: When the file was changed last, in nanoseconds.
        part_size: Bytes of each part but the last.
        upload_id: The server's name for the upload.
        addresses: Where to send each part, by number from 1.
        tags: What the server answered for each part it has.
    """

    component_id: str
    size: int
    changed: int
    part_size: int
    upload_id: str
    addresses: dict[int, str]
    tags: dict[int, str] = field(default_factory=dict)


class Notes:
    """The note on the upload of one file to one server by one user; losing it costs a transfer, nothing else."""

    def __init__(self, session: SessionProtocol, path: str) -> None:
        import platformdirs  # noqa: PLC0415 - few sessions send large files

        absolute = os.path.abspath(path)  # noqa: PTH100 - texts throughout
        place = f"{session.server_url}\0{session.api_user}\0{absolute}"
        name = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()[:40]
        folder = os.environ.get("FTRACK_API_UPLOAD_STATE_PATH")
        self._path = (Path(folder) if folder else platformdirs.user_cache_path("ftrack-api") / FOLDER) / f"{name}.json"
        self._file = absolute

    def read(self) -> Upload | None:
        """Return what is noted of the file as it is now, or None."""
        try:
            document = json.loads(self._path.read_bytes())
            upload = Upload(**{**document, "addresses": _numbered(document["addresses"])})
            upload.tags = _numbered(document["tags"])
            status = os.stat(self._file)  # noqa: PTH116 - as above
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return upload if (upload.size, upload.changed) == (status.st_size, status.st_mtime_ns) else None

    def write(self, upload: Upload) -> None:
        """Note how far an upload is; a failure is logged, as the upload itself can go on."""
        import tempfile  # noqa: PLC0415 - few sessions send large files

        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._path.parent, prefix=f"{self._path.stem}.", suffix=".part")
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(asdict(upload), file)
            os.replace(temporary, self._path)  # noqa: PTH105 - as above
        except OSError as error:
            _logger.warning("How far the upload of %s is could not be noted: %s", self._file, error)

    def drop(self) -> None:
        """Forget the upload, and what processes left that ended while they wrote a note on it."""
        for path in (self._path, *self._path.parent.glob(f"{self._path.stem}.*.part")):
            with contextlib.suppress(OSError):
                path.unlink()


def _numbered(mapping: dict[str, Any]) -> dict[int, str]:
    return {int(number): str(text) for number, text in mapping.items()}
