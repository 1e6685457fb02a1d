"""Run every benchmark, or those named: ``python -m benchmarks [NAME ...]``, with the names below."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

FOLDER = Path(__file__).parent
NAMES = ("server_pages", "server_writes", "versus_official", "events", "media", "transfers", "frames")


def main() -> None:
    """Run benchmarks one after the other; what they share is imported from this folder."""
    sys.path.insert(0, str(FOLDER))
    chosen = sys.argv[1:] or NAMES
    unknown = [name for name in chosen if name not in NAMES]
    if unknown:
        sys.exit(f"No benchmark {unknown[0]!r}; there are {', '.join(NAMES)}.")
    for name in chosen:
        print(f"\n== {name}")
        sys.argv = [name]  # what follows the names is not meant for each
        runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")


main()
