"""The thread that encodes media: one job after the other, each in a process of its own, told of through actions."""

from __future__ import annotations

import json
import logging
import mimetypes
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftrack_protocol.actions import parse_batch
from ftrack_server import errors
from ftrack_server.auth.keys import Actor
from ftrack_server.auth.roles import everything
from ftrack_server.jobs.queue import LEASE_SECONDS, MOST_ATTEMPTS
from ftrack_server.media.library import SERVER_LOCATION
from ftrack_server.media.store import Upload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ftrack_server.api.dispatch import Dispatcher
    from ftrack_server.jobs.queue import JobQueue
    from ftrack_server.media.files import Files
    from ftrack_server.media.thumbnails import Thumbnails

logger = logging.getLogger(__name__)

COLLECT_SECONDS = 3600.0
LONGEST_SECONDS = 4 * 3600
ENCODER = "ftrack_server.media.encode"


class Worker:
    """Encodes what is queued, and removes orphaned files and their thumbnails once an hour."""

    def __init__(self, dispatcher: Dispatcher, files: Files, queue: JobQueue, thumbnails: Thumbnails) -> None:
        self._dispatcher = dispatcher
        self._files = files
        self._thumbnails = thumbnails
        self._queue = queue
        self._owner = uuid.uuid4().hex
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="ftrack-encoder", daemon=True)

    def start(self) -> None:
        """Start the thread; it begins with what an earlier process has left."""
        if self._queue.waiting():
            self._files.queued.set()
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a job that it has begun is given back."""
        self._ending = True
        self._files.queued.set()
        self._thread.join()

    def _run(self) -> None:
        pause = COLLECT_SECONDS
        collect_at = time.monotonic() + COLLECT_SECONDS
        while True:
            self._files.queued.wait(min(pause, max(collect_at - time.monotonic(), 0.0)))
            if self._ending:
                return
            self._files.queued.clear()
            try:
                if time.monotonic() >= collect_at:
                    collect_at = time.monotonic() + COLLECT_SECONDS
                    self._files.library.collect(self._files.limits.upload_seconds)
                    self._thumbnails.collect()
                while not self._ending and (job := self._queue.take(self._owner)):
                    self._do(job)
                pause = LEASE_SECONDS + 1.0 if self._queue.waiting() else COLLECT_SECONDS
            except Exception:
                logger.exception("Encoding was interrupted; it goes on later")
                pause = LEASE_SECONDS + 1.0

    def _do(self, job: dict[str, Any]) -> None:
        job_id, payload = job["job_id"], job["payload"]
        if self._has_ended(payload, job_id):
            self._queue.done(job_id, self._owner)
            return
        if job["attempts"] > MOST_ATTEMPTS:
            self._fail(job_id, payload, f"The server ended {MOST_ATTEMPTS} times while it encoded this file.")
            return
        try:
            self._act(payload, {**_update("Job", job_id), "entity_data": {"status": "running"}})
            with tempfile.TemporaryDirectory(prefix="ftrack-encode-") as folder:
                outputs = self._encode(job_id, payload, Path(folder))
                if outputs is not None and self._holds(job_id):
                    self._succeed(job_id, payload, outputs, Path(folder))
        except errors.ServerError as error:
            if self._holds(job_id):
                self._fail(job_id, payload, error.message)

    def _encode(self, job_id: str, payload: dict[str, Any], folder: Path) -> dict[str, Any] | None:
        """Run the encoder and return its outputs, None when the server ends meanwhile or another takes the job over.

        Raises:
            ValidationError: With the reason, if nothing can be made of the file.
        """
        library = self._files.library
        stored = library.find(payload["source"])
        if stored is None:
            raise errors.ValidationError("The file is not in ftrack.server any more.")
        with library.store.local(stored) as path, (folder / "log").open("w+b") as log:
            command = [sys.executable, "-m", ENCODER, str(path), str(folder), payload["kind"]]
            process = subprocess.Popen(command, stdout=log, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)  # noqa: S603 - our own module
            try:
                ended = self._wait(job_id, process)
            finally:
                process.kill()
                process.wait()
            if not ended:
                return None
            log.seek(0)
            text = log.read().decode("utf-8", "replace")
        if process.returncode or not text.startswith("{"):
            raise errors.ValidationError("The file cannot be played: the decoder gave up on it.")
        outcome = json.loads(text)
        if "error" in outcome:
            raise errors.ValidationError(outcome["error"])
        outputs: dict[str, Any] = outcome["outputs"]
        return outputs

    def _wait(self, job_id: str, process: subprocess.Popen[bytes]) -> bool:
        """Wait for the encoder while the lease is renewed; return whether it ended by itself and the job is held."""
        waited = 0.0
        while process.poll() is None:
            try:
                process.wait(1.0)
            except subprocess.TimeoutExpired:
                waited += 1.0
            if self._ending:
                self._queue.give_back(job_id, self._owner)
                return False
            if waited > LONGEST_SECONDS:
                raise errors.ValidationError(f"Encoding took longer than {LONGEST_SECONDS} seconds.")
            if waited and waited % (LEASE_SECONDS // 3) == 0 and not self._holds(job_id):
                return False
        return True

    def _holds(self, job_id: str) -> bool:
        """Keep a job for another lease; return whether nobody has taken it over from a server that seemed dead."""
        held = self._queue.renew(job_id, self._owner)
        if not held:
            logger.warning("Job %s was taken over by another server, which goes on with it", job_id)
        return held

    def _succeed(self, job_id: str, payload: dict[str, Any], outputs: dict[str, Any], folder: Path) -> None:
        batch: list[dict[str, Any]] = []
        for name, component_id in payload["outputs"].items():
            size = self._store(component_id, name, payload, folder / name)
            metadata = {
                "parent_id": component_id,
                "parent_type": "FileComponent",
                "key": "ftr_meta",
                "value": json.dumps(outputs[name]),
            }
            place = {"component_id": component_id, "location_id": SERVER_LOCATION, "resource_identifier": component_id}
            batch += [
                {**_update("FileComponent", component_id), "entity_data": {"size": size}},
                {"action": "create", "entity_type": "ComponentLocation", "entity_data": place},
                {"action": "create", "entity_type": "Metadata", "entity_data": metadata},
            ]
        if payload["thumbnail_of"]:
            shown = {"thumbnail_id": payload["outputs"][payload["thumbnail"]]}
            batch.append({**_update("AssetVersion", payload["thumbnail_of"]), "entity_data": shown})
        if not payload["keep_original"]:
            batch.append({"action": "delete", "entity_type": "FileComponent", "entity_key": [payload["source"]]})
        batch.append({**_update("Job", job_id), "entity_data": {"status": "done"}})
        self._act(payload, *batch)
        self._queue.done(job_id, self._owner)

    def _store(self, component_id: str, name: str, payload: dict[str, Any], path: Path) -> int:
        file_name = name + payload["file_types"][name]
        upload = Upload(
            id=uuid.uuid4().hex,
            component_id=component_id,
            file_name=file_name,
            content_type=mimetypes.guess_type(file_name)[0] or "application/octet-stream",
            size=path.stat().st_size,
            user_id=payload["user_id"],
        )
        library = self._files.library
        library.complete(upload, library.store.put(upload, path))
        return path.stat().st_size

    def _fail(self, job_id: str, payload: dict[str, Any], reason: str) -> None:
        """End a job with a reason; what it was to make goes, what it was to be made of stays.

        Users may have deleted any of it in the meantime: the version with its components, or the job.
        """
        logger.info("Job %s failed: %s", job_id, reason)
        data = json.dumps({**payload["data"], "output": [], "error": reason})
        for _ in range(len(payload["outputs"]) + 2):  # each of them, or the job, may vanish between question and deed
            if self._told(job_id, payload, data):
                break
        self._queue.done(job_id, self._owner)

    def _told(self, job_id: str, payload: dict[str, Any], data: str) -> bool:
        """Write how a job failed, and delete what is left of its outputs; return False if some went meanwhile."""
        batch: list[dict[str, Any]] = [
            {"action": "delete", "entity_type": "FileComponent", "entity_key": [component_id]}
            for component_id in self._left(payload, "FileComponent", payload["outputs"].values())
        ]
        if self._left(payload, "Job", [job_id]):
            batch.append({**_update("Job", job_id), "entity_data": {"status": "failed", "data": data}})
        if batch:
            try:
                self._act(payload, *batch)
            except errors.NotFoundError:
                return False
        return True

    def _has_ended(self, payload: dict[str, Any], job_id: str) -> bool:
        """Return whether all was done by a server that ended before it could take the job from the queue."""
        expression = f'select id from Job where id is "{job_id}" and status in ("done", "failed")'
        (reply,) = self._act(payload, {"action": "query", "expression": expression})
        return bool(reply["data"])

    def _left(self, payload: dict[str, Any], entity_type: str, ids: Iterable[str]) -> list[str]:
        """Return which of some ids there still are."""
        asked = ", ".join(f'"{id_}"' for id_ in ids)
        expression = f"select id from {entity_type} where id in ({asked})"
        (reply,) = self._act(payload, {"action": "query", "expression": expression})
        return [row["id"] for row in reply["data"]]

    def _act(self, payload: dict[str, Any], *operations: dict[str, Any]) -> list[Any]:
        """Carry out actions in the name of whoever asked for the job, so that events tell of them; return replies."""
        user_id = payload["user_id"]
        actor = Actor(user_id, payload["username"], "", is_global=True, access=everything(user_id))
        return self._dispatcher.carry_out(actor, parse_batch(list(operations)))


def _update(entity_type: str, key: str) -> dict[str, Any]:
    return {"action": "update", "entity_type": entity_type, "entity_key": [key]}
