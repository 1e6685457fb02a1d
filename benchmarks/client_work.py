"""What both clients do, piece by piece: ``client_work.py PIECE`` prints the figures of one piece as JSON.

Milliseconds, or microseconds for each entity or operation where the name says "us". Runs with whichever ftrack_api is
installed; ``NO_ORJSON`` keeps ours from finding orjson. Nothing is imported that the whole script, whose process is
measured from outside, has no use for.
"""

import gc
import json
import os
import shutil
import sys
import threading
import time

if os.environ.get("NO_ORJSON"):
    sys.modules["orjson"] = None
# Of the processor, which other programs disturb least; a far server and threads are waited for.
now = time.perf_counter if os.environ.get("BY_THE_CLOCK") else time.process_time
before = set(sys.modules)
started = now()
import ftrack_api  # noqa: E402 - importing is part of what is measured

IMPORT = {"import": (now() - started) * 1e3, "modules": len(set(sys.modules) - before)}
FIELDS = {
    "scalar": "name, status_id, type_id, project_id, parent_id, priority_id, bid, context_type, description",
    "scalar_dt": "name, status_id, type_id, project_id, parent_id, priority_id, bid, start_date, end_date",
    "nested": ", ".join(
        ["name", *(f"{head}.{tail}" for head in ("parent", "status", "type", "project") for tail in ("name", "sort"))]
    ),
    "coll": "name, assignments.type, assignments.resource.username",
    "cattr": "name, custom_attributes.key, custom_attributes.value",
}
FIELDS["nested_full"] = FIELDS["nested"]
READS = {
    "scalar": lambda task: [task[name] for name in ("name", "bid", "status_id", "description")],
    "scalar_dt": lambda task: [task[name] for name in ("name", "bid", "start_date", "end_date")],
    "nested": lambda task: [task[name]["name"] for name in ("parent", "status", "type", "project")],
    "coll": lambda task: [item["resource"]["username"] for item in task["assignments"]],
    "cattr": lambda task: [task["custom_attributes"][f"key{number}"] for number in range(3)],
}
READS["nested_full"] = READS["nested"]


def clock(work):
    """Return the milliseconds some work takes, of the processor or by the clock."""
    start = now()
    work()
    return (now() - start) * 1e3


def median(figures):
    """Return the one in the middle."""
    import statistics

    return statistics.median(figures)


def middle(work, times=5):
    """Return the median of several runs."""
    return median(clock(work) for _ in range(times))


def best(work, times):
    """Return the least of several runs: what the work takes when nothing else gets in its way."""
    return min(clock(work) for _ in range(times))


def new_session():
    """Open a session that shows no event hub to a plugin."""
    return ftrack_api.Session(plugin_paths=[])


def tasks_of(session, shape, size):
    """Load tasks of a shape."""
    return session.query(f"select {FIELDS[shape]} from Task where name is {shape}_of_{size}").all()


def starts():
    """Measure importing and the sessions of a process after its first."""
    new_session().close()
    warm = best(lambda: new_session().close(), 15)

    def cold():
        folder = os.environ["FTRACK_API_SCHEMA_CACHE_PATH"]
        shutil.rmtree(folder)
        os.mkdir(folder)
        new_session().close()

    return {**IMPORT, "next session, warm": warm, "next session, cold": best(cold, 15)}


def warm_up(shape):
    """Load ten pages and forget them: a parser that is worth its loading after some pages is there then."""
    for _ in range(10):
        session = new_session()
        tasks_of(session, shape, 500)
        session.close()


def loads(shapes=("scalar", "scalar_dt", "nested", "nested_full", "coll", "cattr"), size=500, times=5):
    """Measure querying, and querying and reading, each time in a session that knows nothing."""
    result = {}
    warm_up(shapes[0])
    for shape in shapes:
        queries, totals = [], []
        for _ in range(times):
            session = new_session()
            gc.collect()
            loaded = []
            queries.append(clock(lambda: loaded.extend(tasks_of(session, shape, size))))  # noqa: B023 - runs at once
            totals.append(queries[-1] + clock(lambda: [READS[shape](task) for task in loaded]))  # noqa: B023 - as above
            assert len(loaded) == size
            session.close()
        result[f"{shape} {size}, query us"] = median(queries) * 1e3 / size
        result[f"{shape} {size}, total us"] = median(totals) * 1e3 / size
    return result


