"""Reads damaged files in a process of limited memory, and says what came of each."""

import argparse
import json
import os
import resource
import signal
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from fuzzing.damage import DAMAGES, WITH_MARKERS, damaged
from fuzzing.graph import graph_reader, graph_seeds
from fuzzing.seeds import make_seeds

from tf_nst.errors import NstError
from tf_nst.io.images import read_image

LONGEST_LINE = 1000


def work(arguments: argparse.Namespace) -> None:
    """A line of JSON for each file: its number, the outcome, and what was said.

    The file that is being read lies in the folder `arguments.worker`.
    """
    reader = READERS[arguments.reader]
    seeds, read = reader.make_seeds(), reader.make(arguments.gigabytes)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    path = Path(arguments.worker) / "damaged"
    results = os.fdopen(os.dup(1), "w")
    for index in range(arguments.first, arguments.first + arguments.files):
        path.write_bytes(damaged(seeds, arguments.seed, index, reader.damages))
        _limit(arguments.seconds)
        outcome, text = read(path)
        _limit(0)
        results.write(json.dumps([index, outcome, text]) + "\n")
        results.flush()


def _command_reader(gigabytes: float):
    limit = int(gigabytes * 1e9)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return outcome_of


def _limit(seconds: int) -> None:
    """The process ends after so many seconds of its own, or where it waits for ten times as long;
    on a busy machine it may stand still for a while. 0: it does not."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.alarm(10 * seconds)


def outcome_of(path: Path) -> tuple[str, str]:
    """ "picture", "line" or "traceback", and what was said."""
    try:
        image = read_image(path)
    except NstError as error:
        text = str(error)
        fine = "\n" not in text and text.startswith("--content: ") and len(text) < LONGEST_LINE
        return ("line" if fine else "traceback"), text
    except BaseException:
        return "traceback", traceback.format_exc()
    if image.pixels.dtype not in (np.uint8, np.uint16) or not image.pixels.size:
        return "traceback", f"no picture: {image.pixels.shape} of {image.pixels.dtype}"
    return "picture", f"{image.width}×{image.height}"


class Reader(NamedTuple):
    """Who reads the files: what makes the valid ones, how they are damaged, and what makes the
    function that reads one within so many gigabytes, see `outcome_of`."""

    make_seeds: Callable[[], dict[str, bytes]]
    damages: tuple
    make: Callable[[float], Callable[[Path], tuple[str, str]]]


READERS = {
    "command": Reader(make_seeds, DAMAGES, _command_reader),
    "export": Reader(graph_seeds, WITH_MARKERS, graph_reader),
}
