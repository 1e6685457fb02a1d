"""Transactions whose commit gets no answer: files stay wherever a component may speak of them."""

from __future__ import annotations

import json

import pytest

from ftrack_api import exception


class Losing:
    """A transport that loses the answers to batches which create something, or what comes after too."""

    def __init__(self, transport, *, arrives, error, stays_lost=False):
        self._transport = transport
        self._arrives, self._error, self._stays_lost = arrives, error, stays_lost
        self._lost = False

    def __getattr__(self, name):
        return getattr(self._transport, name)

    def send(self, request):
        creates = any(action["action"] == "create" for action in json.loads(request.body))
        if not (self._lost and self._stays_lost) and (self._lost or not creates):
            return self._transport.send(request)
        if self._arrives and not self._lost:
            self._transport.send(request)
        self._lost = True
        raise self._error


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def publish(session, disk, tmp_path):
    """Publish a file in a transaction while the transport loses answers; return the component."""
    (tmp_path / "a.txt").write_bytes(b"words")
    made = []

    def run(**losing):
        session._transport = Losing(session._open_transport(), **losing)
        with session.transaction():
            made.append(session.create_component(tmp_path / "a.txt", {"name": "a"}, location=disk))
        return made[0]

    return run


def files(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def is_recorded(new_session, disk):
    rows = new_session().query(f"ComponentLocation where component.name is a and location_id is {disk['id']}").all()
    return len(rows) == 1


@pytest.mark.parametrize("arrives", [True, False], ids=["only the answer", "the request"])
def test_a_commit_whose_answer_is_lost_is_found_out_about(new_session, disk, store, publish, arrives):
    component = publish(arrives=arrives, error=exception.ConnectionError("lost"))

    assert is_recorded(new_session, disk)
    assert [file.read_bytes() for file in files(store)] == [b"words"]
    assert disk.get_filesystem_path(component) == str(files(store)[0])


@pytest.mark.parametrize("arrives", [True, False], ids=["arrived", "did not arrive"])
@pytest.mark.parametrize("error", [exception.ConnectionError("lost"), KeyboardInterrupt()], ids=["lost", "interrupted"])
def test_where_nobody_knows_the_files_stay(new_session, disk, store, publish, arrives, error):
    with pytest.raises(type(error)):
        publish(arrives=arrives, error=error, stays_lost=True)

    assert is_recorded(new_session, disk) is arrives
    assert len(files(store)) == 1


def test_a_refused_commit_takes_its_files_back(session, new_session, disk, store, publish):
    with pytest.raises(exception.ServerError):
        publish(arrives=False, error=exception.ValidationError("refused"))

    assert not is_recorded(new_session, disk)
    assert files(store) == []
