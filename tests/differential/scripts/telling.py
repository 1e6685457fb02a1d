"""Local events, plugins, formatting."""

import os
import textwrap

import ftrack_api
import ftrack_api.event.base
import ftrack_api.event.hub
import ftrack_api.formatter
import ftrack_api.symbol


def _event(topic, **data):
    return ftrack_api.event.base.Event(topic=topic, data=data)


def publishing(see, stage):
    session = stage.session()
    heard = []
    hub = session.event_hub
    hub.subscribe("topic=studio.done", lambda event: heard.append(("low", event["topic"])), priority=200)
    hub.subscribe("topic=studio.done", lambda event: heard.append(("high", event["data"])) or "answer", priority=10)
    hub.subscribe("topic=studio.*", lambda event: heard.append("all") or 3)
    see("results", hub.publish(_event("studio.done", value=1), synchronous=True))
    see("heard", heard)
    see("others", hub.publish(_event("other"), synchronous=True))


def stopping(see, stage):
    session = stage.session()
    heard = []

    def stop(event):
        event.stop()
        heard.append("first")
        return "stopped"

    session.event_hub.subscribe("topic=stop", stop, priority=1)
    session.event_hub.subscribe("topic=stop", lambda event: heard.append("second"), priority=2)
    event = _event("stop")
    see("results", session.event_hub.publish(event, synchronous=True))
    see("heard", (heard, event.is_stopped()))


def failing_callbacks(see, stage):
    session = stage.session()
    session.event_hub.subscribe("topic=fail", lambda event: 1 / 0, priority=1)
    session.event_hub.subscribe("topic=fail", lambda event: "fine", priority=2)
    see.refused("errors ignored or raised", lambda: session.event_hub.publish(_event("fail"), synchronous=True))
    see.refused("raise", lambda: session.event_hub.publish(_event("fail"), synchronous=True, on_error="raise"))
    see.refused("ignore", lambda: session.event_hub.publish(_event("fail"), synchronous=True, on_error="ignore"))


def expressions(see, stage):
    session = stage.session()
    hub = session.event_hub
    event = ftrack_api.event.base.Event(
        topic="ftrack.update",
        data={"n": 5, "name": "Some Name", "list": {"deep": "x"}, "flag": True},
        source={"user": {"username": "kim"}},
    )
    texts = (
        "topic=ftrack.update",
        "topic=ftrack.*",
        "topic=other",
        "topic=ftrack.update and data.n=5",
        "topic=ftrack.update and data.n>4 and data.n<6",
        "data.n>=5 and data.n<=5",
        "data.n!=5",
        'data.name="Some Name"',
        "data.list.deep=x",
        "source.user.username=kim or topic=none",
        "not topic=other",
        "(topic=other or topic=ftrack.update) and not data.n=6",
        "data.missing=1",
        "topic=*",
    )
    for text in texts:
        identifier = hub.subscribe(text, lambda event: True)
        see.refused(text, lambda: hub.publish(event, synchronous=True))
        hub.unsubscribe(identifier)
    for text in ("topic", "topic=", "and topic=x", "(topic=x", "topic=x)"):
        see.refused(text, lambda text=text: hub.subscribe(text, lambda event: True) and None)


def subscribers(see, stage):
    session = stage.session()
    hub = session.event_hub
    identifier = hub.subscribe("topic=once", lambda event: 1, {"id": "mine", "note": "kept"})
    see("identifier", identifier)
    see("metadata", hub.get_subscriber_by_identifier("mine").metadata)
    see("none", hub.get_subscriber_by_identifier("other"))
    see.refused("twice", lambda: hub.subscribe("topic=once", lambda event: 1, {"id": "mine"}))
    hub.unsubscribe("mine")
    see("gone", hub.get_subscriber_by_identifier("mine"))
    see.refused("unsubscribe unknown", lambda: hub.unsubscribe("mine"))
    see("connected", hub.connected)
    see.refused("publish remotely", lambda: hub.publish(_event("remote")))
    see.refused("publish remotely, strictly", lambda: hub.publish(_event("remote"), on_error="raise"))


