"""Programs that publish files, against a server whose files are in a bucket: clients send them there themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.contract.test_programs import JAVASCRIPT_PROGRAMS, PYTHON_PROGRAMS

from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ftrack_server.testing import RunningServer

pytestmark = pytest.mark.contract

boto3 = pytest.importorskip("boto3", reason="boto3 is not installed; it comes with the group test")
moto_server = pytest.importorskip("moto.server", reason="moto[server] is not installed; it comes with the group test")

BUCKET = "published"


@pytest.fixture(scope="session")
def bucket_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with the acceptance data, whose files are in a bucket on loopback."""
    folder = tmp_path_factory.mktemp("bucket")
    service = moto_server.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    service.start()
    host, port = service.get_host_and_port()
    place = {"s3_bucket": BUCKET, "s3_endpoint": f"http://{host}:{port}", "s3_region": "us-east-1"}
    kept = {"outbox_path": str(folder / "outbox"), "files_path": str(folder / "files")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "owner")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "confidential")
        boto3.Session().client("s3", endpoint_url=place["s3_endpoint"], region_name="us-east-1").create_bucket(
            Bucket=BUCKET
        )
        with running_server(seed="acceptance", **kept, **place) as server:
            yield server
    service.stop()


@pytest.mark.parametrize("client", ["official", "own"])
@pytest.mark.parametrize("program", [name for name in PYTHON_PROGRAMS if name.startswith("files:")])
def test_a_program_does_not_notice_the_bucket(
    bucket_server: RunningServer, interpreters: Callable[..., Any], program: str, client: str
) -> None:
    outcome = interpreters(client, "bucket").run(program)

    assert outcome["trace"] is None, outcome["trace"]


@pytest.mark.parametrize("program", [name for name in JAVASCRIPT_PROGRAMS if name.startswith("uploads")])
def test_a_javascript_program_does_not_notice_it_either(
    bucket_server: RunningServer, interpreters: Callable[..., Any], program: str
) -> None:
    outcome = interpreters("javascript", "bucket").run(program)

    assert outcome["trace"] is None, outcome["trace"]
