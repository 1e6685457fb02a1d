"""``ftrack types`` writes a package by which mypy and pyright know the entities of a live site."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ftrack_api.cli.main import main
from ftrack_api.cli.stubs import render_runtime, render_stub
from ftrack_server.testing import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftrack_server.testing import RunningServer

ENTITIES = Path(__file__).parent / "entities"
PAGE = Path(__file__).parents[2] / "docs" / "types.md"
PROGRAMS = ("use.py", "misuse.py", "page.py")
PROGRAM_SECONDS = 300
ADDRESS = "http://studio.test"


@pytest.fixture(scope="module")
def server() -> Iterator[RunningServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def site(server: RunningServer, monkeypatch: pytest.MonkeyPatch) -> RunningServer:
    """A site that the environment leads to."""
    monkeypatch.setenv("FTRACK_SERVER", server.url)
    monkeypatch.setenv("FTRACK_API_KEY", server.api_key)
    monkeypatch.setenv("FTRACK_API_USER", server.api_user)
    return server


@pytest.fixture
def project(site: RunningServer, tmp_path: Path) -> Path:
    """A folder with the package of the site and programs that use and misuse it."""
    assert main(["types", "--output", str(tmp_path / "ftrack_types")]) == 0
    for name in ("use.py", "misuse.py"):
        shutil.copy(ENTITIES / name, tmp_path)
    (example,) = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    (tmp_path / "page.py").write_text(example, encoding="utf-8")
    return tmp_path


def marked(folder: Path) -> set[tuple[str, int]]:
    return {
        (name, number)
        for name in PROGRAMS
        for number, line in enumerate((folder / name).read_text(encoding="utf-8").splitlines(), 1)
        if "# refused" in line
    }


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PROGRAM_SECONDS, check=False)


def test_mypy_refuses_what_is_misspelt_and_nothing_else(project: Path) -> None:
    (project / "mypy.ini").write_text("[mypy]\nstrict = true\n", encoding="utf-8")

    result = run(sys.executable, "-m", "mypy", *PROGRAMS, "ftrack_types", folder=project)

    found = re.findall(r"^(\S+?):(\d+): error:", result.stdout, re.MULTILINE)
    assert {(name, int(line)) for name, line in found} == marked(project), result.stdout + result.stderr


def test_pyright_refuses_what_is_misspelt_and_nothing_else(project: Path, pyright: list[str]) -> None:
    settings = {
        "include": ["."],
        "typeCheckingMode": "strict",
        "reportUnknownMemberType": False,
        "reportUnknownArgumentType": False,
    }
    (project / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")

    result = run(*pyright, "--outputjson", folder=project)

    found = json.loads(result.stdout)["generalDiagnostics"]
    lines = {(Path(item["file"]).name, item["range"]["start"]["line"] + 1) for item in found}
    assert lines == marked(project), result.stdout


def test_the_package_is_the_session_itself_when_it_runs(project: Path) -> None:
    program = "import ftrack_api, ftrack_types as t; print(t.Session is ftrack_api.Session, t.Task.__name__)"
    environment = {"PATH": os.environ.get("PATH", "")}

    result = subprocess.run(
        [sys.executable, "-c", program + "; t.Nothing"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PROGRAM_SECONDS,
        check=False,
    )

    assert result.stdout.split() == ["True", "Entity"]
    assert "has no attribute 'Nothing'" in result.stderr


def test_a_check_tells_what_is_out_of_date(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project / "ftrack_types"
    assert main(["types", "--output", str(folder), "--check"]) == 0
    (folder / "__init__.pyi").write_text("", encoding="utf-8")

    assert main(["types", "--output", str(folder), "--check"]) == 1

    assert "__init__.pyi is out of date" in capsys.readouterr().out
    assert (folder / "__init__.pyi").read_text(encoding="utf-8") == ""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--output", "not-a-name"], "'not-a-name' is no name"),
        (["--output", "class"], "'class' is no name"),
        (["--server", "nonsense"], "nonsense"),
        (["--user", "nobody"], "InvalidCredentialsError"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    site: RunningServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main(["types", *arguments]) == 2

    error = capsys.readouterr().err
    assert error.startswith("ftrack types: ")
    assert said in error
    assert error.count("\n") == 1
    assert site.api_key not in error
    assert list(tmp_path.iterdir()) == []


def schema(name: str, /, **properties: dict[str, object]) -> dict[str, object]:
    return {"id": name, "primary_key": ["id"], "properties": {"id": {"type": "string"}, **properties}}


@pytest.mark.parametrize("name", ["Session", "class", "_T", "Any; import os", "Result", "9th", ""])
def test_a_type_whose_name_would_change_the_module_is_left_out(name: str) -> None:
    schemas = [schema(name), schema("Task", owner={"$ref": name})]

    stub = render_stub(schemas, ADDRESS)

    compile(stub, "stub", "exec")
    compile(render_runtime(schemas, ADDRESS), "runtime", "exec")
    assert stub.count("class ") == render_stub([schema("Task")], ADDRESS).count("class ")


@pytest.mark.parametrize("name", ['a"b', "a\\", "a\nb"])
def test_an_attribute_whose_name_is_no_plain_text_is_left_out(name: str) -> None:
    assert render_stub([schema("Task", **{name: {"type": "string"}})], ADDRESS) == render_stub(
        [schema("Task")], ADDRESS
    )


def test_an_address_cannot_end_its_docstring() -> None:
    compile(render_stub([], 'http://x/""" + evil() + """'), "stub", "exec")
    assert "evil()" not in render_runtime([], 'http://x/"""\nevil()\n"""').split('"""')[2]


def test_values_that_are_not_required_may_be_none_when_asked_for() -> None:
    documents = [{**schema("Task", name={"type": "string"}, bid={"type": "number"}), "required": ["id", "name"]}]

    assert "-> float | None" not in render_stub(documents, ADDRESS)
    stub = render_stub(documents, ADDRESS, optional=True)

    assert 'Literal["bid"]) -> float | None' in stub
    assert 'Literal["id", "name"]) -> str:' in stub
