"""Both clients do the same work on the same pre-encoded local server, in turn; ratios are of the client's own time.

Each piece of work runs in an interpreter of its own, three times for each client, the clients in turn; the medians
count. Times are those of the processor, by the clock where a far server or threads are waited for. The server answers
from memory, so what it costs is next to nothing and the same for both. ``--large`` adds the pieces with 50,000
entities, which take the official client several minutes; ``--rounds N`` sets how often; names choose pieces.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
OFFICIAL = REPOSITORY / ".cache" / "official-client" / "bin" / "python"
PROGRAM = Path(__file__).with_name("client_work.py")
SERVER = Path(__file__).with_name("stub_server.py")
WARM = "import ftrack_api; ftrack_api.Session(plugin_paths=[]); print('{}')"
WHOLE = {
    "warm": "process to warm session",
    "floor": "the same request by urllib3 alone",
    "script": "whole script",
}
FAR = 20.0  # milliseconds
FLOOR = """
import json, os, urllib3
pool = urllib3.connection_from_url(os.environ["FTRACK_SERVER"])
pool.urlopen("POST", "/api", body=json.dumps([{"action": "query_server_information"}]).encode())
print("{}")
"""
PIECES = (
    "starts",
    "warm",
    "loads",
    "pages",
    "attributes",
    "commits",
    "one_by_one",
    "small",
    "events",
    "threads",
    "script",
)
FAR_PIECES = ("pages_of_a_far_server", "one_by_one_far", "threads_far")
BY_THE_CLOCK = (*FAR_PIECES, "threads")
LARGE_PIECES = ("memory", "memory_nested", "memory_coll")

# Gate, figure, and how many times better ours must be; a text instead is a bound on ours alone, an empty one is none.
GATES: tuple[tuple[str, str, float | str], ...] = (
    ("T1", "import", 10),
    ("T1", "modules", "40"),
    ("T2", "process to warm session", 2),
    ("T2", "the same request by urllib3 alone", ""),
    ("T3", "next session, warm", 6),
    ("T3", "next session, cold", 6),
    ("T4", "scalar 500, query us", 30),
    ("T4", "scalar 500, total us", 25),
    ("T5", "nested 500, query us", 40),
    ("T5", "nested 500, total us", 35),
    ("T5", "nested 5000, query us", 40),
    ("T5", "nested 5000, total us", 35),
    ("T6", "coll 500, total us", 30),
    ("T6", "cattr 500, total us", 18),
    ("T7", "nested 500, query us, stdlib json", 25),
    ("T8", "nested 50000, against 500", "1.5"),
    ("T9", "scalar 50000, bytes", 3),
    ("T9", "nested 50000, bytes", 4),
    ("T9", "coll 50000, bytes", 4),
    ("T10", "bytes after a commit", 8),
    ("T11", 'task["name"] ns', 5),
    ("T11", 'task["status"]["name"] ns', 6),
    ("T12", 'task["name"] = x ns', 8),
    ("T12", 'task["status"] = s ns', 8),
    ("T13", "one change, 50000 against 1", "1.5"),
    ("T13", "one change, 50000 cached", 1000),
    ("T14", "1,000 creates, recorded and committed", 30),
    ("T14", "1,000 updates", 15),
    ("T15", "N+1, requests", "6"),
    ("T15", "N+1, far", 100),
    ("T16", "nested 5000, query us, far", 15),
    ("T17", "smallest query us", 1.5),
    ("T18", "dispatch, 10 subscriptions us", 8),
    ("T18", "dispatch, 200 subscriptions us", 80),
    ("T18", "dispatch, 200 matching us", 2),
    ("T19", "subscribe us", 30),
    ("T19", "parse an expression us", 100),
    ("T20", "4 threads, times as fast, far", "at least 3"),
    ("T20", "4 threads, times as fast", "at least 0.7"),
    ("T21", "whole script", 6),
)


def main() -> None:
    """Run the work with both clients and print gate by gate."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("pieces", nargs="*")
    options, _ = parser.parse_known_args()
    if not OFFICIAL.exists():
        sys.exit(f"The official client is not installed at {OFFICIAL}; `make bench` installs it.")
    chosen = options.pieces or [*PIECES, *FAR_PIECES, *(LARGE_PIECES if options.large else ())]
    figures: dict[str, dict[str, float]] = {"official": {}, "ours": {}}
    for latency, pieces in ((0.0, (*PIECES, *LARGE_PIECES)), (FAR, FAR_PIECES)):
        with serving(latency) as address, tempfile.TemporaryDirectory() as folder:
            for piece in pieces:
                if piece in chosen:
                    rounds = 1 if piece in LARGE_PIECES else options.rounds
                    for name, found in compare(piece, rounds, address, folder).items():
                        figures[name].update(found)
    for name, found in figures.items():
        derive(found, name == "ours")
    print(f"{'':<6}{'':<44}{'official':>12}{'ours':>12}{'ratio':>9}{'gate':>13}")
    for gate, figure, bound in GATES:
        if figure in figures["ours"]:
            print(row(gate, figure, bound, figures["official"].get(figure), figures["ours"][figure]))


