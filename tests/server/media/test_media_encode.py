"""Encoding: films and pictures for the web, by jobs that end in ``done`` or in ``failed`` with a reason."""

from __future__ import annotations

import io
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from tests.server.media.test_media_thumbnails import bomb

from ftrack_server.jobs.queue import JobQueue

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tests.server.media.conftest import Client

av = pytest.importorskip("av", reason="PyAV is not installed (extra media)")
PATIENCE = 120


def film(frames: int = 12, rate: int = 25) -> bytes:
    """A film of a few frames, in another format than the one it is going to be encoded to."""
    data = io.BytesIO()
    with av.open(data, "w", format="avi") as output:
        stream = output.add_stream("mjpeg", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 65, 49, "yuvj420p"
        for number in range(frames):
            output.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", (65, 49), (number * 20, 80, 40)))))
        output.mux(stream.encode(None))
    return data.getvalue()


def film_with_sound(seconds: int = 1) -> bytes:
    """A film of one colour, with silence."""
    data = io.BytesIO()
    with av.open(data, "w", format="avi") as output:
        stream = output.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        sound = output.add_stream("pcm_s16le", rate=22_050, layout="mono")
        for _ in range(25 * seconds):
            output.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", (64, 48), "teal"))))
        silence = av.AudioFrame(format="s16", layout="mono", samples=22_050 * seconds)
        silence.sample_rate = 22_050
        silence.planes[0].update(bytes(silence.planes[0].buffer_size))
        for made in (stream.encode(None), sound.encode(silence), sound.encode(None)):
            output.mux(made)
    return data.getvalue()


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (320, 200), "teal").save(data, format="PNG")
    return data.getvalue()


def one(client: Client, expression: str) -> Any:
    return client.call({"action": "query", "expression": expression})[0]["data"][0]


def ended(client: Client, job_id: str) -> Any:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        job = one(
            client, f"select status, data, finished_at, job_components.component.name from Job where id is {job_id}"
        )
        if job["status"] in {"done", "failed"}:
            return job
        client.call({"action": "query", "expression": "select id from User limit 1"})
    raise AssertionError(f"the job is still {job['status']}")


def gone(client: Client, component_id: str) -> bool:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if client.get(component_id).status_code == 404:
            return True
    return False


def encode(client: Client, data: bytes, file_type: str, **more: Any) -> Any:
    client.upload("source", data, f"source{file_type}")
    client.call(client.component("source", name="source", file_type=file_type), client.location("source"))
    reply = client.call({"action": "encode_media", "component_id": "source", **more})
    return reply[0]["job_id"]


def test_a_film_becomes_mp4_and_a_picture(client: Client) -> None:
    job_id = encode(client, film(), ".avi", keep_original=True)
    promised = json.loads(one(client, f"select data from Job where id is {job_id}")["data"])
    job = ended(client, job_id)

    assert (job["status"], promised["source_component_id"], promised["keep_original"]) == ("done", "source", True)
    assert [item["format"] for item in promised["output"]] == ["video/mp4", "image/jpeg"]
    mp4, jpeg = (client.get(item["component_id"]) for item in promised["output"])
    with av.open(io.BytesIO(mp4.content)) as played:
        stream = played.streams.video[0]
        assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 64, 48)
        assert len(list(played.decode(video=0))) == 12
    with Image.open(io.BytesIO(jpeg.content)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (64, 48))
    meta = one(client, f"select value from Metadata where parent_id is {promised['output'][0]['component_id']}")
    told = json.loads(meta["value"])
    assert {name: told[name] for name in ("frameIn", "frameOut", "frameRate")} == {
        "frameIn": 0,
        "frameOut": 11,
        "frameRate": 25.0,
    }
    assert client.get("source").status_code == 200


def test_a_film_keeps_its_sound(client: Client) -> None:
    job = ended(client, encode(client, film_with_sound(), ".avi"))

    assert job["status"] == "done", job
    mp4 = client.get(json.loads(job["data"])["output"][0]["component_id"])
    with av.open(io.BytesIO(mp4.content)) as played:
        (sound,) = played.streams.audio
        assert sound.codec_context.name == "aac"
        heard = sum(frame.samples for frame in played.decode(sound)) / sound.rate
    assert 0.9 < heard < 1.2


def test_a_picture_becomes_one_for_the_web_and_its_original_may_go(client: Client) -> None:
    job = ended(client, encode(client, picture(), ".png", keep_original=False))

    assert job["status"] == "done"
    assert [item["component"]["name"] for item in job["job_components"]] == ["ftrackreview-image"]
    assert gone(client, "source"), "the bytes go after the commit that the job's status is part of"
    (output,) = json.loads(job["data"])["output"]
    component = one(client, f"select size, file_type from FileComponent where id is {output['component_id']}")
    assert (component["size"], component["file_type"]) == (len(client.get(output["component_id"]).content), ".jpg")


