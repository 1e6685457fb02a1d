"""Files to the server: in one piece, or in parts of which several are sent at a time and none twice for nothing."""
# ruff: noqa: SLF001 - the modules of the engine share the inside of sessions

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ftrack_api import exception
from ftrack_api._transport.base import Request, Response
from ftrack_api.accessor._content import FilePart, checksum_of
from ftrack_api.accessor._resume import Notes, Upload

if TYPE_CHECKING:
    from ftrack_api._transfers import Report
    from ftrack_api._transport.contract import Content
    from ftrack_api.typing import SessionProtocol

MEGABYTE = 1024 * 1024
# Bytes of a part for files up to a size (protocol: 8). The JavaScript client takes 16 MB up to 1 GB; each part costs a
# request and a sync on the server, so that twice as many take a tenth more processor time.
PART_SIZES = (
    (128 * MEGABYTE, 8 * MEGABYTE),
    (8 * 1024 * MEGABYTE, 32 * MEGABYTE),
    (64 * 1024 * MEGABYTE, 64 * MEGABYTE),
)
LARGEST_PART = 128 * MEGABYTE
MAX_PARTS = 10_000
FEWEST_PARTS = 3  # fewer are sent in one piece
PARALLEL = 4
ATTEMPTS = 3  # for a part that arrives damaged
HTTP_ERROR = 400
EXCERPT = 200
CHECKSUM_HEADER = (
    "x-amz-checksum-crc32"  # our server sends it, and so do S3-compatible services that make this checksum
)

ENCRYPTION_HEADER = "x-amz-server-side-encryption"
_MD5 = re.compile(r"[0-9a-f]{32}")