def row(gate: str, figure: str, bound: float | str, official: float | None, ours: float) -> str:
    """Return a line of the table; a figure that is no ratio is held against its bound."""
    ratio = official / ours if official is not None else None
    if bound == "":
        held, wanted = True, ""
    elif isinstance(bound, str):
        least = bound.startswith("at least ")
        held = ours >= float(bound.removeprefix("at least ")) if least else ours <= float(bound)
        wanted = bound if least else f"at most {bound}"
    else:
        held, wanted = ratio is not None and ratio >= bound, f"{bound:g}x"
    columns = ["" if official is None else f"{official:,.2f}", f"{ours:,.2f}", "" if ratio is None else f"{ratio:,.1f}"]
    return (
        f"{gate:<6}{figure:<44}{columns[0]:>12}{columns[1]:>12}{columns[2]:>9}{wanted:>13}{'' if held else '  missed'}"
    )


def derive(found: dict[str, float], ours: bool) -> None:  # noqa: FBT001 - one of two
    """Add the figures that are made of others."""
    if "nested 50000, query us" in found and "nested 500, query us" in found:
        found["nested 50000, against 500"] = found["nested 50000, query us"] / found["nested 500, query us"]
    if "one change, 50000 cached" in found and "one change, 1 cached" in found:
        found["one change, 50000 against 1"] = found["one change, 50000 cached"] / found["one change, 1 cached"]
    if not ours and "nested 500, query us" in found:
        found["nested 500, query us, stdlib json"] = found["nested 500, query us"]


def compare(piece: str, rounds: int, address: str, folder: str) -> dict[str, dict[str, float]]:
    """Return the medians of a piece for each client."""
    runs: dict[str, list[dict[str, float]]] = {"official": [], "ours": []}
    for _ in range(rounds):
        for name, python in (("official", OFFICIAL), ("ours", Path(sys.executable))):
            runs[name].append(run(python, piece, address, f"{folder}/{name}"))
            if piece == "loads" and name == "ours":
                runs[name][-1].update(run(python, "stdlib", address, f"{folder}/{name}", NO_ORJSON="1"))
            if piece == "warm" and name == "ours":
                runs[name][-1].update(run(python, "floor", address, f"{folder}/{name}"))
    return {
        name: {figure: statistics.median(run[figure] for run in found) for figure in found[0]}
        for name, found in runs.items()
    }


def run(python: Path, piece: str, address: str, folder: str, **more: str) -> dict[str, float]:
    """Return the figures of one run; process to warm session is what goes beyond a bare interpreter."""
    os.makedirs(f"{folder}/schemas", exist_ok=True)  # the official client makes none
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "HOME": folder,
        "FTRACK_SERVER": address,
        "FTRACK_API_KEY": "key",
        "FTRACK_API_USER": "kim",
        "FTRACK_API_SCHEMA_CACHE_PATH": f"{folder}/schemas",
        **more,
    }
    text = {"warm": WARM, "floor": FLOOR}.get(piece)
    command = [str(python), "-W", "ignore", *((str(PROGRAM), piece) if text is None else ("-c", text))]
    if piece in BY_THE_CLOCK:
        environment["BY_THE_CLOCK"] = "1"
    whole = WHOLE.get(piece)
    times = []
    for _ in range(7 if whole else 1):
        used = spent()
        output = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout
        times.append(spent() - used)
    found: dict[str, float] = json.loads(output.splitlines()[-1])
    if whole:
        found[whole] = min(times) - (0 if text is None else bare(python, environment))
    return found


def bare(python: Path, environment: dict[str, str]) -> float:
    """Return the milliseconds of an interpreter that does nothing."""
    times = []
    for _ in range(5):
        used = spent()
        subprocess.run([str(python), "-c", ""], env=environment, check=True)
        times.append(spent() - used)
    return min(times)


def spent() -> float:
    """Return the milliseconds of the processor that programs started from here have used."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1e3


@contextlib.contextmanager
def serving(latency: float) -> Iterator[str]:
    """Run the pre-encoded server while the block runs; yield its address."""
    command = [sys.executable, str(SERVER), "--latency", str(latency)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        process.kill()


if __name__ == "__main__":
    main()
