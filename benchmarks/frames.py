"""A sequence of frames published and removed again: the client's own processor time, with ten times as many frames.

"create" makes the components in memory; "in place" records where they are; "copy" brings 4 kB for each frame into a
location on disk and records it; "remove" takes all of that back. "plain" is `shutil.copytree` of the same files. The
official client, where it is installed, does the same next to ours, with the fewer frames: with the many it asks the
server four thousand times. The files lie in memory where the system offers
that: the time a disk takes to make a file depends on what others do to it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from versus_official import OFFICIAL

from ftrack_server.testing import running_server

PROGRAM = Path(__file__).parent / "frame_work.py"
MEMORY = Path("/dev/shm")
STEPS = ("create", "in place", "copy", "remove", "plain")
FEW, MANY = 100, 1000
ROUNDS = 5


def main() -> None:
    """Print a line for each client and number of frames, and how much more ten times the frames take."""
    print(f"{'ms':<18}" + "".join(f"{step:>12}" for step in STEPS))
    few, many = (measure("ours", Path(sys.executable), ROUNDS, frames) for frames in (FEW, MANY))
    print(f"{'  times':<18}" + "".join(f"{many[step] / few[step]:>12.1f}" for step in STEPS))
    if OFFICIAL.exists():
        measure("official", OFFICIAL, 1, FEW)


def measure(client: str, python: Path, rounds: int, frames: int) -> dict[str, float]:
    """Return the times of one client, in a process of its own on a server of its own."""
    with (
        running_server(seed="demo") as server,
        tempfile.TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as folder,
    ):
        Path(folder, "schemas").mkdir()  # the official client makes none
        environment = {
            "PATH": os.environ.get("PATH", ""),
            "HOME": folder,
            "FTRACK_API_SCHEMA_CACHE_PATH": f"{folder}/schemas",
            "FTRACK_SERVER": server.url,
            "FTRACK_API_KEY": server.api_key,
            "FTRACK_API_USER": server.api_user,
        }
        command = [str(python), "-W", "ignore", str(PROGRAM), str(frames), str(rounds), f"{folder}/work"]
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"{client:<9}{frames:>9}" + "".join(f"{found[step]:>12.1f}" for step in STEPS))
    return found


if __name__ == "__main__":
    main()
