"""Make mistakes on purpose and report what the official client raised, and that nothing was written."""

import json
import os

import ftrack_api
import ftrack_api.exception

session = ftrack_api.Session(strict_api=os.environ.get("STRICT") == "1")
result = {}


def attempt(name, action):
    try:
        action()
    except Exception as error:
        result[name] = [type(error).__name__, str(error)]
    else:
        result[name] = None


attempt("syntax", lambda: session.query('Task where name iss "x"').all())
attempt("attribute", lambda: session.query("select nmae from Task").all())
attempt("action", lambda: session.call([{"action": "dance"}]))

good = session.create("User", {"username": "written-not"})
session.create("Timer", {"user": session.query("User").first()})
session.create("Timer", {"user": session.query("User").first()})
attempt("duplicate", session.commit)
session.rollback()
result["nothing_written"] = session.query('User where username is "written-not"').first() is None
attempt("wrong_key", lambda: ftrack_api.Session(api_key="wrong"))
print(json.dumps(result))