def pages():
    """Measure ten pages."""
    return loads(("scalar", "nested"), 5000, 3)


def pages_of_a_far_server():
    """Measure ten pages of a server that takes its time."""
    return {name + ", far": value for name, value in loads(("nested",), 5000, 3).items()}


def stdlib():
    """Measure without orjson."""
    return {name + ", stdlib json": value for name, value in loads(("nested",)).items()}


def each(work, times):
    """Return the nanoseconds one call takes, those of the loop taken off."""
    numbers = range(times)

    def loop():
        for _ in numbers:
            work()

    def empty():
        for _ in numbers:
            pass

    return (min(clock(loop) for _ in range(9)) - min(clock(empty) for _ in range(9))) * 1e6 / times


def attributes():
    """Measure reading and writing."""
    session = new_session()
    tasks = tasks_of(session, "nested", 500)
    task, status = tasks[0], tasks[1]["status"]
    result = {
        'task["name"] ns': each(lambda: task["name"], 20000),
        'task["status"]["name"] ns': each(lambda: task["status"]["name"], 20000),
    }

    def write():
        for item in tasks:
            item["name"] = "other"

    def point():
        for item in tasks:
            item["status"] = status

    for name, work in (('task["name"] = x ns', write), ('task["status"] = s ns', point)):
        times = []
        for _ in range(9):
            times.append(clock(lambda: [work() for _ in range(5)]))  # noqa: B023 - runs at once
            session.recorded_operations.clear()
        result[name] = min(times) * 1e6 / len(tasks) / 5
    return result


def commits():
    """Measure creating and changing with an empty cache, and one change."""

    def creations():
        session = new_session()
        parent = session.create("Shot", {"name": "parent"})
        session.create("Task", {"name": "first", "parent": parent})
        session.commit()

        def create():
            for number in range(1000):
                session.create("Task", {"name": f"n{number}", "parent": parent})

        return clock(create) + clock(session.commit)

    def updates():
        session = new_session()
        tasks = tasks_of(session, "scalar", 1000)

        def change():
            for task in tasks:
                task["name"] = "other"

        return clock(change) + clock(session.commit)

    result = {
        "1,000 creates, recorded and committed": min(creations() for _ in range(3)),
        "1,000 updates": min(updates() for _ in range(3)),
    }
    session = new_session()
    (task,) = tasks_of(session, "scalar", 1)
    result["one change, 1 cached"] = one_change(session, task)
    return result


def one_change(session, task):
    """Return how long a commit of one change takes at best in a tenth of a second, after as long a time of them.

    The first dozen in a process, or after other work, take up to four times as long, whatever is cached: interpreter
    and processor get used to the work. Without it a process that did nothing but load would be held against one that
    had committed before.
    """

    def change():
        task["name"] = str(time.perf_counter())
        session.commit()

    def times(least):
        found = []
        while len(found) < least or sum(found) < 100:
            found.append(clock(change))
        return found

    times(1)
    gc.collect()
    return min(times(7))


def one_by_one():
    """Measure reading what no query asked for, entity by entity."""
    session = new_session()
    address = os.environ["FTRACK_SERVER"] + "/count"
    tasks = session.query("select id from Task where name is ids_of_500").all()
    import urllib.request

    before = int(urllib.request.urlopen(address).read())
    took = clock(lambda: [(task["parent"]["name"], task["status"]["name"]) for task in tasks])
    return {"N+1, requests": int(urllib.request.urlopen(address).read()) - before, "N+1": took}


def one_by_one_far():
    """Measure the same on a server that takes its time."""
    return {name + ", far": value for name, value in one_by_one().items()}


