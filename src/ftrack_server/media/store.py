"""What a store of files is: the contract that the disk and S3 fulfil, and the values that pass through it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from ftrack_server import errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from contextlib import AbstractContextManager
    from pathlib import Path

CHECKSUM_HEADER = "x-amz-checksum-crc32"
"""Tells the sender of a part what has arrived of it, as S3-compatible services do."""
CHUNK = 1024 * 1024
"""Bytes moved at once, so that memory does not follow the size of files."""

MAX_PARTS = 10_000
LONGEST_ID = 255
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a file as it was received.

    Attributes:
        number: Its place, from 1.
        etag: What tells its bytes from others, 32 hexadecimal digits: their MD5, or what a store has in its place.
        size: In bytes.
        crc32: CRC-32 of its bytes, where the store made one while they came in.
    """

    number: int
    etag: str
    size: int
    crc32: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that is being sent.

    Attributes:
        id: Random, also the name of the object that it becomes.
        component_id: Whose file it is; the component need not exist yet.
        file_name: For whoever downloads it.
        content_type: Media type, by the file name.
        size: Declared size in bytes, None when nobody said.
        checksum: Declared MD5 in base64, None when nobody said.
        parts: Number of parts, 0 for a file sent in one piece.
        reference: What the store calls it, empty when it has no name of its own.
        user_id: Who sends it.
        started_at: Seconds since 1970.
        completed_at: Likewise, None while it goes on.
    """

    id: str
    component_id: str
    file_name: str
    content_type: str
    size: int | None = None
    checksum: str | None = None
    parts: int = 0
    reference: str = ""
    user_id: str | None = None
    started_at: int = 0
    completed_at: int | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What a store holds for an upload that has come to its end.

    Attributes:
        size: In bytes.
        etag: Strong entity tag, without quotes.
        parts: The pieces it is kept in, for stores that keep them apart.
    """

    size: int
    etag: str
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredObject:
    """The file of a component.

    Attributes:
        component_id: Whose file it is.
        object_id: Its name in the store; another file of the component has another one.
        size: In bytes.
        etag: Strong entity tag, without quotes.
        content_type: Media type, by the file name.
        file_name: For whoever downloads it.
        parts: The pieces it is kept in, for stores that keep them apart.
        user_id: Who sent it.
        stored_at: Seconds since 1970.
    """

    component_id: str
    object_id: str
    size: int
    etag: str
    content_type: str
    file_name: str
    parts: tuple[Part, ...] = field(default=(), repr=False)
    user_id: str | None = None
    stored_at: int = 0


class Store(Protocol):
    """Keeps the bytes of objects; which component has which object is written down elsewhere (`media.library`)."""

    def begin(self, upload: Upload) -> str:
        """Prepare an upload and return its reference, empty when the store needs none."""
        ...

    def received(self, upload: Upload) -> list[Part]:
        """Return the parts that have arrived so far, by number."""
        ...

    def complete(self, upload: Upload, parts: Sequence[Part]) -> Content:
        """Join parts, of which only number and tag count, into the object. May be repeated.

        Raises:
            ValidationError: If a part is missing or is not the one that was meant.
        """
        ...

    def find(self, upload: Upload) -> Content | None:
        """Return what has arrived of a file sent in one piece, None when nothing did."""
        ...

    def check(self, stored: StoredObject) -> bool:
        """Return whether the bytes are there, as many as there should be."""
        ...

    def read(self, stored: StoredObject, start: int, length: int) -> Iterator[bytes]:
        """Yield bytes from a position on, at most `CHUNK` at once."""
        ...

    def local(self, stored: StoredObject) -> AbstractContextManager[Path]:
        """Yield a file with the bytes on this machine, to be read and no more.

        Raises:
            StorageError: If the store has lost them.
        """
        ...

    def put(self, upload: Upload, path: Path) -> Content:
        """Store a file of this machine as the object of an upload."""
        ...

    def discard(self, object_id: str, component_id: str, reference: str = "") -> None:
        """Remove an object, or what has arrived of it; does nothing when there is none."""
        ...

    def object_ids(self, before: int) -> Iterator[tuple[str, str]]:
        """Yield object and component id (empty when the store does not know it) of all that is older than a moment."""
        ...


class Receiver(Protocol):
    """Takes the bytes of one part, by `write` from a loop or by `take` from threads, one after the other."""

    def write(self, data: bytes) -> Future[None] | None:
        """Take the next bytes, at once; return what has to end before more may come, None while there is room.

        Raises:
            StorageError: If earlier bytes could not be written.
        """
        ...

    def take(self, data: bytes | memoryview) -> None:
        """Take the next bytes, and return when there is room for more and nothing needs these any more.

        Raises:
            StorageError: If these or earlier bytes cannot be written.
        """
        ...

    def finish(self, *, expected_size: int | None, expected_md5: str | None) -> Part:
        """Keep what was written, for good, or refuse it; blocks until it is on the disk.

        Raises:
            RequestError: If there are fewer or more bytes than expected, or other ones.
        """
        ...

    def abort(self) -> None:
        """Forget what was written; does nothing after `finish`."""
        ...


