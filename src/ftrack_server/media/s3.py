"""A bucket as a store: clients send and fetch bytes at addresses signed for them, the server only looks at the outcome.

::

    <prefix><object id>     a file, or what becomes one when the parts of its upload are joined

Content type, MD5 and length are part of the signatures, so that the bucket refuses other ones; they are compared once
more before a file counts. boto3 is an optional dependency, imported when a bucket is opened.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftrack_server import errors
from ftrack_server.media.store import CHUNK, Content, Part, bare_tag, hexadecimal_md5, joined_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ftrack_server.media.store import StoredObject, Upload

_MD5 = re.compile(r"[0-9a-f]{32}")
_OBJECT_ID = re.compile(r"[0-9a-f]{32}")
_MISSING = frozenset({"404", "NoSuchKey", "NoSuchUpload", "NotFound"})
_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 10, 60, 3

logger = logging.getLogger(__name__)


def open_bucket(bucket: str, endpoint: str, region: str, prefix: str) -> S3Store:
    """Return the store of a bucket, after a look whether it can be used: one request.

    Args:
        bucket: Its name.
        endpoint: Address of an S3-compatible service, as clients reach it too; Amazon's own when empty.
        region: Where the bucket is; found as boto3 finds it when empty.
        prefix: What the names of all objects begin with.

    Raises:
        StorageError: If boto3 or credentials are missing, or the bucket does not exist, is another's or out of reach.
    """
    try:
        import boto3  # noqa: PLC0415 - an optional dependency, only for those who have a bucket
        from botocore.config import Config  # noqa: PLC0415 - likewise
    except ImportError as error:
        raise errors.StorageError("The setting s3_bucket needs boto3: pip install 'ftrack-api[server,s3]'.") from error
    for name in ("boto3", "botocore", "s3transfer"):
        logging.getLogger(name).setLevel(logging.WARNING)  # below that they tell of signatures and session tokens
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path" if endpoint else "auto"},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        # Otherwise signed addresses ask for checksum headers that ftrack clients do not send.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    place = f'bucket "{bucket}" at {endpoint or "Amazon S3"}'
    with _explained(place):
        client = boto3.Session().client("s3", endpoint_url=endpoint or None, region_name=region or None, config=config)
        client.head_bucket(Bucket=bucket)
    return S3Store(client, bucket, prefix, place)


class S3Store:
    """Keeps objects in a bucket."""

    def __init__(self, client: Any, bucket: str, prefix: str, place: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = prefix
        self._place = place

    def begin(self, upload: Upload) -> str:
        """Begin an upload in parts and return the bucket's name of it; a file in one piece needs nothing."""
        if not upload.parts:
            return ""
        with _explained(self._place):
            begun = self._client.create_multipart_upload(**self._at(upload.id), ContentType=upload.content_type)
        return str(begun["UploadId"])

    def upload_address(self, upload: Upload, number: int, seconds: int) -> str:
        """Return a signed address for one part, or for a file in one piece with the headers that were announced."""
        if number:
            told: dict[str, Any] = {"UploadId": upload.reference, "PartNumber": number}
            return self._signed("upload_part", upload.id, told, seconds)
        told = {"ContentType": upload.content_type}
        if upload.checksum is not None:
            told["ContentMD5"] = upload.checksum
        if upload.size:
            told["ContentLength"] = upload.size
        return self._signed("put_object", upload.id, told, seconds)

    def download_address(self, stored: StoredObject, disposition: str, seconds: int) -> str:
        """Return a signed address of the bytes."""
        told = {"ResponseContentType": stored.content_type, "ResponseContentDisposition": disposition}
        return self._signed("get_object", stored.object_id, told, seconds)

    def received(self, upload: Upload) -> list[Part]:
        """Return the parts that have arrived, by number: one request for each thousand."""
        parts = []
        with _explained(self._place):
            pages = self._client.get_paginator("list_parts")
            for page in pages.paginate(**self._at(upload.id), UploadId=upload.reference):
                parts += [
                    Part(item["PartNumber"], bare_tag(item["ETag"]), item["Size"]) for item in page.get("Parts", [])
                ]
        return parts

    def complete(self, upload: Upload, parts: Sequence[Part]) -> Content:
        """Join parts. May be repeated.

        Raises:
            ValidationError: If a part is missing or too small, the sizes do not add up or the checksum is another.

        Cost: three requests; the whole file is read once if its checksum was declared.
        """
        joined = self._joined_before(upload, parts)
        if joined is not None:
            return joined
        size = sum(part.size for part in self._arrived(upload, parts))
        if upload.size is not None and size != upload.size:
            raise errors.ValidationError(
                f"Upload {upload.id} was announced with {upload.size} bytes; its {len(parts)} parts have {size}."
            )
        listed = [{"PartNumber": part.number, "ETag": f'"{part.etag}"'} for part in parts]
        with _explained(self._place):
            self._client.complete_multipart_upload(
                **self._at(upload.id), UploadId=upload.reference, MultipartUpload={"Parts": listed}
            )
        content = self._content(upload.id)
        if content is None:
            raise errors.StorageError(f"The {self._place} has lost upload {upload.id}.")
        self._compare(upload, content)
        return content

    def find(self, upload: Upload) -> Content | None:
        """Return what has arrived in one piece, None unless its type and MD5 are those announced: one request."""
        head = self._head(upload.id)
        if head is None:
            return None
        content = Content(head["ContentLength"], bare_tag(head["ETag"]))
        reason = _difference(upload, head, content)
        if reason:
            logger.warning("Upload %s of component %s is refused: %s", upload.id, upload.component_id, reason)
            return None
        return content

    def check(self, stored: StoredObject) -> bool:
        """Return whether the bytes are those that were stored: one request."""
        return self._content(stored.object_id) == Content(stored.size, stored.etag)

    def read(self, stored: StoredObject, start: int, length: int) -> Iterator[bytes]:
        """Yield bytes from a position on.

        Raises:
            StorageError: If they are gone, or others than were stored.
        """
        if length <= 0:
            return
        wanted = {"Range": f"bytes={start}-{start + length - 1}", "IfMatch": f'"{stored.etag}"'}
        with _explained(self._place):
            body = self._client.get_object(**self._at(stored.object_id), **wanted)["Body"]
            with contextlib.closing(body):
                yield from body.iter_chunks(CHUNK)

    @contextlib.contextmanager
    def local(self, stored: StoredObject) -> Iterator[Path]:
        """Yield a copy, which is gone afterwards.

        Raises:
            StorageError: If the bucket has lost the bytes.
        """
        with tempfile.NamedTemporaryFile(prefix="ftrack-media-") as copy:
            for data in self.read(stored, 0, stored.size):
                copy.write(data)
            copy.flush()
            yield Path(copy.name)

    def put(self, upload: Upload, path: Path) -> Content:
        """Store a copy of a file, in parts if it is large."""
        with _explained(self._place):
            told = {"ContentType": upload.content_type}
            self._client.upload_file(str(path), self._bucket, self._key(upload.id), ExtraArgs=told)
        content = self._content(upload.id)
        if content is None or content.size != path.stat().st_size:
            raise errors.StorageError(f"The {self._place} has lost the file of upload {upload.id}.")
        return content

    def discard(self, object_id: str, component_id: str, reference: str = "") -> None:
        """Remove an object, and end what is being sent for it: two requests."""
        del component_id
        with _explained(self._place):
            for unfinished in [reference] if reference else self._unfinished(object_id):
                self._abort(object_id, unfinished)
            self._client.delete_object(**self._at(object_id))

    def object_ids(self, before: int) -> Iterator[tuple[str, str]]:
        """Yield the ids of objects and of uploads in parts that are older than a moment."""
        found = set()
        with _explained(self._place):
            for page in self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            ):
                old = [item["Key"] for item in page.get("Contents", []) if item["LastModified"].timestamp() < before]
                found.update(old)
            for item in self._uploads(self._prefix):
                if item["Initiated"].timestamp() < before:
                    found.add(item["Key"])
        for key in sorted(found):
            object_id = key.removeprefix(self._prefix)
            if _OBJECT_ID.fullmatch(object_id):
                yield object_id, ""

    def _key(self, object_id: str) -> str:
        if not _OBJECT_ID.fullmatch(object_id):
            raise errors.StorageError(f'"{object_id[:80]}" is not the name of an object.')
        return self._prefix + object_id

    def _at(self, object_id: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._key(object_id)}

    def _signed(self, operation: str, object_id: str, told: dict[str, Any], seconds: int) -> str:
        with _explained(self._place):
            told = {**self._at(object_id), **told}
            return str(self._client.generate_presigned_url(operation, Params=told, ExpiresIn=seconds))

    def _head(self, object_id: str) -> dict[str, Any] | None:
        with _explained(self._place):
            try:
                head: dict[str, Any] = self._client.head_object(**self._at(object_id))
            except self._client.exceptions.ClientError as error:
                if _code(error) in _MISSING:
                    return None
                raise
        return head

    def _content(self, object_id: str) -> Content | None:
        head = self._head(object_id)
        return None if head is None else Content(head["ContentLength"], bare_tag(head["ETag"]))

    def _joined_before(self, upload: Upload, parts: Sequence[Part]) -> Content | None:
        """Return the object that an upload has become already, if it was of the same parts."""
        content = self._content(upload.id)
        if content is None:
            return None
        if all(_MD5.fullmatch(part.etag) for part in parts) and content.etag == joined_tag(parts):
            self._compare(upload, content)
            return content
        raise errors.ValidationError(f"Upload {upload.id} is complete, and of other parts than those listed.")

    def _arrived(self, upload: Upload, parts: Sequence[Part]) -> list[Part]:
        there = {(part.number, part.etag): part for part in self.received(upload)}
        for part in parts:
            if (part.number, part.etag) not in there:
                raise errors.ValidationError(
                    f'Part {part.number} of upload {upload.id} has not arrived with the tag "{part.etag[:80]}"; '
                    "send it again and list the ETag of the answer."
                )
        return [there[part.number, part.etag] for part in parts]

    def _compare(self, upload: Upload, content: Content) -> None:
        """Read an object whose checksum was declared; remove it when it has another one."""
        if upload.checksum is None:
            return
        digest = hashlib.md5(usedforsecurity=False)
        with _explained(self._place):
            body = self._client.get_object(**self._at(upload.id), IfMatch=f'"{content.etag}"')["Body"]
            with contextlib.closing(body):
                for data in body.iter_chunks(CHUNK):
                    digest.update(data)
        if digest.hexdigest() != hexadecimal_md5(upload.checksum):
            self.discard(upload.id, upload.component_id, upload.reference)
            raise errors.ValidationError(
                f"The parts of upload {upload.id} do not have the checksum {upload.checksum} that was announced."
            )

    def _uploads(self, prefix: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            yield from page.get("Uploads", [])

    def _unfinished(self, object_id: str) -> list[str]:
        key = self._key(object_id)
        return [item["UploadId"] for item in self._uploads(key) if item["Key"] == key]

    def _abort(self, object_id: str, reference: str) -> None:
        try:
            self._client.abort_multipart_upload(**self._at(object_id), UploadId=reference)
        except self._client.exceptions.ClientError as error:
            if _code(error) not in _MISSING:
                raise


def _difference(upload: Upload, head: dict[str, Any], content: Content) -> str:
    """Return how what has arrived differs from what was announced, empty if it does not.

    The tag of an object that the bucket encrypts with a key of its own is no MD5; the bucket has compared that itself.
    """
    if upload.size is not None and content.size != upload.size:
        return f"{content.size} bytes have arrived, {upload.size} were announced"
    if head["ContentType"] != upload.content_type:
        return f'it is of the type "{head["ContentType"]}", "{upload.content_type}" was announced'
    encrypted = head.get("ServerSideEncryption", "AES256") != "AES256" or "SSECustomerAlgorithm" in head
    if upload.checksum is not None and not encrypted and content.etag != hexadecimal_md5(upload.checksum):
        return f"its MD5 is {content.etag}, that of {upload.checksum} was announced"
    return ""


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


@contextlib.contextmanager
def _explained(place: str) -> Iterator[None]:
    """Turn what boto3 raises into what can be told: no credentials are part of it."""
    from boto3.exceptions import Boto3Error  # noqa: PLC0415 - an optional dependency
    from botocore import exceptions as failed  # noqa: PLC0415 - likewise

    try:
        yield
    except failed.ClientError as error:
        raise _refused(place, _code(error)) from error
    except (failed.NoCredentialsError, failed.PartialCredentialsError, failed.CredentialRetrievalError) as error:
        raise errors.StorageError(
            f"There are no complete credentials for the {place}. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
            "any other source that boto3 knows."
        ) from error
    except failed.NoRegionError as error:
        raise errors.StorageError(f"The region of the {place} is not known; set s3_region.") from error
    except (failed.HTTPClientError, failed.EndpointConnectionError) as error:
        raise errors.StorageError(
            f"The {place} cannot be reached ({type(error).__name__}); look at s3_endpoint, and the network."
        ) from error
    except (failed.BotoCoreError, Boto3Error, OSError) as error:
        raise errors.StorageError(f"The {place} cannot be used: {type(error).__name__}.") from error


def _refused(place: str, code: str) -> errors.ServerError:
    if code in {"EntityTooSmall", "InvalidPart", "InvalidPartOrder"}:
        return errors.ValidationError(
            f"The {place} does not join these parts ({code}): all but the last one have 5 MiB at least, and each has "
            "the ETag of the answer to it."
        )
    if code == "NoSuchUpload":
        return errors.ValidationError("The upload was given up or is over; ask for a new one by get_upload_metadata.")
    if code in {"404", "NoSuchBucket"}:
        return errors.StorageError(f"There is no {place}, or no such object in it; look at s3_bucket and s3_endpoint.")
    if code in {"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"}:
        return errors.StorageError(f"The credentials do not open the {place} ({code}); it may be somebody else's.")
    if code in {"301", "400", "PermanentRedirect", "AuthorizationHeaderMalformed"}:
        return errors.StorageError(f"The {place} refuses the request ({code}); it may be in another region: s3_region.")
    if code in {"412", "PreconditionFailed", "NoSuchKey"}:
        return errors.StorageError(f"The {place} does not have the file any more, or another one ({code}).")
    return errors.StorageError(f"The {place} has failed ({code}).")