def small():
    """Measure the smallest query."""
    session = new_session()
    ask = "select id from Task where name is ids_of_1"
    session.query(ask).all()
    return {"smallest query us": median(clock(lambda: session.query(ask).all()) for _ in range(300)) * 1e3}


def events():
    """Measure local events; what is dispatched was made before."""
    from ftrack_api.event.base import Event

    result = {}
    for name, topics in (
        ("10 subscriptions", [f"t{number}" for number in range(10)]),
        ("200 subscriptions", [f"t{number}" for number in range(200)]),
        ("200 matching", ["*"] * 200),
    ):
        hub = new_session().event_hub
        for topic in topics:
            hub.subscribe(f"topic={topic}", lambda event: None)

        def dispatch(hub=hub):
            made = [Event("t5", {"a": 1}) for _ in range(500)]

            def publish():
                for event in made:
                    hub.publish(event, synchronous=True)

            return clock(publish) * 1e3 / len(made)

        result[f"dispatch, {name} us"] = min(dispatch() for _ in range(9))
    hub = new_session().event_hub
    numbers = iter(range(10**6))
    result["subscribe us"] = each(lambda: hub.subscribe(f"topic=s{next(numbers)}", lambda event: None), 100) / 1e3
    from ftrack_api.event.expression import Parser

    text = "topic=ftrack.update and (data.a=1 or data.b=2) and not (source.user.username=kim or data.n>4)"
    result["parse an expression us"] = each(lambda: Parser().parse(text), 50) / 1e3
    return result


def threads():
    """Measure twenty queries of a hundred tasks, one after the other and by four threads."""
    session = new_session()
    ask = f"select {FIELDS['nested']} from Task where name is nested_of_100"
    session.query(ask).all()

    def work(times):
        for _ in range(times):
            session.query(ask).all()

    def together():
        workers = [threading.Thread(target=work, args=(5,)) for _ in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()

    return {"4 threads, times as fast": middle(lambda: work(20), 3) / middle(together, 3)}


def threads_far():
    """Measure the same on a server that takes its time."""
    return {name + ", far": value for name, value in threads().items()}


def script():
    """Do what a script does; the whole process is measured from outside."""
    from ftrack_api.event.base import Event

    session = new_session()
    tasks = tasks_of(session, "nested", 500)
    for task in tasks:
        READS["nested"](task)
    bare = session.query("select id from Task where name is ids_of_50").all()
    for task in bare:
        task["parent"]["name"]
    for task in tasks[:50]:
        task["name"] = "changed"
    for number in range(50):
        session.create("Task", {"name": f"n{number}", "parent": tasks[0]["parent"]})
    session.commit()
    session.event_hub.subscribe("topic=t", lambda event: None)
    for _ in range(100):
        session.event_hub.publish(Event("t"), synchronous=True)
    return {}


def resident():
    """Return the bytes of memory in use."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def memory(shape="scalar"):
    """Measure memory, and commits, with 50,000 entities of a shape."""
    warm_up(shape)
    session = new_session()
    gc.collect()
    empty = resident()
    kept = []
    took = clock(lambda: kept.extend(tasks_of(session, shape, 50_000)))
    gc.collect()
    result = {
        f"{shape} 50000, query us": took * 1e3 / 50_000,
        f"{shape} 50000, bytes": (resident() - empty) / 50_000,
    }
    if shape == "scalar":
        result["one change, 50000 cached"] = one_change(session, kept[0])
        gc.collect()
        result["bytes after a commit"] = (resident() - empty) / 50_000
    return result


def memory_nested():
    """Measure memory with references."""
    return memory("nested")


def memory_coll():
    """Measure memory with collections."""
    return memory("coll")


if __name__ == "__main__":
    os.makedirs(os.environ["FTRACK_API_SCHEMA_CACHE_PATH"], exist_ok=True)
    figures = globals()[sys.argv[1]]()
    print(json.dumps(figures))