def events(see, stage):
    event = _event("topic", a=1)
    see("keys", sorted(event.keys()))
    see("values", (event["topic"], event["data"], event["sent"], event["in_reply_to_event"], event["target"]))
    event["data"]["b"] = 2
    see("data", event["data"])

    def change():
        event["other"] = 1

    see.refused("other key", change)
    see("text", "topic" in str(event))


PLUGIN = """
    import ftrack_api

    def register(session, **kw):
        if not isinstance(session, ftrack_api.Session):
            return
        session.event_hub.subscribe("topic=plugin", lambda event: "{name}")
        session.event_hub.subscribe(
            "topic=ftrack.api.session.ready", lambda event: session.marks.append("{name}") if hasattr(session, "marks")
            else setattr(session, "marks", ["{name}"])
        )
"""


def plugins(see, stage):
    for name in ("first", "second"):
        with open(os.path.join(stage.folder, name + ".py"), "w") as file:
            file.write(textwrap.dedent(PLUGIN).replace("{name}", name))
    with open(os.path.join(stage.folder, "broken.py"), "w") as file:
        file.write("raise ValueError('broken')\n")
    with open(os.path.join(stage.folder, "arguments.py"), "w") as file:
        file.write("def register(session, colour=None):\n    session.colour = colour\n")
    session = stage.session(plugin_paths=[stage.folder], plugin_arguments={"colour": "red", "size": 3})
    see("results", sorted(session.event_hub.publish(_event("plugin"), synchronous=True)))
    see("ready", sorted(getattr(session, "marks", [])))
    see("arguments", getattr(session, "colour", None))


TYPES_PLUGIN = """
    import functools
    import ftrack_api
    import ftrack_api.entity.factory

    class Factory(ftrack_api.entity.factory.StandardFactory):
        def create(self, schema, bases=None):
            made = super().create(schema, bases=bases)
            made.shout = lambda self: self["name"].upper()
            return made

    def construct(event):
        if event["data"]["schema"]["id"] == "Task":
            return Factory().create(event["data"]["schema"])

    def register(session, **kw):
        session.event_hub.subscribe("topic=ftrack.api.session.construct-entity-type", construct)
"""


def types_of_plugins(see, stage):
    with open(os.path.join(stage.folder, "types.py"), "w") as file:
        file.write(textwrap.dedent(TYPES_PLUGIN))
    session = stage.session(plugin_paths=[stage.folder])
    task = session.query("select name from Task where name is t1").one()
    see("shout", task.shout())
    see("others", hasattr(session.query("Shot").first(), "shout"))
    see("number", len(session.types))


def formatting(see, stage):
    session = stage.session()
    task = session.query("select name, bid from Task where name is t2").one()
    text = ftrack_api.formatter.format(task, formatters=ftrack_api.formatter.FORMATTER["none"])
    see("starts", text.splitlines()[0].split("(")[0])
    see("has name", any("name" in line and "t2" in line for line in text.splitlines()))
    recursive = ftrack_api.formatter.format(
        task,
        formatters=ftrack_api.formatter.FORMATTER["none"],
        attribute_filter=lambda entity, name, value: name == "name",
    )
    see("filtered", recursive.splitlines()[1:])


def sessions(see, stage):
    session = stage.session()
    see("user", session.api_user)
    see("closed", session.closed)
    see("names", (session.auto_populate, session.record_operations))
    session.close()
    see("closed now", session.closed)
    see.refused("query", lambda: session.query("User").first())
    see.refused("commit", lambda: (session.create("User", {"username": "x"}), session.commit()))
    session.recorded_operations.clear()
    session.close()
    with ftrack_api.Session() as other:
        see("open", other.closed)
    see("closed by the block", other.closed)
    see.refused("no address", lambda: ftrack_api.Session(server_url="nonsense"), as_a=ValueError)
    see.refused("wrong key", lambda: ftrack_api.Session(api_key="wrong"))


def headers(see, stage):
    session = stage.session(headers={"x-studio": "one"}, cookies={"flavour": "oat"}, strict_api=True)
    see("user", session.query('User where username is "jenkins"').one()["first_name"])
    see.refused("unknown attribute", lambda: session.query("select colour from Task").all())
