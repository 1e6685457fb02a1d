"""When SQLite counts its tables anew, which it never does by itself: whenever a file has grown by a quarter.

Without statistics SQLite takes any index for as good as another. Counting samples each index, some 30 ms however
large the file, and happens right after the batch that made it due. The table of statistics is made anew each time:
the change of tables is what other connections, of this process and of others, notice.

Nothing is kept about tables with few rows. What is true of them today is not when they have become large, long before
the file has grown enough to show it; and as long as they are small any order is fast. SQLite takes a list that it does
not know yet for 25 values, and would rather read all assignments there are than those of one artist out of thirty. So
no index is told to find more than a hundredth of the rows for a value.
"""

from __future__ import annotations

import contextlib
import sqlite3

SMALLEST_PAGES = 1024
"""Files below 4 MB are fast in any order; a new one has 1.5 MB of empty tables and indexes."""
GROWTH = 1.25
GROWTH_AT_THE_END = 1.1
"""How much larger a file has to be when it is closed, so that the next server begins with what is true."""

_SAMPLED_ENTRIES = 20_000  # of each index its beginning, which is to say more than what one large project does
_FEW_ROWS = 1000
_SMALLEST_PART = 100
_READ = "SELECT value FROM server_state WHERE name = 'analysed_pages'"
_KEEP = (
    "INSERT INTO server_state (name, value) VALUES ('analysed_pages', ?) "
    "ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)


class Statistics:
    """The statistics of one file, kept by the connection that writes."""

    def __init__(self) -> None:
        self._pages: int | None = None

    def refresh(self, driver: sqlite3.Connection, growth: float = GROWTH) -> bool:
        """Count if that is due, and return whether it was done; outside of transactions only.

        What a batch has stored is kept whatever happens here: a file that others keep locked is counted another time.

        Cost: some µs when it is not due.
        """
        try:
            pages = int(driver.execute("PRAGMA page_count").fetchone()[0])
            if pages < SMALLEST_PAGES or not self._is_due(driver, pages, growth):
                return False
            self._count(driver, pages)
        except sqlite3.Error:
            return False
        return True

    def _is_due(self, driver: sqlite3.Connection, pages: int, growth: float) -> bool:
        if self._pages is not None and pages < self._pages * growth:
            return False
        known = driver.execute(_READ).fetchone()  # another process may have counted meanwhile
        self._pages = int(known[0]) if known else 0
        return pages >= self._pages * growth

    def _count(self, driver: sqlite3.Connection, pages: int) -> None:
        driver.execute(f"PRAGMA analysis_limit = {_SAMPLED_ENTRIES}")
        driver.execute("BEGIN IMMEDIATE")
        try:
            driver.execute("DROP TABLE IF EXISTS sqlite_stat1")
            driver.execute("ANALYZE")
            driver.execute("DELETE FROM sqlite_stat1 WHERE CAST(stat AS INTEGER) < ?", (_FEW_ROWS,))
            kept = driver.execute("SELECT stat, rowid FROM sqlite_stat1").fetchall()
            driver.executemany(
                "UPDATE sqlite_stat1 SET stat = ? WHERE rowid = ?", [(_capped(stat), rowid) for stat, rowid in kept]
            )
            driver.execute("ANALYZE sqlite_master")  # takes over what is left, without counting
            driver.execute(_KEEP, (str(pages),))
            driver.execute("COMMIT")
        except sqlite3.Error:
            with contextlib.suppress(sqlite3.Error):
                driver.execute("ROLLBACK")
            raise
        self._pages = pages


def _capped(stat: str) -> str:
    """Return a line of statistics, which is the number of rows and how many have one value, with limits to the latter.

    Other words that may follow stay.
    """
    rows, *averages = stat.split()
    most = max(1, int(rows) // _SMALLEST_PART)
    return " ".join([rows, *(str(min(int(word), most)) if word.isdigit() else word for word in averages)])
