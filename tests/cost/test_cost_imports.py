"""What importing and starting load: nothing that is not used."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

from ftrack_server.testing import running_server

pytestmark = pytest.mark.cost

THIRD_PARTY = ["requests", "urllib3", "arrow", "websockets", "clique", "platformdirs", "orjson", "dateutil"]
MODULES_OF_IMPORT = 40
FOREIGN_MODULES_OF_A_QUERY = 84  # of the standard library and of other packages
MODULES_OF_SESSION_IMPORT = 148  # our own included
MODULES_OF_A_WARM_SESSION_WITH_A_HUB = 188  # our own included
RARELY_NEEDED = [
    "dataclasses",
    "inspect",
    "ast",
    "difflib",
    "importlib.util",
    "pathlib",
    "hashlib",
    "uuid",
    "platform",
    "pickle",
    "tempfile",
    "getpass",
]
RARELY_NEEDED_OF_OURS = ["_location.addition", "_transfers", "accessor.disk", "structure.base", "entity.note"]


def loaded(statement: str) -> set[str]:
    """Return the modules that a statement loads in a fresh interpreter."""
    program = textwrap.dedent(
        f"""
        import json, sys
        before = set(sys.modules)
        {statement}
        print(json.dumps(sorted(set(sys.modules) - before)))
        """
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(result.stdout.splitlines()[-1]))


@pytest.mark.parametrize(
    ("statement", "limit"),
    [("import ftrack_api", MODULES_OF_IMPORT), ("import ftrack_api.session", MODULES_OF_SESSION_IMPORT)],
)
def test_importing_loads_little_and_nothing_of_others(statement, limit):
    modules = loaded(statement)

    assert sorted(modules & {*THIRD_PARTY, *RARELY_NEEDED}) == []
    assert sorted(modules & {f"ftrack_api.{name}" for name in RARELY_NEEDED_OF_OURS}) == []
    assert len(modules) <= limit


def test_a_session_that_reads_text_loads_no_dates_and_no_web_sockets(documents, tmp_path):
    schemas = tmp_path / "schemas.json"
    schemas.write_text(json.dumps(documents), encoding="utf-8")
    statement = f"""
        import json
        from ftrack_api._transport.base import Response
        from ftrack_api.session import Session
        schemas = json.load(open({str(schemas)!r}))
        rows = [{{"__entity_type__": "Task", "id": "t", "name": "comp"}}]
        class Prepared:
            def send(self, request):
                if b"query_schemas" in request.body:
                    return Response(200, {{}}, json.dumps([{{"version": "dev"}}, schemas]).encode())
                return Response(200, {{}}, json.dumps([{{"data": rows, "metadata": {{}}}}]).encode())
            def close(self):
                pass
        Session._create_transport = lambda self, config: Prepared()
        with Session("http://x.test", "k", "u", schema_cache_path=False, plugin_paths=[]) as session:
            assert session.query("select name from Task").one()["name"] == "comp"
    """
    modules = loaded(textwrap.dedent(statement).strip().replace("\n", "\n        "))

    assert sorted(modules & {"arrow", "websockets", "requests", "clique", "platformdirs", "ftrack_api.event.hub"}) == []


def test_a_session_with_a_server_that_sets_cookies_loads_no_http_library_of_others(tmp_path):
    with running_server(seed="demo") as server:
        arguments = (server.url, server.api_key, server.api_user)
        modules = loaded(
            f"""
        from ftrack_api import Session
        with Session(*{arguments!r}, schema_cache_path={str(tmp_path)!r}, plugin_paths=[]) as session:
            assert session.query("Task").first()["name"]
            assert session._transport._cookies.current()
        """.strip()
        )

    assert len([name for name in modules if not name.startswith("ftrack")]) <= FOREIGN_MODULES_OF_A_QUERY
    assert sorted(modules & {"arrow", "websockets", "requests", "urllib3", "certifi", "clique", "platformdirs"}) == []


def test_a_session_from_a_schema_file_loads_what_it_uses(tmp_path):
    with running_server(seed="demo") as server:
        arguments = (server.url, server.api_key, server.api_user)
        program = f"""
        from ftrack_api import Session
        with Session(*{arguments!r}, schema_cache_path={str(tmp_path)!r}, plugin_paths=[]) as session:
            assert session.query("Task").first()["name"]
            session.event_hub.subscribe("topic=t", print)
        """.strip()
        loaded(program)
        modules = loaded(program)

    assert sorted(modules & {*THIRD_PARTY, *RARELY_NEEDED}) == []
    assert len(modules) <= MODULES_OF_A_WARM_SESSION_WITH_A_HUB


def test_a_start_builds_no_class_and_a_query_builds_those_it_meets(offline, answering):
    rows = [{"__entity_type__": "Task", "id": "t", "status": {"__entity_type__": "Status", "id": "s"}}]
    answering([{"action": "query", "data": rows, "metadata": {}}])
    assert [name for name, found in offline.types._classes.items() if found is not None] == ["Location"]

    offline.query("select status from Task").all()

    assert sorted(name for name, found in offline.types._classes.items() if found is not None) == [
        "Location",
        "Status",
        "Task",
    ]
