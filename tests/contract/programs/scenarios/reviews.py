"""Review sessions: what is shown, who is invited, what they say and how they are written to."""

import arrow
from studio import USER_ID, call, ids, new_project, new_user, new_version, raises, unique

import ftrack_api
import ftrack_api.exception


def new_review(session, **data):
    """A review session of one's own in a project of one's own, committed."""
    review = session.create(
        "ReviewSession",
        {"name": unique(), "project": new_project(session), "end_date": arrow.utcnow().shift(days=1), **data},
    )
    session.commit()
    return review


def a_review_from_start_to_verdict(session):
    review, version = new_review(session, description="dailies"), new_version(session)
    shown = [
        session.create(
            "ReviewSessionObject",
            {"name": name, "version": "v1", "asset_version": version, "review_session": review},
        )
        for name in ("a", "b")
    ]
    invitee = session.create(
        "ReviewSessionInvitee", {"name": "Kim", "email": unique() + "@example.invalid", "review_session": review}
    )
    session.commit()
    session.create(
        "ReviewSessionObjectStatus", {"review_session_object": shown[0], "invitee": invitee, "status": "approved"}
    )
    shown[0].create_note("brighter", session.get("User", USER_ID))
    session.commit()
    other = ftrack_api.Session()
    wanted = (
        "select name, is_open, review_session_objects.asset_version.asset.name, "
        "review_session_objects.statuses.status, review_session_objects.notes.content "
        'from ReviewSession where id is "{}"'
    )
    seen = other.query(wanted.format(review["id"])).one()
    assert seen["is_open"] is True
    assert sorted(item["name"] for item in seen["review_session_objects"]) == ["a", "b"]
    first = other.get("ReviewSessionObject", shown[0]["id"])
    assert [row["status"] for row in first["statuses"]] == ["approved"]
    assert [note["content"] for note in first["notes"]] == ["brighter"]
    orders = [other.get("ReviewSessionObject", item["id"])["sort_order"] for item in shown]
    assert orders[0] < orders[1]
    found = other.query('ReviewSessionInvitee where review_session_id is "{}"'.format(review["id"])).one()
    assert found["resource"] is not None
    session.delete(review)
    session.commit()
    again = ftrack_api.Session()
    for entity in (*shown, invitee):
        assert again.get(entity.entity_type, entity["id"]) is None
    assert again.get("AssetVersion", version["id"]) is not None


def an_invitee_with_an_account_is_that_person(session):
    user = new_user(session, email=unique() + "@example.invalid")
    review = new_review(session)
    invitee = session.create("ReviewSessionInvitee", {"name": "Kim", "email": user["email"], "review_session": review})
    stranger = session.create(
        "ReviewSessionInvitee", {"name": "Lee", "email": unique() + "@example.invalid", "review_session": review}
    )
    session.commit()
    other = ftrack_api.Session()
    assert other.get("ReviewSessionInvitee", invitee["id"])["resource_id"] == user["id"]
    assert other.get("ReviewSessionInvitee", stranger["id"])["resource"].entity_type == "Collaborator"


def invitations_are_sent_one_by_one_or_together(session):
    review = new_review(session)
    invitees = [
        session.create(
            "ReviewSessionInvitee",
            {"name": unique(), "email": unique() + "@example.invalid", "review_session": review},
        )
        for _ in range(3)
    ]
    session.commit()
    session.send_review_session_invite(invitees[0])
    session.send_review_session_invites(invitees)
    other = ftrack_api.Session()
    assert all(other.get("ReviewSessionInvitee", row["id"])["last_sent_at"] for row in invitees)
    operation = {"action": "send_review_session_invite", "review_session_invitee_id": "nobody"}
    assert "nobody" in raises(ftrack_api.exception.ServerError, lambda: call(session, operation))


def folders_of_reviews(session):
    project = new_project(session)
    folder = session.create("ReviewSessionFolder", {"name": unique(), "project": project})
    review = session.create("ReviewSession", {"name": unique(), "project": project, "review_session_folder": folder})
    session.commit()
    other = ftrack_api.Session()
    assert ids(other.get("ReviewSessionFolder", folder["id"])["review_sessions"]) == [review["id"]]
    assert ids(other.get("Project", project["id"])["review_session_folders"]) == [folder["id"]]
    session.delete(folder)
    session.commit()
    assert ftrack_api.Session().get("ReviewSession", review["id"])["review_session_folder_id"] is None


def a_review_is_closed_after_its_end(session):
    review = new_review(session, start_date=arrow.utcnow().shift(days=-3), end_date=arrow.utcnow().shift(days=-2))
    other = ftrack_api.Session()
    assert other.get("ReviewSession", review["id"])["is_open"] is False
    assert review["id"] in ids(other.query("ReviewSession where is_open is false"))
    assert review["id"] not in ids(other.query("ReviewSession where is_open is true"))
