"""Files over HTTP: download, thumbnail, removal and signed uploads (protocol: 8)."""

from __future__ import annotations

import asyncio
import logging
from itertools import chain
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from ftrack_server import errors
from ftrack_server.media.bodies import Bodies, drain, too_much
from ftrack_server.media.files import UPLOAD_PATH
from ftrack_server.media.ranges import disposition, http_date, wanted
from ftrack_server.media.store import (
    CHECKSUM_HEADER,
    bare_tag,
    checksum_text,
    hexadecimal_md5,
)
from ftrack_server.media.thumbnails import DEFAULT_SIZE, LARGEST_SIZE, placeholder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from typing import TypeAlias

    from starlette.requests import Request

    from ftrack_server.media.access import FileAccess
    from ftrack_server.media.files import Files
    from ftrack_server.media.store import Part, Receiver, ReceivingStore, StoredObject, Upload
    from ftrack_server.media.thumbnails import Thumbnails

    # Announces a file as `get_upload_metadata` does: takes the parameters of a request and the address it came to.
    Announce: TypeAlias = Callable[[Mapping[str, str], str], Mapping[str, Any]]

logger = logging.getLogger(__name__)

PICTURES_AT_ONCE = 2

# Files come from users: nothing in them may run as a page of this site, or be taken for something else.
_GUARDS = {"x-content-type-options": "nosniff", "content-security-policy": "sandbox; default-src 'none'"}


class FilesEndpoint:
    """Serves files.

    Cost: bytes pass through worker threads a megabyte at a time; memory does not follow their number.
    """

    def __init__(self, files: Files, access: FileAccess, thumbnails: Thumbnails, announce: Announce) -> None:
        self._files = files
        self._access = access
        self._thumbnails = thumbnails
        self._announce = announce
        self._bodies = Bodies()
        self._drawing = asyncio.Semaphore(PICTURES_AT_ONCE)

    def routes(self) -> list[Route]:
        """Return where files are found."""
        return [
            Route("/component/get", _answering(self._get), methods=["GET", "HEAD"]),
            Route("/component/thumbnail", _answering(self._thumbnail), methods=["GET", "HEAD"]),
            Route("/component/remove", _answering(self._remove), methods=["GET"]),
            Route("/component/getPutMetadata", _answering(self._metadata), methods=["GET"]),
            Route(UPLOAD_PATH, _answering(self._put), methods=["PUT"]),
            Route("/img/thumbnail2.png", _placeholder, methods=["GET", "HEAD"]),
        ]

    async def _get(self, request: Request) -> Response:
        asked = (request.method, request.url.path, _asked(request))
        stored = await run_in_threadpool(self._access.readable, *asked)
        try:
            return await self._file(request, stored)
        except errors.StorageError:  # it may have been removed or replaced since it was looked up
            current = await run_in_threadpool(self._access.readable, *asked)
            if current == stored:
                raise
            return await self._file(request, current)

    async def _file(self, request: Request, stored: StoredObject) -> Response:
        part = wanted(request.headers, stored.size, stored.etag, stored.stored_at)
        headers = {
            **_validators(stored.etag, stored.stored_at),
            "accept-ranges": "bytes",
            "content-type": stored.content_type,
            "content-disposition": disposition(stored.file_name, stored.content_type),
            "content-length": str(part.length),
        }
        if part.status == 304:
            return Response(status_code=304, headers=_validators(stored.etag, stored.stored_at))
        store, direct = self._files.library.store, self._files.library.direct
        if request.method == "GET" and direct is not None:
            address = direct.download_address(stored, headers["content-disposition"], self._files.limits.link_seconds)
            return RedirectResponse(address, 302, {"cache-control": "no-store"})
        if part.status == 416:
            return Response(status_code=416, headers={"content-range": f"bytes */{stored.size}"})
        if part.status == 206:
            last = part.start + part.length - 1
            headers["content-range"] = f"bytes {part.start}-{last}/{stored.size}"
        if request.method == "HEAD":
            return Response(status_code=part.status, headers=headers)
        if not await run_in_threadpool(store.check, stored):
            raise _lost(stored)
        blocks = await run_in_threadpool(_begun, store.read(stored, part.start, part.length))
        return StreamingResponse(blocks, part.status, headers)

    async def _thumbnail(self, request: Request) -> Response:
        asked = _asked(request)
        size = asked.pop("size", "") or str(DEFAULT_SIZE)
        if not size.isdecimal() or not 1 <= int(size) <= LARGEST_SIZE:
            raise errors.RequestError(f'The size of a thumbnail is 1 to {LARGEST_SIZE} pixels. Got "{size[:80]}".')
        stored = await run_in_threadpool(self._access.readable, request.method, request.url.path, asked)
        tag = f"{stored.etag}-{int(size)}"
        if wanted(request.headers, 0, tag, stored.stored_at).status == 304:
            return Response(status_code=304, headers=_validators(tag, stored.stored_at))
        async with self._drawing:
            picture = await run_in_threadpool(self._thumbnails.of, stored, int(size))
        return Response(picture.data, headers=_validators(tag, stored.stored_at), media_type=picture.content_type)

    async def _remove(self, request: Request) -> Response:
        await run_in_threadpool(self._access.remove, _asked(request))
        return JSONResponse({"removed": True})

    async def _metadata(self, request: Request) -> Response:
        asked, base_url = _asked(request), str(request.base_url).rstrip("/")
        size = asked.get("fileSize", "")
        if size and not size.isdecimal():
            raise errors.RequestError(f'fileSize is a number of bytes. Got "{size[:80]}".')
        told = await run_in_threadpool(self._announce, asked, base_url)
        return JSONResponse({"url": told["url"], "headers": told["headers"]}, headers={"cache-control": "no-store"})

    async def _put(self, request: Request) -> Response:
        upload, number, most = await run_in_threadpool(self._access.expected, _asked(request))
        try:
            expected_md5 = self._announced(request, upload, number, most)
        except errors.ServerError:
            await drain(request)
            raise
        part = await self._receive(request, upload, number, most, expected_md5)
        told = {} if part.crc32 is None else {CHECKSUM_HEADER: checksum_text(part.crc32)}
        return Response(status_code=200, headers={"etag": f'"{part.etag}"', **told})

    def _announced(self, request: Request, upload: Upload, number: int, most: int) -> str | None:
        """Return the MD5 that the bytes must have, hexadecimal, after a look at the headers that announce them.

        Raises:
            RequestError: If they announce something else than was agreed on.
        """
        length = request.headers.get("content-length", "")
        if length.isdecimal() and int(length) > most:
            raise too_much(f"{length} bytes are announced", upload, most)
        exact = upload.size is not None and not number
        if exact and length.isdecimal() and int(length) < most:
            raise errors.RequestError(f"{length} bytes are announced; the upload has {most}.")
        kind = request.headers.get("content-type")
        if kind is not None and not number and kind != upload.content_type:
            raise errors.RequestError(f'The upload is of the type "{upload.content_type}"; "{kind[:80]}" is announced.')
        checksum = request.headers.get("content-md5") or (None if number else upload.checksum)
        try:
            return None if checksum is None else hexadecimal_md5(checksum)
        except errors.ValidationError as error:
            raise errors.RequestError(error.message) from error

    async def _receive(
        self, request: Request, upload: Upload, number: int, most: int, expected_md5: str | None
    ) -> Part:
        store: ReceivingStore = self._access.receiving_store()
        with_md5 = not number or expected_md5 is not None
        receiver = await run_in_threadpool(store.receive, upload, number, with_md5=with_md5)
        try:
            await self._bodies.write(request, receiver, upload, most)
        except BaseException:
            await run_in_threadpool(receiver.abort)
            raise
        return await run_in_threadpool(self._finish, receiver, upload, number, expected_md5)

    def _finish(self, receiver: Receiver, upload: Upload, number: int, expected_md5: str | None) -> Part:
        """Keep what was received, or refuse it."""
        try:
            part = receiver.finish(expected_size=None if number else upload.size, expected_md5=expected_md5)
        finally:
            receiver.abort()
        if not number:
            self._access.received(upload, part)
        return part


