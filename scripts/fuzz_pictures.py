"""Reads thousands of damaged pictures: each must give a picture or one line.

    python scripts/fuzz_pictures.py --files=10000
    python scripts/fuzz_pictures.py --files=10000 --reader=export

Small valid files of every format that is read are damaged by a seeded mutator, and read in a worker
process of limited memory, which an alarm ends where a file takes too long. A traceback, a crash or
a hang is a failure, and in an export a picture of another size than declared: its file is kept in
--keep, and the exit code is 1.
"""

import argparse
import json
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from fuzzing.worker import READERS, work

SHARED = ("reader", "seed", "gigabytes", "seconds")
FAILURES = ("traceback", "crash", "hang")


def main() -> int:
    """Runs the command; returns its exit code."""
    arguments = parse()
    if arguments.worker:
        work(arguments)
        return 0
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        outcomes, failures = fuzz(arguments, Path(folder))
    counted = ", ".join(f"{outcomes[name]} {name}" for name in ("picture", "line", *FAILURES))
    print(f"{sum(outcomes.values())} damaged files: {counted}")
    valid, spent = len(READERS[arguments.reader].make_seeds()), time.perf_counter() - began
    print(
        f"seed {arguments.seed}, {valid} valid files, {arguments.gigabytes:g} GB and "
        f"{arguments.seconds} s each; {spent:.0f} s in all"
    )
    for index, text in failures:
        print(f"file {index}: {text}")
    return 1 if failures else 0


def parse() -> argparse.Namespace:
    """The command's flags."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--reader", choices=tuple(READERS), default="command", help="who reads them"
    )
    parser.add_argument("--files", type=int, default=500, help="damaged files to read")
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--seed", type=int, default=0, help="of the damage")
    parser.add_argument(
        "--gigabytes",
        type=float,
        default=2.0,
        help="address space of a worker; of an export beside TensorFlow's",
    )
    parser.add_argument("--seconds", type=int, default=20, help="of the processor for a file")
    parser.add_argument("--keep", default="", help="folder for the files that fail")
    parser.add_argument("--worker", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def fuzz(arguments: argparse.Namespace, folder: Path) -> tuple[Counter, list[tuple[int, str]]]:
    """Reads all files, by a new worker wherever one died. Returns outcomes, and failures."""
    outcomes, failures = Counter(), []
    index, end = arguments.first, arguments.first + arguments.files
    while index < end:
        for index, outcome, text in _results(arguments, folder, index, end):  # noqa: B020
            outcomes[outcome] += 1
            if outcome in FAILURES:
                failures.append((index, f"{outcome}: {text}"))
                _keep(arguments, folder, index)
        index += 1
    return outcomes, failures


def _results(arguments: argparse.Namespace, folder: Path, first: int, end: int):
    """(index, outcome, text) of each file up to the end, or to the one that ended the worker."""
    command = [sys.executable, __file__, f"--first={first}", f"--files={end - first}"]
    command += [f"--{name}={getattr(arguments, name)}" for name in SHARED]
    command.append(f"--worker={folder}")
    # A file, since a pipe that nobody reads fills up, and decoders talk.
    with (
        open(folder / "stderr", "w+", errors="replace") as stderr,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True) as process,
    ):
        index = first - 1
        for line in process.stdout:
            index, outcome, text = json.loads(line)
            yield index, outcome, text
        process.wait()
        stderr.seek(0)
        said = stderr.read()
    if index == first - 1 and process.returncode > 0:
        raise SystemExit(f"the worker does not start: {said}")
    if index < end - 1:
        hang = -process.returncode in (signal.SIGALRM, signal.SIGPROF)
        last = (said.strip().splitlines() or ["nothing said"])[-1]
        yield index + 1, "hang" if hang else "crash", f"exit {process.returncode}, {last}"


def _keep(arguments: argparse.Namespace, folder: Path, index: int) -> None:
    if arguments.keep:
        target = Path(arguments.keep)
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{arguments.seed}_{index}").write_bytes((folder / "damaged").read_bytes())


if __name__ == "__main__":
    sys.exit(main())
