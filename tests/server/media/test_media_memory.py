"""Memory does not follow the size of a file, neither on the way up nor on the way down, nor the number of its parts."""

from __future__ import annotations

import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import requests
from tests.server.media.conftest import ON_DISK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.media.conftest import Client

BLOCK = 1024 * 1024
BLOCKS = 64
PARTS = 8
MOST = 24 * BLOCK


@ON_DISK
def test_a_large_file_passes_through_little_memory(client: Client) -> None:
    told = client.announce("c", file_name="a.bin", file_size=BLOCKS * BLOCK)
    block = bytes(BLOCK)

    def sent() -> Iterator[bytes]:
        for _ in range(BLOCKS):
            yield block

    tracemalloc.start()
    try:
        answer = client.put(told["url"], sent())
        params = {"id": "c", "username": client.server.api_user, "apiKey": client.server.api_key}
        with client.http.get(f"{client.server.url}/component/get", params=params, stream=True, timeout=60) as got:
            received = sum(len(piece) for piece in got.iter_content(BLOCK))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (answer.status_code, received) == (200, BLOCKS * BLOCK)
    assert peak < MOST


@ON_DISK
def test_parts_that_are_sent_at_once_pass_through_little_memory(client: Client) -> None:
    told = client.announce("c", file_name="a.bin", file_size=PARTS * BLOCKS // 4 * BLOCK, parts=PARTS)
    block = bytes(BLOCK)
    together = threading.Barrier(PARTS, timeout=60)

    class Part:
        """A part with its length, of which each has begun before any goes on."""

        def __len__(self) -> int:
            return BLOCKS // 4 * BLOCK

        def __iter__(self) -> Iterator[bytes]:
            yield block
            together.wait()
            for _ in range(BLOCKS // 4 - 1):
                yield block

    def put(item: dict[str, str]) -> int:
        return requests.put(item["signed_url"], data=Part(), timeout=60).status_code

    tracemalloc.start()
    try:
        with ThreadPoolExecutor(PARTS) as senders:
            statuses = list(senders.map(put, told["urls"]))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert statuses == [200] * PARTS
    assert peak < MOST