def _begun(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Return blocks of which the first is there already, so that what cannot be read is not answered with 200."""
    return chain([next(blocks, b"")], blocks)


def _answering(handler: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    """Return a handler whose failures are faults in JSON, with the status that tells their kind."""

    async def answer(request: Request) -> Response:
        try:
            response = await handler(request)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody is left to read it
        except errors.ServerError as error:
            return JSONResponse(error.to_fault().to_wire(), error.status)
        for name, value in _GUARDS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


async def _placeholder(_request: Request) -> Response:
    return Response(placeholder(), media_type="image/png", headers={"cache-control": "public, max-age=86400"})


def _asked(request: Request) -> dict[str, Any]:
    """Return the parameters of a request, and its credentials from headers where the address has none."""
    asked = dict(request.query_params)
    if "signature" not in asked:
        asked.setdefault("username", request.headers.get("ftrack-user", ""))
        asked.setdefault("apiKey", request.headers.get("ftrack-api-key", ""))
    return asked


def _validators(etag: str, stored_at: int) -> dict[str, str]:
    return {"etag": f'"{bare_tag(etag)}"', "last-modified": http_date(stored_at), "cache-control": "private, no-cache"}


def _lost(stored: StoredObject) -> errors.ServerError:
    logger.error("The store has lost object %s of component %s", stored.object_id, stored.component_id)
    return errors.NotFoundError(f'The store does not have the file of component "{stored.component_id}" any more.')
