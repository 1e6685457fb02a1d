"""Caches of entities, and entities as text."""

import os

import ftrack_api
import ftrack_api.cache
import ftrack_api.inspection
import ftrack_api.symbol

TASK = "select name, status.name from Task where name is t1"


def keys(see, stage):
    session = stage.session()
    task = session.query(TASK).one()
    maker = session.cache_key_maker
    see("key", maker.key(ftrack_api.inspection.identity(task)))
    see("cached", session.cache.get(maker.key(ftrack_api.inspection.identity(task))) is task)
    see("local", sorted(session._local_cache.keys())[:1] != [])
    see("string maker", ftrack_api.cache.StringKeyMaker().key(("Task", ["a", "b"])))
    see("number of layers", len(session.cache.caches))


def memory(see, stage):
    cache = ftrack_api.cache.MemoryCache()
    cache.set("a1", 1)
    cache.set("a2", 2)
    cache.set("b1", 3)
    see("values", sorted(cache.values()))
    see("keys", sorted(cache.keys()))
    cache.clear("a")
    see("cleared", sorted(cache.keys()))
    see.refused("missing", lambda: cache.get("a1"))
    see.refused("remove missing", lambda: cache.remove("a1"))
    layered = ftrack_api.cache.LayeredCache([ftrack_api.cache.MemoryCache(), cache])
    see("lower", layered.get("b1"))
    see("copied up", layered.caches[0].keys())
    layered.set("c", 4)
    see("everywhere", [sorted(layer.keys()) for layer in layered.caches])
    layered.remove("c")
    see("nowhere", [sorted(layer.keys()) for layer in layered.caches])
    see.refused("missing in all", lambda: layered.get("zzz"))
    proxy = ftrack_api.cache.ProxyCache(cache)
    proxy.set("p", 1)
    see("proxied", cache.get("p"))


def _serialised(folder):
    def make(session):
        return ftrack_api.cache.SerialisedCache(
            ftrack_api.cache.FileCache(os.path.join(folder, "cache")),
            encode=lambda value: session.encode(value, entity_attribute_strategy="persisted_only"),
            decode=session.decode,
        )

    return make


def files(see, stage):
    session = stage.session(cache=_serialised(stage.folder))
    task = session.query(TASK).one()
    key = task["id"]
    see("layers", len(session.cache.caches))
    other = stage.session(cache=_serialised(stage.folder))
    with other.auto_populating(False):
        again = other.get("Task", key)
        see("entity", again)
        see("values", (again["name"], again["status"]["name"]))
    task["name"] = "kept"
    session.commit()
    third = stage.session(cache=_serialised(stage.folder))
    with third.auto_populating(False):
        see("after a commit", third.get("Task", key)["name"])
    task["name"] = "t1"
    session.commit()


def encoding(see, stage):
    session = stage.session()
    task = session.query("select name, bid, status.name, start_date from Task where name is t2").one()
    import json

    for strategy in ("all", "set_only", "modified_only", "persisted_only"):
        with session.auto_populating(False):
            encoded = json.loads(session.encode(task, entity_attribute_strategy=strategy))
        see(strategy, {key: encoded[key] for key in sorted(encoded) if key in {"__entity_type__", "id", "name", "bid"}})
    task["name"] = "changed"
    see("modified", json.loads(session.encode(task, entity_attribute_strategy="modified_only")))
    see.refused("unknown", lambda: session.encode(task, entity_attribute_strategy="other"))
    session.rollback()
    see.refused("no form", lambda: session.encode(object()))


def decoding(see, stage):
    session = stage.session()
    text = (
        '{"__entity_type__": "Task", "id": "k", "name": "decoded", "status": {"__entity_type__": "Status", "id": "s"},'
        ' "start_date": {"__type__": "datetime", "value": "2020-01-02T03:04:05+00:00"}}'
    )
    with session.auto_populating(False):
        task = session.decode(text)
        see("entity", task)
        see("values", (task["name"], task["status"], task["start_date"]))
        see("not cached", session.cache.keys() == [])
        see("list", session.decode('[1, {"a": null}]'))
    moment = session.decode('{"__type__": "datetime", "value": "2020-01-02T03:04:05"}')
    see("moment", moment)
    see("encoded", session.encode({"when": moment, "symbol": None, "n": [1, 2.5]}))


def memoising(see, stage):
    memoiser = ftrack_api.cache.Memoiser()
    calls = []

    def add(first, second=2):
        calls.append((first, second))
        return first + second

    see("first", memoiser.call(add, (1,)))
    see("second", memoiser.call(add, (1,)))
    see("third", memoiser.call(add, (1,), {"second": 5}))
    see("calls", calls)

    @ftrack_api.cache.memoise_decorator(memoiser)
    def double(value):
        calls.append(value)
        return value * 2

    see("decorated", (double(4), double(4), calls))