@pytest.mark.parametrize(
    ("data", "file_type"),
    [
        (b"no film at all", ".mov"),
        (b"no picture", ".png"),
        (picture()[:200], ".png"),
        (b"", ".mp4"),
        (bomb(), ".png"),
        (bomb(), ".mov"),
    ],
    ids=["no film", "no picture", "truncated", "empty", "bomb", "bomb as film"],
)
def test_what_cannot_be_played_fails_with_a_reason_and_stays(client: Client, data: bytes, file_type: str) -> None:
    job = ended(client, encode(client, data, file_type, keep_original=False))

    told = json.loads(job["data"])
    assert (job["status"], told["output"], job["job_components"]) == ("failed", [], [])
    assert told["error"]
    assert job["finished_at"] is not None
    assert client.get("source").content == data


def test_a_file_that_is_not_there_is_refused_at_once(client: Client) -> None:
    client.call(client.component("source"))

    assert (
        "has no file in ftrack.server" in client.call({"action": "encode_media", "component_id": "source"})["content"]
    )
    assert "no Component" in client.call({"action": "encode_media", "component_id": "nothing"})["content"]


def test_a_job_survives_the_end_of_its_server(serve: Callable[..., AbstractContextManager[Client]]) -> None:
    with serve() as client:
        job_id = encode(client, film(frames=200), ".avi")
        client.server.restart()
        job = ended(client, job_id)

    assert job["status"] == "done"


@pytest.mark.parametrize("data", [film(frames=100), b"no film at all"], ids=["film", "damaged"])
def test_a_job_whose_components_or_self_were_deleted_meanwhile_ends(client: Client, data: bytes) -> None:
    job_id = encode(client, data, ".avi")
    output = json.loads(one(client, f"select data from Job where id is {job_id}")["data"])["output"]
    victims = [("FileComponent", item["component_id"]) for item in output] + [("Job", job_id)]
    for entity_type, key in victims:
        client.call({"action": "delete", "entity_type": entity_type, "entity_key": [key]})

    queue = JobQueue(client.server.database, time.time)
    until = time.monotonic() + PATIENCE
    while queue.waiting() and time.monotonic() < until:
        client.call({"action": "query", "expression": "select id from User limit 1"})

    assert not queue.waiting(), "the job is tried again and again"
    assert client.call({"action": "query", "expression": "select id from Job"})[0]["data"] == []


def test_a_job_that_had_ended_before_its_server_could_say_so_is_left_alone(
    serve: Callable[..., AbstractContextManager[Client]],
) -> None:
    with serve() as client:
        job_id = encode(client, picture(), ".png", keep_original=True)
        job = ended(client, job_id)
        client.server.stop()
        data = json.loads(job["data"])
        (output,) = data["output"]
        payload = {
            "source": "source",
            "kind": "picture",
            "outputs": {"ftrackreview-image": output["component_id"]},
            "file_types": {"ftrackreview-image": ".jpg"},
            "thumbnail": "ftrackreview-image",
            "thumbnail_of": None,
            "keep_original": True,
            "user_id": one_user(client),
            "username": client.server.api_user,
            "data": data,
        }
        queue = JobQueue(client.server.database, time.time)
        with client.server.database.write() as connection:
            queue.add(connection, job_id, payload)
        client.server.restart()
        until = time.monotonic() + PATIENCE
        while queue.waiting() and time.monotonic() < until:
            client.call({"action": "query", "expression": "select id from User limit 1"})

        assert ended(client, job_id)["status"] == "done"
        assert Image.open(io.BytesIO(client.get(output["component_id"]).content)).format == "JPEG"


def one_user(client: Client) -> str:
    users = client.server.database.metadata.tables["resource"]
    with client.server.database.read() as connection:
        found = connection.execute(users.select().where(users.c.username == client.server.api_user)).mappings().one()
    return str(found["id"])


def test_orphans_are_collected_while_jobs_wait(
    serve: Callable[..., AbstractContextManager[Client]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ftrack_server.jobs.worker.COLLECT_SECONDS", 0.2)
    with serve() as client:
        queue = JobQueue(client.server.database, lambda: time.time() + PATIENCE)
        with client.server.database.write() as connection:
            queue.add(connection, "somebody's", {})
        queue.take("somebody else")
        client.upload("c", picture(), "a.png")
        assert client.get("c", "thumbnail").status_code == 200
        tables = client.server.database.metadata.tables
        with client.server.database.write() as connection:
            connection.execute(tables["media_object"].update().values(stored_at=1))
            connection.execute(tables["media_upload"].update().values(started_at=1))
        until = time.monotonic() + PATIENCE
        while (client.stored() or list(client.folder.glob("thumbnails/*/*"))) and time.monotonic() < until:
            client.call({"action": "query", "expression": "select id from User limit 1"})

        assert (client.stored(), list(client.folder.glob("thumbnails/*/*"))) == ([], [])