class ReceivingStore(Store, Protocol):
    """A store whose bytes go through this server."""

    def receive(self, upload: Upload, number: int, *, with_md5: bool) -> Receiver:
        """Start to receive a part, or a file in one piece (number 0).

        Args:
            upload: What it is part of.
            number: Which part.
            with_md5: Whether its tag has to be the MD5, which `Receiver.finish` can then compare.
        """
        ...

    def keep_only(self, upload: Upload, part: Part) -> None:
        """Remove what an upload in one piece has received before, or in parallel to, the part that counts."""
        ...


@runtime_checkable
class DirectStore(Store, Protocol):
    """A store that clients talk to themselves, at addresses that it signs."""

    def upload_address(self, upload: Upload, number: int, seconds: int) -> str:
        """Return a signed address for one part, or for a file in one piece (number 0)."""
        ...

    def download_address(self, stored: StoredObject, disposition: str, seconds: int) -> str:
        """Return a signed address of the bytes, which are served with a `Content-Disposition`."""
        ...


def is_identifier(value: str) -> bool:
    """Return whether a text can be the id of a component: it is never part of a path, and need be no more than sane."""
    return 0 < len(value) <= LONGEST_ID and _CONTROL.search(value) is None


def hexadecimal_md5(checksum: str) -> str:
    """Return the hexadecimal form of an MD5 in base64, as `Content-MD5` has it.

    Raises:
        ValidationError: If it is none.
    """
    try:
        digest = base64.b64decode(checksum, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != hashlib.md5(usedforsecurity=False).digest_size:
        raise errors.ValidationError(f'A checksum is an MD5 in base64, 24 characters. Got "{checksum[:80]}".')
    return digest.hex()


def checksum_text(crc32: int) -> str:
    """Return a CRC-32 as `CHECKSUM_HEADER` has it: four bytes, the highest first, in base64."""
    return base64.b64encode(crc32.to_bytes(4, "big")).decode("ascii")


def bare_tag(tag: str) -> str:
    """Return an entity tag without its quotes: clients hand them back as they came in a header."""
    return tag.strip().removeprefix("W/").strip('"')


def joined_tag(parts: Sequence[Part]) -> str:
    """Return the entity tag of an object made of parts: the MD5 of their tags, and how many there are."""
    digest = hashlib.md5(b"".join(bytes.fromhex(part.etag) for part in parts), usedforsecurity=False)
    return f"{digest.hexdigest()}-{len(parts)}"


def listed_parts(upload: Upload, listed: Sequence[Any]) -> list[Part]:
    """Return the parts that a client says an upload consists of, by number; their sizes are not known yet.

    Raises:
        ValidationError: If one is malformed, missing or named twice.
    """
    parts: dict[int, Part] = {}
    for item in listed:
        number, tag = _number_and_tag(item)
        if number in parts:
            raise errors.ValidationError(f"Part {number} of upload {upload.id} is listed twice.")
        parts[number] = Part(number, bare_tag(tag), 0)
    missing = sorted(set(range(1, upload.parts + 1)) - parts.keys())
    further = sorted(parts.keys() - set(range(1, upload.parts + 1)))
    if missing or further:
        shown = ", ".join(map(str, (missing or further)[:10]))
        told = f"lacks {shown}" if missing else f"has {shown} besides"
        raise errors.ValidationError(f"Upload {upload.id} consists of the parts 1 to {upload.parts}; the list {told}.")
    return [parts[number] for number in sorted(parts)]


def _number_and_tag(item: Any) -> tuple[int, str]:
    number: Any = item.get("part_number") if isinstance(item, dict) else None
    tag: Any = item.get("e_tag") if isinstance(item, dict) else None
    if not isinstance(number, int) or isinstance(number, bool) or not isinstance(tag, str) or not tag:
        raise errors.ValidationError(
            f"A part is a mapping with part_number, a number, and e_tag, the ETag of its answer. Got {str(item)[:200]}."
        )
    return number, tag


def object_of(row: Mapping[str, Any]) -> StoredObject:
    """Return the object of a stored row."""
    parts = tuple(Part(number, etag, size) for number, (etag, size) in enumerate(row["parts"] or (), start=1))
    return StoredObject(**{**row, "parts": parts})


def row_of(upload: Upload, content: Content, now: int) -> dict[str, Any]:
    """Return the row that says which object a component has."""
    return {
        "component_id": upload.component_id,
        "object_id": upload.id,
        "size": content.size,
        "etag": content.etag,
        "content_type": upload.content_type,
        "file_name": upload.file_name,
        "parts": [[part.etag, part.size] for part in content.parts] or None,
        "user_id": upload.user_id,
        "stored_at": now,
    }
