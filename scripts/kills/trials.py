"""Kills runs, goes on with them and compares what they painted."""

import json
import multiprocessing
import random
import re
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from kills.cases import CASES, SHARED
from kills.processes import finish, kill, pause_while_there, start, wait_for_steps

from tf_nst.io.replacing import temporaries_of
from tf_nst.io.state_file import state_path

# When a run is killed; a state of 64 pixels is written within a few milliseconds.
MOMENTS = ("painting", "writing", "start", "writing", "painting")
SECONDS_OF_WRITING = 0.002
# As often as 2 % of the time allow.
OFTEN = "--checkpoint_seconds=0.001"
_PLACE = re.compile(r"^state    out\.state, step (\d+) of", re.MULTILINE)


class Unbroken(NamedTuple):
    """A run that nobody killed.

    Attributes:
      picture: the bytes of its file.
      losses: of every step and at the end, from its record.
      start, painting: seconds until the first steps were shown, and from then on.
    """

    picture: bytes
    losses: tuple
    start: float
    painting: float


class Trial(NamedTuple):
    """A run that was killed.

    Attributes:
      turn: of its case, from 0.
      moment: at which it was to be killed.
      writing: whether it was killed while it wrote a state.
      step: at which it went on; None: there was no state yet, it began anew.
      equal: whether picture and losses are those of the unbroken run.
      output: what the second run printed.
    """

    case: str
    turn: int
    moment: str
    writing: bool
    step: int | None
    equal: bool
    output: str


def kill_runs(cases: list[str], runs: int, seed: int, processes: int) -> Iterator[Trial]:
    """So many trials, of the cases in turn; the same seed draws the same moments."""
    unbroken = {case: paint_unbroken(case) for case in cases}
    turns = [divmod(index, len(cases)) for index in range(runs)]
    jobs = [(cases[case], turn, MOMENTS[turn % len(MOMENTS)]) for turn, case in turns]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        yield from pool.imap_unordered(partial(_trial, unbroken, seed), jobs)


def paint_unbroken(case: str) -> Unbroken:
    """Paints a case from beginning to end."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        process = start(Path(folder), (*SHARED, *CASES[case], "--checkpoint_seconds=0"))
        shown = wait_for_steps(process)
        first = time.perf_counter()
        ended = finish(process)
        if ended.code:
            raise RuntimeError(f"{case}: expected a picture, received {shown}{ended.output}")
        seconds = first - began, time.perf_counter() - first
        return Unbroken(*painted(Path(folder)), *seconds)


def painted(folder: Path) -> tuple[bytes, tuple]:
    """The bytes of the picture, and the losses of its record."""
    record = json.loads((folder / "out.json").read_text(encoding="utf-8"))
    return (folder / "out.png").read_bytes(), (record["losses"], record["final"])


def is_writing(folder: Path) -> bool:
    """Whether a state is being written there, or was when its run was killed."""
    return bool(temporaries_of(state_path(folder / "out.png")))


def _trial(unbroken: dict[str, Unbroken], seed: int, job: tuple[str, int, str]) -> Trial:
    case, turn, moment = job
    rng, whole = random.Random(f"{seed} {case} {turn}"), unbroken[case]
    flags = (*SHARED, *CASES[case], OFTEN)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        while not _kill_once(folder, flags, moment, whole, rng):
            pass
        writing = is_writing(folder)
        ended = finish(start(folder, (*flags, "--resume")))
        place = _PLACE.search(ended.output)
        equal = ended.code == 0 and painted(folder) == (whole.picture, whole.losses)
        equal &= not state_path(folder / "out.png").exists() and not is_writing(folder)
    step = int(place[1]) if place else None
    return Trial(case, turn, moment, writing, step, equal, ended.output)


def _kill_once(
    folder: Path, flags: tuple[str, ...], moment: str, whole: Unbroken, rng: random.Random
) -> bool:
    """Begins a run and kills it; false where it has ended before."""
    process = start(folder, (*flags, f"--preview_every={rng.randint(1, 9)}"))
    if moment == "start":
        time.sleep(rng.uniform(0, whole.start))
    else:
        wait_for_steps(process)
        time.sleep(rng.uniform(0, whole.painting))
    if moment == "writing":
        pause_while_there(process, partial(is_writing, folder), rng.uniform(0, SECONDS_OF_WRITING))
    return bool(kill(process).signum)
