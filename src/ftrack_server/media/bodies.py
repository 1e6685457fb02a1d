"""Bodies of uploads on their way to receivers: read from the socket itself where that can be, else as they come in."""

from __future__ import annotations

import asyncio
import select
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from starlette.requests import ClientDisconnect

from ftrack_server import errors
from ftrack_server.media.store import CHUNK
from ftrack_server.sockets import lender_of

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request

    from ftrack_server.media.store import Receiver, Upload
    from ftrack_server.sockets import Lender

# What comes in after a refusal is read and dropped up to here, so that a client that sends before it reads sees why.
DRAINED_BYTES = 64 * 1024 * 1024

LARGE_BYTES = 128 * 1024
"""Bodies from here on are read from the socket; a smaller one has come in with its headers, or as good as."""

THREADS = 8
BLOCK = 512 * 1024
PAUSE_MILLISECONDS = 5
"""How long a thread waits for more; a client that takes longer is waited for by the loop, and takes no thread."""

SLICE_SECONDS = 0.2
"""How long a thread stays with one body while others may wait."""


class Bodies:
    """Reads bodies, several at once in threads of their own, so that slow clients keep nothing else from running.

    Cost: one block of memory for each of `THREADS` threads, however many clients there are.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, "ftrack-receive")
        self._local = threading.local()

    async def write(self, request: Request, receiver: Receiver, upload: Upload, most: int) -> None:
        """Hand the body of a request to a receiver, no faster than it can take it.

        Raises:
            RequestError: If there is more than allowed; the rest is dropped.
            StorageError: If the receiver cannot take it; likewise.
            ClientDisconnect: If the connection ends before the body does.
        """
        length = request.headers.get("content-length", "") if "transfer-encoding" not in request.headers else ""
        lender = lender_of(request.scope)
        if lender is not None and length.isdecimal() and LARGE_BYTES <= int(length) <= most:
            await self._from_socket(request, lender, receiver.take, int(length))
        else:
            await _as_it_comes(request, receiver, upload, most)

    async def _from_socket(
        self, request: Request, lender: Lender, take: Callable[[bytes | memoryview], None], length: int
    ) -> None:
        message = await request.receive()  # asks for the body, where the client waits for that
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        first: bytes = message["body"]
        if len(first) == length:  # the library may have begun with the next request
            await self._run(take, first)
            return
        refusal: errors.ServerError | None = None
        with lender.lent() as connection:
            body = _Body(connection, length - len(first))
            try:
                await self._run(take, first)
                await self._pour(body, take)
            except errors.ServerError as error:
                refusal = error
                await self._pour(body, _dropped)
        if refusal is not None:
            raise refusal

    async def _pour(self, body: _Body, take: Callable[[bytes | memoryview], None]) -> None:
        while body.left:
            await self._run(self._slice, body, take)
            if body.left:
                await _readable(body.connection)

    def _slice(self, body: _Body, take: Callable[[bytes | memoryview], None]) -> None:
        if not hasattr(self._local, "block"):
            self._local.block = memoryview(bytearray(BLOCK))
        body.read(self._local.block, take)

    async def _run(self, work: Callable[..., None], *arguments: object) -> None:
        """Run something in a thread; it has ended when this does, even if this is cancelled."""
        running = asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise


class _Body:
    """What is still to come in over a connection."""

    def __init__(self, connection: socket.socket, left: int) -> None:
        self.connection = connection
        self.left = left

    def read(self, block: memoryview, take: Callable[[bytes | memoryview], None]) -> None:
        """Hand on what comes in without a pause, for a while.

        Raises:
            ClientDisconnect: If the connection ends.
        """
        end = time.monotonic() + SLICE_SECONDS
        waiting = select.poll()
        waiting.register(self.connection, select.POLLIN)
        while self.left and time.monotonic() < end:
            size = self._fill(block[: self.left], waiting)
            if not size:
                return
            self.left -= size
            take(block[:size])

    def _fill(self, block: memoryview, waiting: select.poll) -> int:
        """Receive until a block is full, or nothing more comes."""
        size = 0
        while size < len(block):
            try:
                received = self.connection.recv_into(block[size:])
            except BlockingIOError:
                if not waiting.poll(PAUSE_MILLISECONDS):
                    break
                continue
            except OSError as error:
                raise ClientDisconnect from error
            if not received:
                raise ClientDisconnect
            size += received
        return size


async def _readable(connection: socket.socket) -> None:
    """Wait until something comes in."""
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(connection.fileno(), ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(connection.fileno())


def _dropped(_data: bytes | memoryview) -> None:
    """Take what nobody wants any more."""


async def _as_it_comes(request: Request, receiver: Receiver, upload: Upload, most: int) -> None:
    size = 0
    async for block in _blocks(request):
        size += len(block)
        if size > most + DRAINED_BYTES:
            break
        if size <= most and (waiting := receiver.write(block)) is not None:
            await asyncio.wrap_future(waiting)
    if size > most:
        raise too_much(f"{size} bytes were sent", upload, most)


async def _blocks(request: Request) -> AsyncIterator[bytes]:
    pieces: list[bytes] = []
    size = 0
    async for piece in request.stream():
        pieces.append(piece)
        size += len(piece)
        if size >= CHUNK:
            yield b"".join(pieces)
            pieces, size = [], 0
    if size:
        yield b"".join(pieces)


async def drain(request: Request) -> None:
    """Read a body that is refused, up to `DRAINED_BYTES`, and drop it."""
    size = 0
    async for piece in request.stream():
        size += len(piece)
        if size > DRAINED_BYTES:
            return


def too_much(told: str, upload: Upload, most: int) -> errors.RequestError:
    """Return the error for a body larger than agreed on, or than the server takes."""
    if upload.size is None:
        return errors.RequestTooLargeError(f"{told}; a file has {most} at most.", "max_upload_bytes", most)
    return errors.RequestError(f"{told}; the upload was announced with {most}.")