def part_size(size: int) -> int:
    """Return the bytes of a part of a file of some size (protocol: 8).

    Raises:
        ValueError: If the file is too large to be sent.
    """
    found = next((part for limit, part in PART_SIZES if size <= limit), LARGEST_PART)
    if -(-size // found) > MAX_PARTS:
        raise ValueError(f"A file of {size} bytes is too large to be sent; {MAX_PARTS * LARGEST_PART} is the most.")
    return found


def upload(session: SessionProtocol, component_id: str, file_name: str, path: str, report: Report) -> None:
    """Send a file to the server as the data of a component.

    A file that takes three parts or more is sent in parts. What was sent of it stays noted until all is: the next
    upload of the same file, of the same process or another one, sends the rest.

    Args:
        session: Session.
        component_id: The component, which need not be committed.
        file_name: Name the file gets on the server.
        path: The file.
        report: Told of the pieces sent.

    Raises:
        ServerError: If the server refuses, or cannot be reached.
        AccessorOperationFailedError: If what arrives is not what was sent, or the file changes meanwhile.
        TransferCancelledError: If transfers are to stop.
        OSError: If the file cannot be read.
        ValueError: If the file is too large.
    """
    size = os.stat(path).st_size  # noqa: PTH116 - texts throughout
    each = part_size(size)
    count = -(-size // each)
    if count < FEWEST_PARTS:
        checksum = checksum_of(path, report)
        where = session.get_upload_metadata(component_id, file_name, size, checksum)
        _send_whole(session, where, path, size, report)
        return
    notes = Notes(session, path)
    begun = notes.read()
    if begun is not None and begun.component_id == component_id and begun.part_size == each:
        try:
            _send_parts(session, begun, notes, path, report)
        except exception.ServerError as error:
            if not _is_over(error):
                raise
            notes.drop()
        else:
            return
    answer = _begin(session, component_id, file_name, size, count)
    if not answer.get("urls"):  # a server that takes files in one piece only
        _send_whole(session, answer, path, size, report)
        return
    addresses = {int(item["part_number"]): str(item["signed_url"]) for item in answer["urls"]}
    changed = os.stat(path).st_mtime_ns  # noqa: PTH116 - as above
    fresh = Upload(component_id, size, changed, each, str(answer["upload_id"]), addresses)
    notes.write(fresh)
    _send_parts(session, fresh, notes, path, report)


def _begin(session: SessionProtocol, component_id: str, file_name: str, size: int, parts: int) -> Mapping[str, Any]:
    action = {
        "action": "get_upload_metadata",
        "component_id": component_id,
        "file_name": file_name,
        "file_size": size,
        "checksum": None,
        "parts": parts,
    }
    answer: Mapping[str, Any] = session._send([action])[0]
    return answer


def _send_whole(session: SessionProtocol, where: Mapping[str, Any], path: str, size: int, report: Report) -> None:
    # What the server agreed to has a checksum already, and the server compares it.
    content = FilePart(path, 0, size, report) if size else b""
    _put(session, str(where["url"]), content, where.get("headers") or {})


def _send_parts(session: SessionProtocol, upload: Upload, notes: Notes, path: str, report: Report) -> None:
    """Send the parts that the server does not have, several at a time, and have them joined."""
    from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait  # noqa: PLC0415 - few files are so large

    lock = threading.Lock()
    stop = threading.Event()

    def send(number: int) -> None:
        start = (number - 1) * upload.part_size
        part = FilePart(path, start, min(upload.part_size, upload.size - start), report)
        tag = _send_part(session, upload.addresses[number], _Stoppable(part, stop))
        with lock:
            upload.tags[number] = tag
            notes.write(upload)

    report.add(sum(min(upload.part_size, upload.size - (n - 1) * upload.part_size) for n in upload.tags))
    with ThreadPoolExecutor(PARALLEL, thread_name_prefix="ftrack-upload") as workers:
        running = [workers.submit(send, number) for number in sorted(upload.addresses) if number not in upload.tags]
        try:
            done, waiting = wait(running, return_when=FIRST_EXCEPTION)
        except BaseException:
            done, waiting = set(), set(running)
            raise
        finally:
            if any(future.exception() for future in done) or waiting:
                stop.set()
            for future in waiting:
                future.cancel()
    for future in done:
        future.result()
    parts = [{"part_number": number, "e_tag": upload.tags[number]} for number in sorted(upload.tags)]
    session._send(
        [
            {
                "action": "complete_multipart_upload",
                "upload_id": upload.upload_id,
                "component_id": upload.component_id,
                "parts": parts,
            }
        ]
    )
    notes.drop()


class _Stoppable:
    """A part that is not sent on when another one has failed."""

    def __init__(self, part: FilePart, stop: threading.Event) -> None:
        self.part = part
        self._stop = stop

    def __len__(self) -> int:
        return len(self.part)

    def __iter__(self) -> Iterator[bytes]:
        for piece in self.part:
            if self._stop.is_set():
                raise exception.AccessorOperationFailedError(
                    "write", None, "another part of the file could not be sent."
                )
            yield piece


def _send_part(session: SessionProtocol, address: str, content: _Stoppable) -> str:
    """Send a part and return its tag, after a look at whether what arrived is what was sent, where the answer tells.

    Raises:
        AccessorOperationFailedError: If it did not, again and again.
    """
    for _ in range(ATTEMPTS):
        answer = _put(session, address, content, {})
        if _has_arrived(content.part, answer.headers):
            return answer.headers.get("etag", "")
        content.part.take_back()
    raise exception.AccessorOperationFailedError("write", None, "a part of the file arrived damaged.")


def _has_arrived(part: FilePart, told: Mapping[str, str]) -> bool:
    """Return whether an answer tells of the bytes that were sent: by their CRC-32, else by their MD5.

    The tag of a part is its MD5 in buckets, unless they encrypt with keys of their own or the client's.
    """
    if CHECKSUM_HEADER in told:
        return told[CHECKSUM_HEADER] == part.checksum
    tag = told.get("etag", "").strip('"')
    is_other = told.get(ENCRYPTION_HEADER, "AES256") != "AES256" or f"{ENCRYPTION_HEADER}-customer-algorithm" in told
    return is_other or not _MD5.fullmatch(tag) or tag == part.md5()


def _put(session: SessionProtocol, address: str, content: bytes | Content, headers: Mapping[str, str]) -> Response:
    """Send content to a signed address.

    Raises:
        ServerError: If it is refused; ``status`` has the status.
        NetworkError: If there is no answer.
    """
    named = {name: str(value) for name, value in headers.items() if name.lower() != "content-length"}
    if not any(name.lower() == "content-type" for name in named):
        named["content-type"] = "application/octet-stream"
    request = Request("PUT", address, named, content, timeout=session.request_timeout, read_only=True)
    response: Response = session._open_transport().send(request)
    if response.status >= HTTP_ERROR:
        error = exception.ServerError(
            f"The file was refused with HTTP status {response.status}: {_excerpt(response.body)}"
        )
        error.status = response.status
        raise error
    return response


def _excerpt(body: bytes) -> str:
    return " ".join(body[: EXCERPT * 4].decode("utf-8", "replace").split())[:EXCERPT] or "no reason was given."


def _is_over(error: exception.ServerError) -> bool:
    """Return whether a begun upload cannot be gone on with: its addresses have expired, or the server gave it up."""
    return not isinstance(error, exception.NetworkError) and (
        isinstance(error, exception.NotFound | exception.ValidationError) or error.status in {400, 403, 404, 409, 410}
    )
