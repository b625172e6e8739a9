"""Seconds of a step with masks against one style everywhere's, which take turns in one process."""

import time

import numpy as np
from benchmarks.step import compile_steps, pictures
from benchmarks.turns import spread

NAMES = ("no mask", "a mask", "two styles by masks")


def print_table(child, sizes, dtype, rounds):
    """A row for each size and way."""
    print("| pixels | asked for | s/step | over no mask | of the processor, over no mask |")
    print("|---|---|---|---|---|")
    for size in map(int, sizes):
        seconds = {
            name: np.array(it) for name, it in child("controls", dtype, size, rounds).items()
        }
        for name, each in seconds.items():
            wall, processor = (spread(it, ".2f") for it in (each / seconds["no mask"]).T)
            row = (
                f"| {size} x {size} | {name} | {np.median(each[:, 0]):.3f} | {wall} | {processor} |"
            )
            print(row, flush=True)


def measure_controls(dtype, size, rounds):
    """{way: seconds and seconds of the processor of each round's step}; two steps come before."""
    steps = {name: step_of(name, dtype, size) for name in NAMES}
    results = {name: [] for name in NAMES}
    for count in range(rounds + 2):
        for name, step in steps.items():
            began = time.perf_counter(), time.process_time()
            step()
            ended = time.perf_counter(), time.process_time()
            if count >= 2:
                results[name].append([ended[0] - began[0], ended[1] - began[1]])
    return results


def step_of(name, dtype, size):
    """The engine's compiled step of a way, to be called."""
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
    return lambda: run(progress, tf.constant(1))[1].steps.numpy()


def inputs_of(name, config, size):
    """The inputs of a way: of one mask all is white, of two each has a half of the picture."""
    from tf_nst.io.inputs import Places, read_inputs

    photograph, style = pictures(size)
    left = np.zeros((size, size), np.uint8)
    left[:, : size // 2] = 255
    places = {
        "no mask": Places(),
        "a mask": Places(mask=np.full_like(left, 255)),
        "two styles by masks": Places(mask=[left, 255 - left]),
    }
    styles = [style, style[::-1]] if name.startswith("two") else style
    return read_inputs(config, photograph, styles, places[name])


MEASUREMENTS = {"controls": measure_controls}
