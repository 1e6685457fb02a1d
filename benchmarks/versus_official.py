"""Both clients do the same work on the same server, in turn; ratios are of the client's own time.

Each client runs in an interpreter of its own. What a request costs the server and the socket is the same for both and
is included, so the ratios are what a user sees on loopback, less than the clients alone would give.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from ftrack_server.testing import running_server

REPOSITORY = Path(__file__).resolve().parents[1]
OFFICIAL = REPOSITORY / ".cache" / "official-client" / "bin" / "python"
PROGRAM = Path(__file__).with_name("client_work.py")
ROUNDS = 3


def main() -> None:
    """Run the work with both clients and print the medians."""
    if not OFFICIAL.exists():
        sys.exit(f"The official client is not installed at {OFFICIAL}; `make bench` installs it.")
    results: dict[str, list[dict[str, float]]] = {"official": [], "ours": []}
    with running_server(seed="demo") as server:
        for _ in range(ROUNDS):
            for name, python in (("official", OFFICIAL), ("ours", Path(sys.executable))):
                with tempfile.TemporaryDirectory() as folder:
                    environment = {
                        "PATH": os.environ.get("PATH", ""),
                        "HOME": folder,
                        "FTRACK_SERVER": server.url,
                        "FTRACK_API_KEY": server.api_key,
                        "FTRACK_API_USER": server.api_user,
                        "FTRACK_API_SCHEMA_CACHE_PATH": folder,
                    }
                    output = subprocess.run(
                        [str(python), "-W", "ignore", str(PROGRAM)],
                        env=environment,
                        check=True,
                        capture_output=True,
                        text=True,
                    ).stdout
                results[name].append(json.loads(output.splitlines()[-1]))
    print(f"{'':<44}{'official':>11}{'ours':>11}{'ratio':>8}")
    for work in results["ours"][0]:
        official, ours = (sorted(run[work] for run in results[name])[ROUNDS // 2] for name in ("official", "ours"))
        print(f"{work:<44}{official:>11.2f}{ours:>11.2f}{official / ours:>8.1f}")


if __name__ == "__main__":
    main()
