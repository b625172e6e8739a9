"""Benchmarks, each a table: python scripts/bench.py KIND

step       seconds of a step, its share of the machine's convolution ceiling and its ratio to plain
           Keras, which take turns with it, and where the rest goes
statistics seconds of a step by each statistic of the style, over Gram matrices', and memory
controls   seconds of a step with masks and several styles, over one style everywhere's
seconds    what --seconds=N takes, from Enter to the end
start      seconds from Enter to --help, to the first step, to the first preview, and until a second
           picture begins
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
quality    pictures of some pairs by some settings: their style, colours, content, grain, a sheet
program    what a TPU's compiler makes of the step, on a machine without one; with --dump writes it
           for an accelerator's machine with jax and no TensorFlow

Each measurement runs in a process of its own. docs/performance.md has the results, docs/serving.md
those of serving, server and batches, docs/scale.md those of large pictures and files,
docs/resume.md those of states; docs/quality.md explains quality.
"""

import json
import subprocess
import sys
from collections.abc import Iterator

from absl import app, flags
from benchmarks import (
    batch,
    batches,
    controls,
    exact,
    files,
    picture,
    precision,
    program,
    quality,
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
)

from tf_nst.errors import NstError

SIZES = flags.DEFINE_list(
    "sizes",
    ["256", "512"],
    "step, statistics, controls, scale, batches, program: sides of square pictures; seconds, "
    "states, batch (the first): long side; in pixels",
)
DTYPES = flags.DEFINE_list(
    "dtypes",
    ["float32", "bfloat16"],
    "step, statistics, scale and controls (the first), program: dtypes of the features; program "
    "takes float32-exact too, which is float32 without TF32",
)
XLA = flags.DEFINE_list("xla", ["off", "on"], "step: without XLA, with it")
STEPS = flags.DEFINE_integer(
    "steps", 8, "scale, precision, batch: steps; step, statistics, controls, states: rounds"
)
CONTENT = flags.DEFINE_string("content", "examples/louvre_court.jpg", "photograph to paint")
STYLE = flags.DEFINE_string("style", "examples/water_garden.jpg", "picture: painting")
WEIGHTS = flags.DEFINE_string(
    "weights", "imagenet", "picture, precision, scale, exact, program: as of the command"
)
SIZE = flags.DEFINE_integer("size", 512, "picture, precision, quality: long side in pixels")
RECIPE_STEPS = flags.DEFINE_integer("recipe_steps", 1000, "picture: steps of the tutorial's recipe")
RATES = flags.DEFINE_list("rates", ["0.01", "0.02", "0.04"], "picture: its learning rates")
EVALUATIONS = flags.DEFINE_integer("evaluations", 300, "picture: evaluations of the textbook's")
MORE_STEPS = flags.DEFINE_multi_string(
    "more_steps", [], "picture: steps of tf_nst besides its own, as of the command; may be repeated"
)
RESULTS = flags.DEFINE_string(
    "results", "", "picture: .json to keep the curves in, and to go on from"
)
PLOT = flags.DEFINE_string("plot", "", "picture: .png to plot them in (needs matplotlib)")
PAIRS = flags.DEFINE_list(
    "pairs",
    ["examples/louvre_court.jpg:examples/water_garden.jpg"],
    "precision, quality: CONTENT:STYLE",
)
SETTING = flags.DEFINE_multi_string(
    "setting",
    [],
    "quality: NAME=FLAGS, with flags of the command; NAME measures the pictures in the folder of "
    "that name; may be repeated",
)
BUDGETS = flags.DEFINE_list("budgets", ["20", "60", "180", "600"], "seconds: N")
TILES = flags.DEFINE_list("tiles", ["off", "1024"], "scale: off, or pixels that a window owns")
OPTIMIZER = flags.DEFINE_string("optimizer", "adam", "scale: as of the command")
OPTIMIZERS = flags.DEFINE_list(
    "optimizers", ["adam", "lbfgs"], "program: as of the command; windows, those of one picture"
)
DUMP = flags.DEFINE_string("dump", "", "program: folder to write to, instead of compiling")
TOPOLOGIES = flags.DEFINE_list(
    "topologies", ["v4:2x2x1", "v5e:2x2", "v5p:2x2x1", "v6e:2x2"], "program: TPUs to compile for"
)
COMPILER = flags.DEFINE_string(
    "compiler", "", "program: Python with jax and libtpu; by default .venv-tpu's, which is made"
)
BATCH = flags.DEFINE_integer("batch", 1, "program: pictures or windows, one a core")
MODEL = flags.DEFINE_string("model", "models/nst/1", "serving: folder of a version")
URL = flags.DEFINE_string("url", "http://127.0.0.1:8501", "server: its address")
REQUESTS = flags.DEFINE_integer(
    "requests", 16, "serving, server: pictures for each number of clients; batch: pictures"
)
PICTURES = flags.DEFINE_string(
    "pictures", "", "quality: folder of a folder of pictures for each setting, and of the sheet"
)
MEASURE = flags.DEFINE_string("measure", "", "what a child process measures: a JSON list")

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
}


