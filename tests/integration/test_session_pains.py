"""What users suffer from, reproduced with the real session on the real server."""

from __future__ import annotations

from ftrack_api.cache import FileCache, SerialisedCache


def test_p17_custom_attributes_are_set_in_the_batch_that_creates(session, server, new_session, shot):
    numbers = [key for key, value in shot["custom_attributes"].items() if isinstance(value, int | float)]
    wanted = dict.fromkeys(numbers[:2], 7)
    parent = shot["parent"]
    made, requests = [], []
    for name in ("first", "second", "third"):
        with server.counting() as traffic:
            made.append(session.create("Shot", {"name": name, "parent": parent, "custom_attributes": wanted}))
            session.commit()
        requests.append(traffic.requests)

    assert len(wanted) == 2
    assert requests == [3, 1, 1]  # the first one reads the project of the parent, and the configurations
    for shot_made in made:
        read = new_session().get("Shot", shot_made["id"])["custom_attributes"]
        assert {key: read[key] for key in wanted} == wanted


def test_p59_picking_a_location_a_hundred_times_asks_nothing(session, server):
    with server.counting() as traffic:
        names = {session.pick_location()["name"] for _ in range(100)}

    assert len(names) == 1
    assert traffic.requests == 0


def test_p50_notes_of_one_second_are_read_in_the_order_they_were_written(session, new_session, shot):
    user = session.query("User").first()
    written = [f"note {number}" for number in range(20)]
    for content in written[:10]:
        shot.create_note(content, user)
    session.commit()
    for content in written[10:]:
        shot.create_note(content, user)
        session.commit()

    found = new_session().query(f'select content, date from Note where parent_id is "{shot["id"]}" order by date')
    assert [note["content"] for note in found if note["content"] in written] == written


def test_p50_rows_that_come_without_an_id_get_one_in_their_order(session, shot):
    user = session.query("User").first()
    data = {"parent_id": shot["id"], "parent_type": "TypedContext", "user_id": user["id"]}
    contents = [f"raw {number}" for number in range(10)]
    session.call([{"action": "create", "entity_type": "Note", "entity_data": {**data, "content": c}} for c in contents])

    found = session.query(f'select content from Note where parent_id is "{shot["id"]}" order by date')
    assert [note["content"] for note in found if note["content"] in contents] == contents


def test_p75_a_search_of_the_server_is_within_reach(session, server, shot):
    with server.counting() as traffic:
        found = session.search(shot["name"], "Shot")

    assert shot in found
    assert {item["name"] for item in found} == {shot["name"]}
    assert len(session.query("Shot")) > len(found)
    assert traffic.requests == 1


def test_p75_the_full_form_of_answers_can_be_asked_for(session, new_session):
    text = "select name, status.name, parent.name from Task order by id"
    full = new_session(headers={"ftrack-api-options": "strict=1;denormalize=1"})
    found = full.query(text).all()

    with full.auto_populating(False):
        told = [(task["name"], task["status"]["name"], task["parent"]["name"]) for task in found]
    assert told == [(task["name"], task["status"]["name"], task["parent"]["name"]) for task in session.query(text)]
    assert len({id(task["status"]) for task in found}) == len({task["status"]["id"] for task in found})
    rows = [api._send([{"action": "query", "expression": text}])[0]["data"] for api in (full, session)]
    assert all("name" in row["status"] for row in rows[0])
    assert not all("name" in row["status"] for row in rows[1])


def test_p62_what_others_change_is_let_go_of_when_an_event_tells_of_it(new_session, server, shot, tmp_path):
    def stored(session):
        return SerialisedCache(FileCache(tmp_path / "store"), encode=session.encode, decode=session.decode)

    reader, writer = new_session(cache=stored), new_session()
    assert reader.get("Shot", shot["id"])["name"] == shot["name"]
    told = []

    def forget(event):
        for changed in event["data"].get("entities", ()):
            reader.cache.clear(changed["entityId"])
            told.append(changed["entityId"])

    reader.event_hub.subscribe("topic=ftrack.update", forget)
    reader.event_hub.connect()
    writer.get("Shot", shot["id"])["name"] = "renamed"
    writer.commit()
    for _ in range(60):
        reader.event_hub.wait(0.5)
        if shot["id"] in told:
            break

    assert reader.get("Shot", shot["id"])["name"] == "renamed"
