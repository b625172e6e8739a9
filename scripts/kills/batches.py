"""A batch that is killed again and again: what it paints, and what its journal says."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

FLAGS = (
    "--size=32 --steps=1 --weights=random --content_layers=conv2_1 --style_layers=conv1_1,conv2_1 "
    "--optimizer=adam --precision=float32"
).split()
_COMMAND = "from tf_nst.cli.main import console; console()"
_PAUSE = 0.02
# A file as it is published: its inode and time.
Files = dict[Path, tuple[int, int]]


class Outcome(NamedTuple):
    """What became of the pictures.

    Attributes:
      kills: of the whole batch, while it painted.
      painted: whole pictures at the end, with record and flag file.
      failed: pictures that the report lists as failed.
      lost: pictures that are neither.
      twice: pictures that were whole and were written again, or that the journal has twice.
      again: pictures begun more than once, since a kill came while they were painted.
      leftovers: temporary files at the end.
    """

    kills: int
    painted: int
    failed: int
    lost: int
    twice: int
    again: int
    leftovers: int


def make_folders(folder: Path, count: int, broken: int) -> None:
    """PHOTOS of two shapes, so many of them broken, and one style."""
    (folder / "photos").mkdir(parents=True)
    (folder / "styles").mkdir()
    generator = np.random.default_rng(0)
    for number in range(count):
        path = folder / "photos" / f"{number:05}.png"
        height = 24 if number % 2 else 32
        pixels = generator.integers(0, 256, (height, 32, 3), np.uint8)
        Image.fromarray(pixels).save(path)
        if number * broken // count != (number + 1) * broken // count:
            path.write_bytes(path.read_bytes()[:-200])
    pixels = generator.integers(0, 256, (32, 32, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "styles" / "noise.png")


def kill_batches(folder: Path, count: int, broken: int, kills: int, seed: int) -> Outcome:
    """Begins the batch anew after each kill, then lets it end."""
    make_folders(folder, count, broken)
    out, generator = folder / "out", random.Random(seed)
    whole: Files = {}
    rewritten, killed = set(), 0
    for number in range(1, kills + 1):
        killed += _run(folder, generator, (count - broken) * number // (kills + 1))
        now = whole_pictures(out)
        rewritten |= {path for path in whole if now.get(path) != whole[path]}
        whole = now
        print(f"kill {number}: {len(whole)} pictures are whole", file=sys.stderr, flush=True)
    _run(folder, generator, None)
    now = whole_pictures(out)
    rewritten |= {path for path in whole if now.get(path) != whole[path]}
    return outcome_of(folder, killed, now, rewritten)


def _run(folder: Path, generator: random.Random, target: int | None) -> int:
    """One batch, killed a moment after so many pictures are there; whether it was."""
    command = [sys.executable, "-c", _COMMAND, "batch", "photos", "styles", "out", *FLAGS]
    with open(folder / "log.txt", "ab") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, start_new_session=True
        )
    if target is None:
        process.wait()
        return 0
    while process.poll() is None and len(list(folder.glob("out/noise/*.png"))) < target:
        time.sleep(_PAUSE)
    time.sleep(generator.uniform(0, 0.3))
    ended = process.poll() is not None
    if not ended:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    return not ended


def whole_pictures(out: Path) -> Files:
    """The pictures that can be read, each with its record and its flag file."""
    files = {}
    for path in out.glob("*/*.png"):
        with Image.open(path) as picture:
            picture.load()
        if path.with_suffix(".json").exists() and path.with_suffix(".cfg").exists():
            json.loads(path.with_suffix(".json").read_bytes())
            status = path.stat()
            files[path] = status.st_ino, status.st_mtime_ns
    return files


def outcome_of(folder: Path, killed: int, whole: Files, rewritten: set[Path]) -> Outcome:
    """What journal, report and files of a folder say after so many kills."""
    out = folder / "out"
    lines = [json.loads(line) for line in (out / "journal.jsonl").read_text().splitlines()]
    begun = Counter(line["picture"] for line in lines if line["what"] == "begun")
    painted = Counter(line["picture"] for line in lines if line["what"] == "painted")
    report = [json.loads(line) for line in (out / "report.jsonl").read_text().splitlines()]
    failed = {line["picture"] for line in report if line["status"] == "failed"}
    names = {path.relative_to(out).as_posix() for path in whole}
    wanted = {f"noise/{path.stem}.png" for path in (folder / "photos").iterdir()}
    twice = {out / name for name, times in painted.items() if times > 1} | rewritten
    return Outcome(
        killed,
        len(names),
        len(failed),
        len(wanted - names - failed),
        len(twice),
        sum(times > 1 for name, times in begun.items() if name not in failed),
        len(list(out.rglob("*.tmp"))),
    )
