"""Two commits by turns, in one run: ratios of what a user waits for, and which of them rose."""

import csv
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from benchmarks.turns import in_turns, spread

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("regress_worker.py")
# A ratio above it is a regression.
MOST = 1.10
# What a process measures -> the names of its results.
MEASUREMENTS = {
    "command": ("import", "help"),
    "picture": ("trace", "step"),
    "export": ("request",),
}


class Row(NamedTuple):
    """Head's seconds over base's, a ratio for each round."""

    measure: str
    pixels: int
    ratios: np.ndarray

    @property
    def regressed(self) -> bool:
        """Whether the median is above MOST."""
        return float(np.median(self.ratios)) > MOST


def print_table(commits: list[str], sizes: list[str], rounds: int, results: str) -> None:
    """A row for each size and measure; exits with 1 where one regressed.

    Args:
      commits: base and head, of any name that git knows.
      sizes: sides of square pictures in pixels.
      rounds: of each measurement, 1 or more.
      results: .csv that the ratios are added to; empty: none.
    """
    if len(commits) != 2:
        sys.exit(f"regress: expected BASE HEAD, received {' '.join(commits) or 'nothing'}")
    base, head = map(_short, commits)
    print(f"| what | pixels | {head} / {base} | |\n|---|---|---|---|")
    rows = []
    with _checked_out(base) as old, _checked_out(head) as new:
        for row in compare(old, new, list(map(int, sizes)), rounds):
            mark = "slower" if row.regressed else ""
            text = spread(row.ratios, ".2f")
            print(f"| {row.measure} | {row.pixels} | {text} | {mark} |", flush=True)
            rows.append(row)
    if results:
        add_rows(Path(results), base, head, rows)
    if any(row.regressed for row in rows):
        sys.exit(1)


def compare(base: Path, head: Path, sizes: list[int], rounds: int) -> Iterator[Row]:
    """The rows of two checkouts; the command is measured once, whatever the sizes are."""
    for kind, measures in MEASUREMENTS.items():
        for size in sizes[:1] if kind == "command" else sizes:
            pair = {"base": (base, kind, size), "head": (head, kind, size)}
            results = in_turns(worker_command, rounds, **pair)
            for measure in measures:
                old, new = (
                    np.array([turn[measure] for turn in results[name]]) for name in ("base", "head")
                )
                yield Row(measure, 0 if kind == "command" else size, new / old)


def add_rows(path: Path, base: str, head: str, rows: list[Row]) -> None:
    """Adds the ratios to a file of rows, which is made where there is none; no seconds."""
    new = not path.exists()
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if new:
            writer.writerow(
                ["base", "head", "measure", "pixels", "rounds", "ratio", "least", "most"]
            )
        for row in rows:
            numbers = (np.median(row.ratios), np.min(row.ratios), np.max(row.ratios))
            ratios = [f"{number:.3f}" for number in numbers]
            writer.writerow([base, head, row.measure, row.pixels, len(row.ratios), *ratios])


def worker_command(checkout: Path, kind: str, size: int) -> list[str]:
    """What starts the process that measures a checkout at a size in pixels."""
    # Without the worker's own folder among the paths of imports: it has a statistics.py.
    return [sys.executable, "-P", str(WORKER), str(checkout), kind, str(size)]


def _short(commit: str) -> str:
    return _git("rev-parse", "--short", "--verify", f"{commit}^{{commit}}")


@contextmanager
def _checked_out(commit: str) -> Iterator[Path]:
    """A folder with the files of a commit, removed afterwards."""
    with tempfile.TemporaryDirectory() as parent:
        folder = Path(parent) / commit
        _git("worktree", "add", "--quiet", "--detach", str(folder), commit)
        try:
            yield folder
        finally:
            _git("worktree", "remove", "--force", str(folder))


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"regress: git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()
