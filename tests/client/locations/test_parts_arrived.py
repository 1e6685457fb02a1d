"""What the answer to a part tells of the bytes that arrived: by whichever checksum the store makes."""

from __future__ import annotations

import base64
import hashlib
import zlib

import pytest

from ftrack_api._transfers import Report
from ftrack_api.accessor._content import FilePart
from ftrack_api.accessor._upload import _has_arrived

WORDS = b"words"
MD5 = hashlib.md5(WORDS, usedforsecurity=False).hexdigest()
OTHER_MD5 = hashlib.md5(b"other", usedforsecurity=False).hexdigest()
CRC, OTHER_CRC = (base64.b64encode(zlib.crc32(data).to_bytes(4, "big")).decode() for data in (WORDS, b"other"))
ENCRYPTION = "x-amz-server-side-encryption"


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"x-amz-checksum-crc32": CRC, "etag": '"anything"'}, True),
        ({"x-amz-checksum-crc32": OTHER_CRC, "etag": f'"{MD5}"'}, False),
        ({"etag": f'"{MD5}"'}, True),
        ({"etag": f'"{OTHER_MD5}"'}, False),
        ({"etag": f'"{OTHER_MD5}"', ENCRYPTION: "AES256"}, False),
        ({"etag": f'"{OTHER_MD5}"', ENCRYPTION: "aws:kms"}, True),
        ({"etag": f'"{OTHER_MD5}"', f"{ENCRYPTION}-customer-algorithm": "AES256"}, True),
        ({"etag": '"0x8DC1234"'}, True),
        ({}, True),
    ],
)
def test_an_answer_is_believed_where_it_tells_of_the_bytes(tmp_path, told, expected):
    (tmp_path / "file").write_bytes(b"some " + WORDS + b" more")
    part = FilePart(str(tmp_path / "file"), 5, len(WORDS), Report(None, None, None))
    assert b"".join(part) == WORDS

    assert _has_arrived(part, told) is expected
