"""Benchmarks, each a table: python scripts/bench.py KIND

step       seconds of a step, its share of the machine's convolution ceiling and its ratio to plain
           Keras, which take turns with it, and where the rest goes
statistics seconds of a step by each statistic of the style, over Gram matrices', and memory
controls   seconds of a step with masks and several styles, over one style everywhere's
seconds    what --seconds=N takes, from Enter to the end
start      seconds of `import tf_nst`; from Enter to --help, to the first step, to the first
           preview; until a second picture begins
picture    objective against seconds: the tutorial's recipe, the textbook's, and tf_nst by default
precision  the objective that bfloat16 ends at against float32's, on some pairs
scale      large pictures, whole and by windows: seconds a pixel, peak memory and its estimate
states     steps a second while states are written, against none, which take turns
exact      the gradient by windows against that of the whole picture
files      peak memory of reading and writing large pictures
serving    an export: its size, its first requests, pictures a minute, memory
server     a running server: requests a second and their latency, for 1, 4 and 16 clients
batch      pictures an hour by a loop of commands, by `tf-nst batch` and by Beam, and memory
batches    a step of several pictures as one batch against the same one after the other
video      clips of known motion: flicker, drift and seconds a frame, by each way to paint them
quality    pictures of some pairs by some settings: their style, colours, content, grain, a sheet
regress    BASE HEAD, two commits by turns: ratios of the import, --help, tracing, a step and an
           export's request; exits with 1 where one is above 1.10
program    what a TPU's compiler makes of the step, on a machine without one; with --dump writes it
           for an accelerator's machine with jax and no TensorFlow

Each measurement runs in a process of its own. docs/performance.md has the results, docs/serving.md
those of serving, server and batches, docs/scale.md those of large pictures and files,
docs/resume.md those of states; docs/quality.md explains quality, docs/video.md video.
"""

import json
import subprocess
import sys
from collections.abc import Iterator

from absl import app
from benchmarks import (
    batch,
    batches,
    controls,
    exact,
    files,
    options,
    picture,
    precision,
    program,
    quality,
    regress,
    scale,
    seconds,
    server,
    serving,
    start,
    states,
    statistics,
    step,
    tpu,
    turns,
    video,
)

from tf_nst.errors import NstError

MEASUREMENTS = {
    **step.MEASUREMENTS,
    **statistics.MEASUREMENTS,
    **controls.MEASUREMENTS,
    **start.MEASUREMENTS,
    **picture.MEASUREMENTS,
    **precision.MEASUREMENTS,
    **scale.MEASUREMENTS,
    **states.MEASUREMENTS,
    **exact.MEASUREMENTS,
    **files.MEASUREMENTS,
    **serving.MEASUREMENTS,
    **batch.MEASUREMENTS,
    **batches.MEASUREMENTS,
    **seconds.MEASUREMENTS,
    **program.MEASUREMENTS,
    **quality.MEASUREMENTS,
    **video.MEASUREMENTS,
}


def main(argv):
    """Runs one benchmark, or one measurement of it in a child process."""
    try:
        if options.MEASURE.value:
            _measure(*json.loads(options.MEASURE.value))
        else:
            _print_tables(*argv[1:])
    except NstError as error:
        sys.exit(str(error))


def _measure(kind, *arguments):
    result = MEASUREMENTS[kind](*arguments)
    if isinstance(result, Iterator):
        turns.answer(result)
    else:
        print(json.dumps(result))


def _print_tables(kind="", *commits):
    if kind == "regress":
        regress.print_table(
            commits, options.SIZES.value, options.STEPS.value, options.RESULTS.value
        )
    elif commits or kind not in TABLES:
        received = " ".join([kind, *commits]) or "nothing"
        sys.exit(
            f"expected one of {', '.join([*TABLES, 'regress BASE HEAD'])}, received {received}"
        )
    else:
        TABLES[kind]()


def _step():
    step.print_tables(
        child,
        command,
        options.SIZES.value,
        options.DTYPES.value,
        options.XLA.value,
        options.STEPS.value,
    )


def _picture():
    pair = (options.CONTENT.value, options.STYLE.value, options.WEIGHTS.value, options.SIZE.value)
    lengths = (
        options.RECIPE_STEPS.value,
        options.RATES.value,
        options.EVALUATIONS.value,
        options.MORE_STEPS.value,
    )
    picture.print_tables(child, pair, lengths, options.RESULTS.value, options.PLOT.value)


def _precision():
    precision.print_table(
        child, options.PAIRS.value, options.WEIGHTS.value, options.SIZE.value, options.STEPS.value
    )


def _scale():
    how = (
        options.WEIGHTS.value,
        options.DTYPES.value[0],
        options.OPTIMIZER.value,
        options.STEPS.value,
    )
    scale.print_table(child, options.SIZES.value, options.TILES.value, *how)


def _quality():
    what = (options.PAIRS.value, options.SETTING.value, options.SIZE.value, options.PICTURES.value)
    quality.print_tables(child, *what)


def _batch():
    how = (int(options.SIZES.value[0]), options.STEPS.value, options.REQUESTS.value)
    batch.print_table(child, (options.CONTENT.value, options.STYLE.value), *how)


def _video():
    video.print_table(
        child,
        options.CLIPS.value,
        options.WAYS.value,
        options.STYLE.value,
        options.DTYPES.value[-1],
        options.SIZE.value,
        options.FRAMES.value,
        options.GRAIN.value,
    )


def _program():
    what = (
        options.SIZES.value,
        options.DTYPES.value,
        options.OPTIMIZERS.value,
        options.WEIGHTS.value,
    )
    if options.DUMP.value:
        pictures = (
            (options.CONTENT.value, options.STYLE.value)
            if options.ARGUMENTS.value == "pictures"
            else ()
        )
        program.print_table(
            child, options.DUMP.value, *what, options.STYLE_STATISTIC.value, pictures
        )
    else:
        tpu.print_table(
            child, options.COMPILER.value, options.TOPOLOGIES.value, *what, options.BATCH.value
        )


TABLES = {
    "step": _step,
    "statistics": lambda: statistics.print_table(
        command, options.SIZES.value, options.DTYPES.value, options.STEPS.value
    ),
    "controls": lambda: controls.print_table(
        child, options.SIZES.value, options.DTYPES.value[0], options.STEPS.value
    ),
    "start": lambda: start.print_table(child),
    "seconds": lambda: seconds.print_table(child, options.SIZES.value, options.BUDGETS.value),
    "picture": _picture,
    "precision": _precision,
    "scale": _scale,
    "states": lambda: states.print_table(command, options.SIZES.value, options.STEPS.value),
    "exact": lambda: exact.print_table(child, options.WEIGHTS.value),
    "files": lambda: files.print_table(child),
    "serving": lambda: serving.print_table(
        child, options.MODEL.value, options.CONTENT.value, options.REQUESTS.value
    ),
    "server": lambda: server.print_table(
        options.URL.value, options.CONTENT.value, options.REQUESTS.value
    ),
    "batch": _batch,
    "batches": lambda: batches.print_table(child, options.SIZES.value),
    "quality": _quality,
    "video": _video,
    "program": _program,
}


def command(*measurement):
    """What starts a process of one measurement."""
    return [sys.executable, __file__, f"--measure={json.dumps(measurement)}"]


def child(*measurement):
    """The result of one measurement in a fresh process."""
    done = subprocess.run(command(*measurement), capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{measurement} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    app.run(main)
