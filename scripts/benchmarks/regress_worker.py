"""Measures one checkout once a turn: python -P regress_worker.py CHECKOUT KIND SIZE.

What it calls of tf_nst has been there since 0.1.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

# Steps that are timed, after the one in which the function is traced.
STEPS = 4


def command_turns(checkout: Path, size: int) -> Iterator[dict]:
    """Seconds of `import tf_nst` and of --help, each in a process of its own."""
    while True:
        line = _output(checkout, "-X", "importtime", "-c", "import tf_nst").splitlines()[-1]
        began = time.perf_counter()
        _output(checkout, "scripts/run.py", "--help")
        seconds = time.perf_counter() - began
        yield {"import": int(line.split("|")[1]) / 1e6, "help": seconds}


def picture_turns(checkout: Path, size: int) -> Iterator[dict]:
    """Seconds until the first step of a picture by the default is done, less those of a step; the
    median of the steps after it."""
    import numpy as np

    from tf_nst.config import config_from_options
    from tf_nst.engine.events import StepsDone
    from tf_nst.engine.loop import iterate
    from tf_nst.io.inputs import read_inputs
    from tf_nst.painting import prepare

    options = {"size": size, "steps": STEPS + 1, "scales": 1, "weights": "random"}
    config = config_from_options(options)
    inputs = read_inputs(config, *_pictures(size))
    while True:
        job = prepare(config, inputs, lambda line: None, pause_every=1).job
        times = [time.perf_counter()]
        for event in iterate(job):
            if isinstance(event, StepsDone):
                times.append(time.perf_counter())
        first, *steps = np.diff(times)
        step = float(np.median(steps))
        yield {"trace": max(float(first) - step, 1e-9), "step": step}


def export_turns(checkout: Path, size: int) -> Iterator[dict]:
    """Seconds of a request of one picture to an export, whose first one is answered before."""
    import numpy as np
    import tensorflow as tf

    import tf_nst

    photo, painting = _pictures(size)
    with tempfile.TemporaryDirectory() as folder:
        version = tf_nst.export(folder, painting, size=size, steps=2, weights="random")
        loaded = tf.saved_model.load(str(version))
    data = tf.io.encode_png(np.asarray(photo))[None]
    loaded.signatures["serving_default"](content_bytes=data)
    while True:
        began = time.perf_counter()
        loaded.signatures["serving_default"](content_bytes=data)
        yield {"request": time.perf_counter() - began}


def _pictures(size: int) -> tuple:
    """Two seeded pictures [size, size, 3] uint8."""
    import numpy as np

    rng = np.random.default_rng(0)
    return tuple(rng.integers(0, 256, (size, size, 3), np.uint8) for _ in range(2))


def _output(checkout: Path, *arguments: str) -> str:
    """What Python writes to stderr in the checkout's folder, which tf_nst is imported from."""
    where = {"cwd": checkout, "env": os.environ | {"PYTHONPATH": str(checkout)}}
    command = [sys.executable, *arguments]
    return subprocess.run(command, **where, capture_output=True, text=True, check=True).stderr


TURNS = {"command": command_turns, "picture": picture_turns, "export": export_turns}

if __name__ == "__main__":
    checkout, kind, size = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    sys.path[:0] = [str(checkout), str(Path(__file__).parents[1])]
    from benchmarks.turns import answer

    answer(TURNS[kind](checkout, size))
