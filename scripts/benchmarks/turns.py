"""Measurements that take turns: a machine that changes its speed changes it for all of them."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import numpy as np


def in_turns(
    command: Callable[..., list[str]], rounds: int, **measurements: tuple
) -> dict[str, list[dict]]:
    """{name: its results, one for each round}: A B C A B C, each in a process of its own.

    All processes live from the first round to the last; one works while the others wait.

    Args:
      command: of a measurement, what starts its process, which answers by `answer`.
      rounds: 1 or more.
      **measurements: by name.
    """
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(_Process(command(*measurement)))
            for name, measurement in measurements.items()
        }
        for process in processes.values():
            process.turn()  # it gets ready
        results = [
            {name: process.turn() for name, process in processes.items()} for _ in range(rounds)
        ]
    return {name: [result[name] for result in results] for name in measurements}


def answer(turns: Iterator[dict]) -> None:
    """What a process does: for each line that it reads, a turn and a line with its result."""
    for _ in sys.stdin:
        print(json.dumps(next(turns)), flush=True)


def spread(ratios: np.ndarray, form: str) -> str:
    """The median, the least and the most, such as `92% (88% to 95%)` for the form `.0%`."""
    median, least, most = np.median(ratios), np.min(ratios), np.max(ratios)
    return f"{median:{form}} ({least:{form}} to {most:{form}})"


class _Process:
    """A process that waits for its turns; it ends with the context."""

    def __init__(self, command: list[str]):
        self._command, self._errors = command, tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            bufsize=1,
        )

    def __enter__(self) -> "_Process":
        return self

    def __exit__(self, *_) -> None:
        self._process.kill()
        self._process.communicate()
        self._errors.close()

    def turn(self) -> dict:
        """The result of its next turn."""
        with suppress(BrokenPipeError):  # it has ended: there is no line to read either
            self._process.stdin.write("\n")
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            self._errors.seek(0)
            sys.exit(f"{' '.join(self._command)} failed:\n{self._errors.read()[-2000:]}")
        return json.loads(line)