def main(argv):
    """Runs one benchmark, or one measurement of it in a child process."""
    try:
        if MEASURE.value:
            _measure(*json.loads(MEASURE.value))
        else:
            _print_tables(" ".join(argv[1:]))
    except NstError as error:
        sys.exit(str(error))


def _measure(kind, *arguments):
    result = MEASUREMENTS[kind](*arguments)
    if isinstance(result, Iterator):
        turns.answer(result)
    else:
        print(json.dumps(result))


def _print_tables(kind):
    if kind not in TABLES:
        sys.exit(f"expected one of {', '.join(TABLES)}, received {kind or 'nothing'}")
    TABLES[kind]()


def _step():
    step.print_tables(child, command, SIZES.value, DTYPES.value, XLA.value, STEPS.value)


def _picture():
    pair = (CONTENT.value, STYLE.value, WEIGHTS.value, SIZE.value)
    lengths = (RECIPE_STEPS.value, RATES.value, EVALUATIONS.value, MORE_STEPS.value)
    picture.print_tables(child, pair, lengths, RESULTS.value, PLOT.value)


def _precision():
    precision.print_table(child, PAIRS.value, WEIGHTS.value, SIZE.value, STEPS.value)


def _scale():
    how = (WEIGHTS.value, DTYPES.value[0], OPTIMIZER.value, STEPS.value)
    scale.print_table(child, SIZES.value, TILES.value, *how)


def _quality():
    what = (PAIRS.value, SETTING.value, SIZE.value, PICTURES.value)
    quality.print_tables(child, *what)


def _batch():
    how = (int(SIZES.value[0]), STEPS.value, REQUESTS.value)
    batch.print_table(child, (CONTENT.value, STYLE.value), *how)


def _program():
    what = (SIZES.value, DTYPES.value, OPTIMIZERS.value, WEIGHTS.value)
    if DUMP.value:
        program.print_table(child, DUMP.value, *what)
    else:
        tpu.print_table(child, COMPILER.value, TOPOLOGIES.value, *what, BATCH.value)


TABLES = {
    "step": _step,
    "statistics": lambda: statistics.print_table(command, SIZES.value, DTYPES.value, STEPS.value),
    "controls": lambda: controls.print_table(child, SIZES.value, DTYPES.value[0], STEPS.value),
    "start": lambda: start.print_table(child),
    "seconds": lambda: seconds.print_table(child, SIZES.value, BUDGETS.value),
    "picture": _picture,
    "precision": _precision,
    "scale": _scale,
    "states": lambda: states.print_table(command, SIZES.value, STEPS.value),
    "exact": lambda: exact.print_table(child, WEIGHTS.value),
    "files": lambda: files.print_table(child),
    "serving": lambda: serving.print_table(child, MODEL.value, CONTENT.value, REQUESTS.value),
    "server": lambda: server.print_table(URL.value, CONTENT.value, REQUESTS.value),
    "batch": _batch,
    "batches": lambda: batches.print_table(child, SIZES.value),
    "quality": _quality,
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
