"""What tests of studios put in place of parts of a session, and expect to be asked instead: calls, HTTP, plug-ins."""

import contextlib
import json
import pathlib
import tempfile
from unittest import mock

import requests
from studio import USER_ID, raises, unique

import ftrack_api
import ftrack_api.accessor.disk
import ftrack_api.accessor.server
import ftrack_api.exception
import ftrack_api.structure.id
import ftrack_api.structure.standard
import ftrack_api.symbol


def a_commit_is_seen_by_a_mock_of_call(session):
    session = ftrack_api.Session()
    known = session.get("User", USER_ID)
    with mock.patch.object(session, "call") as call:
        user = session.create("User", {"username": "bob"})
        user["username"] = "foo"
        session.commit()
        known["email"] = "foo@example.com"
        session.commit()
    assert len(session.recorded_operations) == 0
    (created,), (changed,) = (arguments[0][0] for arguments in call.call_args_list)
    assert created["action"] == "create"
    assert created["entity_data"]["username"] == "foo"
    assert changed["entity_data"] == {"__entity_type__": "User", "email": "foo@example.com"}


def rows_may_come_from_a_mock_of_call(session):
    session = ftrack_api.Session()
    row = session.decode(json.dumps({"__entity_type__": "User", "id": "made-up", "username": "fake"}))
    answer = [{"data": [row], "metadata": {"next": {"offset": None}}}]
    with mock.patch.object(session, "call", return_value=answer) as call:
        assert [user["username"] for user in session.query("select username from User")] == ["fake"]
        assert session.get("User", "made-up")["username"] == "fake"
    assert call.call_count == 1


def schemas_may_come_from_a_mock_of_call_and_a_file(session):
    session = ftrack_api.Session()
    path = str(pathlib.Path(tempfile.mkdtemp()) / "schemas.json")
    session._write_schemas_to_cache([{"id": "made-up"}], path)
    with pathlib.Path(path).open(encoding="utf-8") as file:
        assert json.load(file) == [{"id": "made-up"}]
    schemas, schema_hash = session._read_schemas_from_cache(path)
    with mock.patch.object(session, "call", return_value=[[{"id": "other"}]]) as call:
        with mock.patch.dict(session._server_information, {"schema_hash": schema_hash}):
            assert session._load_schemas(path) == schemas
        assert call.called is False
        with mock.patch.dict(session._server_information):
            del session._server_information["schema_hash"]
            assert session._load_schemas(path) == [{"id": "other"}]
        call.assert_called_once_with([{"action": "query_schemas"}])
    with pathlib.Path(path).open(encoding="utf-8") as file:
        assert json.load(file) == [{"id": "other"}]


def plug_ins_are_looked_for_as_the_session_was_told(session):
    with mock.patch("ftrack_api.plugin.discover") as discover:
        made = ftrack_api.Session(plugin_paths=[], plugin_arguments={"test": "value"})
    discover.assert_called_once_with([], [made], {"test": "value"})


def a_post_is_seen_by_a_mock_of_the_session_of_requests(session):
    session = ftrack_api.Session()
    answer = requests.Response()
    answer.status_code, answer._content = 200, b'[{"data": [], "metadata": {}}]'
    with mock.patch.object(session._request, "post", return_value=answer) as post:
        assert session.call([{"action": "query", "expression": "User"}]) == [{"data": [], "metadata": {}}]
    (url,), options = post.call_args
    assert url == f"{session.server_url}/api"
    assert json.loads(options["data"]) == [{"action": "query", "expression": "User"}]
    assert options["timeout"] == session.request_timeout


def replaced_codecs_see_every_batch(session):
    session = ftrack_api.Session()
    made = session.create("User", {"username": unique()})
    session.commit()
    for name, keywords in (("encode", {"entity_attribute_strategy": "modified_only"}), ("decode", {})):
        for owner in (session, ftrack_api.Session):
            original, seen = getattr(owner, name), []

            def replaced(*args, original=original, seen=seen, **kwargs):
                seen.append(kwargs)
                return original(*args, **kwargs)

            with mock.patch.object(owner, name, replaced):
                user = session.query(f'User where id is "{made["id"]}"').one()
                user["first_name"] = unique()
                session.commit()
            assert seen == 2 * [keywords], (name, owner, seen)


def a_replaced_push_sees_every_operation(session):
    session = ftrack_api.Session()
    user = session.get("User", USER_ID)
    with mock.patch.object(session.recorded_operations, "push", wraps=session.recorded_operations.push) as push:
        user["first_name"] = unique()
        session.delete(session.create("User", {"username": unique()}))
    kinds = [type(call.args[0]).__name__ for call in push.call_args_list]
    assert kinds == ["UpdateEntityOperation", "CreateEntityOperation", "DeleteEntityOperation"]
    assert [call.args[0] for call in push.call_args_list] == list(session.recorded_operations)
    with mock.patch.object(session.recorded_operations, "push"):
        user["last_name"] = unique()
    assert len(session.recorded_operations) == len(kinds)
    session.rollback()


def errors_of_a_mock_of_requests_are_what_is_raised(session):
    targets = ("requests.Session.post", "requests.Session.request", "requests.Session.send")
    for target in (*targets, "requests.adapters.HTTPAdapter.send"):
        with mock.patch(target, side_effect=requests.exceptions.InvalidURL("from the mock")) as stand_in:
            told = raises(Exception, lambda: session.call([{"action": "query", "expression": "User limit 1"}]))
        assert "from the mock" in told, (target, told)
        assert stand_in.call_count == 1
    assert session.query("User limit 1").all()


