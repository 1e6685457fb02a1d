"""Publishing a sequence, step by step: ``frame_work.py FRAMES ROUNDS FOLDER`` prints processor times as JSON.

Milliseconds of this process, the best of some rounds. Runs with whichever ftrack_api is installed. "plain" copies the
same files with the standard library.
"""

import json
import os
import shutil
import sys
import time

import ftrack_api
from ftrack_api.accessor.disk import DiskAccessor
from ftrack_api.structure.standard import StandardStructure
from ftrack_api.symbol import ORIGIN_LOCATION_ID, UNMANAGED_LOCATION_ID

PIXELS = os.urandom(4096)


def main():
    """Measure each step in turn, on a version of its own in each round."""
    count, rounds, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    os.makedirs(f"{folder}/frames")
    for number in range(1, count + 1):
        with open(f"{folder}/frames/shot.{number:04d}.exr", "wb") as file:
            file.write(PIXELS)
    found = {}
    with ftrack_api.Session(plugin_paths=[]) as session:
        shot, kind = session.query("select link from Shot").first(), session.query("AssetType").first()
        asset = session.create("Asset", {"name": os.path.basename(folder), "parent": shot, "type": kind})
        session.commit()
        for number in range(rounds):
            for step, spent in steps(session, asset, count, folder, number):
                found[step] = min(spent, found.get(step, spent))
    print(json.dumps(found))


def steps(session, asset, count, folder, number):
    """Yield what each step took."""
    files = f"{folder}/frames/shot.%04d.exr [1-{count}]"
    disk = session.ensure("Location", {"name": "studio.disk"})
    disk.accessor, disk.structure, disk.priority = DiskAccessor(prefix=f"{folder}/store"), StandardStructure(), 1
    origin, place = session.get("Location", ORIGIN_LOCATION_ID), session.get("Location", UNMANAGED_LOCATION_ID)
    version = session.create("AssetVersion", {"asset": asset})
    session.commit()
    made = []
    yield (
        "create",
        clock(lambda: made.append(session.create_component(files, {"name": "a", "version": version}, location=None))),
    )
    session.commit()
    yield "in place", clock(lambda: place.add_component(made[0], origin))
    yield "copy", clock(lambda: disk.add_component(made[0], origin))
    yield "remove", clock(lambda: disk.remove_component(made[0]))
    yield "plain", clock(lambda: shutil.copytree(f"{folder}/frames", f"{folder}/plain{number}"))


def clock(work):
    """Return the milliseconds of the processor that some work takes in this process."""
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1e3


main()
