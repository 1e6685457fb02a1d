"""Memory does not follow the size of a file, neither on the way up nor on the way down."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

from tests.server.media.conftest import ON_DISK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.server.media.conftest import Client

BLOCK = 1024 * 1024
BLOCKS = 64
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
