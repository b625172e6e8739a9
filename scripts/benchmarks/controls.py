"""Seconds of a step with masks, two styles and what is kept, against one style everywhere's, which
take turns with it."""

import time

import numpy as np
from benchmarks.step import compile_steps, pictures
from benchmarks.turns import in_turns, spread

NAMES = ("plain", "two blended", "mask", "two by masks", "kept")


def print_table(command, sizes, dtypes, rounds):
    """A row for each size, dtype and way."""
    print("| pixels | dtype | asked for | s/step | over plain |\n|---|---|---|---|---|")
    for size in map(int, sizes):
        for dtype in dtypes:
            measurements = {name: ("controls", dtype, size, name) for name in NAMES}
            results = in_turns(command, rounds, **measurements)
            seconds = {
                name: np.array([each["seconds"] for each in of_name])
                for name, of_name in results.items()
            }
            for name, each in seconds.items():
                ratio = spread(each / seconds["plain"], ".2f")
                row = f"| {size} x {size} | {dtype} | {name} | {np.median(each):.3f} | {ratio} |"
                print(row, flush=True)


def inputs_of(name, config, size):
    """The inputs of a way: the halves of the picture are masks."""
    from tf_nst.io.inputs import Places, read_inputs

    photograph, style = pictures(size)
    left = np.zeros((size, size), np.uint8)
    left[:, : size // 2] = 255
    styles = [style, style[::-1]] if name.startswith("two") else style
    places = {
        "mask": Places(mask=np.full_like(left, 255)),
        "two by masks": Places(mask=[left, 255 - left]),
        "kept": Places(keep=left),
    }
    return read_inputs(config, photograph, styles, places.get(name, Places()))


def turns_of(dtype, size, name):
    """The engine's compiled step, once a turn; before the first turn it is made twice."""
    import tensorflow as tf

    from tf_nst.config import config_from_options
    from tf_nst.engine.scales import measure
    from tf_nst.engine.steps import begin_scale
    from tf_nst.objective.objective import Objective
    from tf_nst.painting import prepare

    options = {"size": size, "steps": 1, "weights": "random", "precision": dtype, "xla": "off"}
    config = config_from_options(options | {"optimizer": "adam"})
    painting = prepare(config, inputs_of(name, config, size), print)
    job = painting.job
    measured = measure(job, painting.engine, job.scales[-1], 0)
    objective = Objective(job.extractor, job.terms, *measured)
    run = compile_steps(objective, job.optimizers[-1], job.decay, job.xla)
    progress = begin_scale(job.optimizers[-1], tf.constant(job.initial))
    for _ in range(2):
        progress, _ = run(progress, tf.constant(1))
    while True:
        began = time.perf_counter()
        progress, report = run(progress, tf.constant(1))
        report.steps.numpy()
        yield {"seconds": time.perf_counter() - began}


MEASUREMENTS = {"controls": turns_of}