def transfers_are_seen_by_a_mock_of_requests(session):
    accessor = ftrack_api.accessor.server._ServerAccessor(session)
    with mock.patch("requests.get", side_effect=requests.exceptions.InvalidURL("from the mock")) as get:
        told = raises(ftrack_api.exception.AccessorOperationFailedError, accessor.open("some", "rb").read)
        assert "from the mock" in told
        told = raises(ftrack_api.exception.AccessorOperationFailedError, lambda: accessor.remove("some"))
        assert "from the mock" in told
    assert get.call_count >= 2


def uploads_are_seen_by_a_mock_of_requests(session):
    component = session.create("FileComponent", {"name": unique()})
    session.commit()
    file = ftrack_api.accessor.server._ServerAccessor(session).open(component["id"], "wb")
    file.write(b"words")
    with (
        mock.patch("requests.put", side_effect=requests.exceptions.InvalidURL("from the mock")) as put,
        contextlib.suppress(requests.exceptions.InvalidURL, ftrack_api.exception.AccessorOperationFailedError),
    ):
        file.flush()
    assert put.call_count == 1
    file.close()


def a_timeout_too_short_for_any_answer_passes(session):
    component = session.create("FileComponent", {"name": unique()})
    session.commit()
    accessor = ftrack_api.accessor.server._ServerAccessor(session)
    file = accessor.open(component["id"], "wb")
    file.write(b"words")
    file.close()
    hurried = ftrack_api.Session()
    hurried.request_timeout = 0.00001
    for _ in range(20):
        with contextlib.suppress(Exception):
            hurried.query("User").first()
            if hasattr(ftrack_api.exception, "Timeout"):  # the official client waits a millisecond at least
                raise AssertionError("an answer was taken that came too late")


def the_slots_of_an_attribute_can_be_looked_at(session):
    user = session.get("User", USER_ID)
    user["first_name"] = "Other"
    slots = user._ftrack_attribute_storage["first_name"]
    assert slots["local"] == "Other"
    assert slots == user.attributes.get("first_name").get_entity_storage(user)["first_name"]
    session.rollback()


def what_cannot_be_placed_is_not_implemented(session):
    user = session.get("User", USER_ID)
    for structure in (ftrack_api.structure.id.IdStructure(), ftrack_api.structure.standard.StandardStructure()):
        raises(NotImplementedError, lambda structure=structure: structure.get_resource_identifier(user))
    accessor = ftrack_api.accessor.server._ServerAccessor(session)
    for name in ("list", "is_file", "is_container", "is_sequence"):
        raises(NotImplementedError, lambda name=name: getattr(accessor, name)("some"))


def components_need_no_files_where_nothing_reads_them(session):
    frames = session.create_component("/no/such/frames.%04d.dpx [1-10]", location=None)
    assert (frames["file_type"], frames["size"]) == (".dpx", 0)
    assert [member["name"] for member in frames["members"]] == [f"{number:04d}" for number in range(1, 11)]
    file = session.create_component("/no/such/file.bar", location=None)
    assert (file["file_type"], file["size"]) == (".bar", 0)
    session.rollback()


def steps_of_making_a_component_can_be_replaced(session):
    path = str(pathlib.Path(tempfile.mkdtemp()) / "some.txt")
    pathlib.Path(path).write_text("words", encoding="utf-8")
    with mock.patch.object(session, "_get_filesystem_size", return_value=77):
        assert session.create_component(path, location=None)["size"] == 77
    with mock.patch.object(session, "_create_component") as create:
        assert session.create_component(path, {"name": "some"}, location=None) is create.return_value
    assert create.call_args[0][:2] == ("FileComponent", path)
    origin = session.get("Location", ftrack_api.symbol.ORIGIN_LOCATION_ID)
    with mock.patch.object(session, "_get_locations", return_value=[origin]):
        assert session.pick_location() is origin
    session.rollback()


def an_accessor_may_be_a_mock(session):
    session = ftrack_api.Session()
    path = pathlib.Path(tempfile.mkdtemp()) / "some.txt"
    path.write_text("words", encoding="utf-8")
    component = session.create_component(str(path), location=None)
    location = session.create("Location", {"name": unique()})
    session.commit()
    location.accessor, location.structure = mock.MagicMock(), ftrack_api.structure.id.IdStructure()
    location.accessor.exists.return_value = False
    location.accessor.get_container.return_value = "folder"
    location.add_component(component, session.get("Location", ftrack_api.symbol.ORIGIN_LOCATION_ID))
    location.accessor.make_container.assert_called_once_with("folder")
    location.accessor.open.assert_called_once_with(location.get_resource_identifier(component), "wb")
    location.accessor.open.return_value.write.assert_called_once_with(b"words")
    location.remove_component(component)
    assert location.accessor.remove.call_count == 1
    session.delete(location)
    session.commit()


def an_accessor_may_have_another_way_to_open(session):
    session = ftrack_api.Session()
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "some.txt").write_text("words", encoding="utf-8")
    component = session.create_component(str(folder / "some.txt"), location=None)
    location = session.create("Location", {"name": unique()})
    session.commit()
    location.accessor = ftrack_api.accessor.disk.DiskAccessor(str(folder / "store"))
    location.structure = ftrack_api.structure.id.IdStructure()
    with mock.patch.object(location.accessor, "open", wraps=location.accessor.open) as opened:
        location.add_component(component, session.get("Location", ftrack_api.symbol.ORIGIN_LOCATION_ID))
    assert opened.call_count == 1
    location.remove_component(component)
    session.delete(location)
    session.commit()
