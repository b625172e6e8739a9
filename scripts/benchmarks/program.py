"""The compiled step as a program of its own, for an accelerator's compiler and no TensorFlow.

TensorFlow lowers it here. On a machine with a GPU jax compiles and times it (program_run.py, which
is copied beside the programs); a TPU's compiler takes it on any machine (tpu.py). All of them hand
it to XLA.
"""

import itertools
import json
import re
import shutil
from pathlib import Path

import numpy as np
from benchmarks import program_windows, step

RUNNER = Path(__file__).with_name("program_run.py")

# Steps of a call: an argument of the program, which a runner may change.
COUNT = 4

# name: the dtype of the features, and whether float32 products may be rounded on their way, to
# TF32 on a GPU and to bfloat16 on a TPU. The engine never lets them.
DTYPES = {
    "bfloat16": ("bfloat16", False),
    "float32": ("float32", True),
    "float32-exact": ("float32", False),
}

# Instead of an optimiser: the step over windows of one picture, one window a core.
WINDOWS = "windows"

# Arguments of more values than this are described, not written.
LISTED = 64


def print_table(child, folder, sizes, dtypes, optimizers, weights, statistics, pictures):
    """Writes a program for each size, dtype, optimiser and statistic, and describes its arguments.

    Args:
      statistics: values of --style_statistic; none: the default.
      pictures: paths of a photograph and a painting whose arguments are written too; (): none.
    """
    Path(folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(RUNNER, Path(folder) / "run.py")
    print("| program | MB | steps of a call | arguments | MB of arguments |\n" + "|---" * 5 + "|")
    programs = itertools.product(map(int, sizes), dtypes, optimizers, statistics or [""])
    for size, dtype, optimizer, statistic in programs:
        what = (size, dtype, optimizer, weights, "GPU", 1, statistic, pictures)
        written = child("program", folder, *what)
        print(
            f"| {written['file']} | {written['megabytes']:.1f} | {COUNT} | {written['arguments']} "
            f"| {written['argument megabytes']:.0f} |",
            flush=True,
        )


def measure_program(
    folder, size, dtype, optimizer, weights, accelerator, batch, statistic="", pictures=()
):
    """Writes {optimizer}-{size}-{dtype}.pb, an HLO module, and a .json that says how to run it.

    Args:
      accelerator: "GPU" or "TPU".
      batch: pictures, or windows of one picture; several are shared out over as many cores.
      statistic: as of --style_statistic, and a part of the file's name; "": the default.
      pictures: paths of a photograph and a painting, whose arguments are written to an .npz; (): of
        random pictures, whose arguments are only described.
    """
    import tensorflow as tf

    from tf_nst.ops import accelerators, statistics

    # Asked of this machine's processor, the answers might not be the accelerator's.
    statistics.rounds_products = lambda: True
    accelerators.accelerator = lambda: accelerator
    dtype_of_features, rounded = DTYPES[dtype]
    options = {"weights": weights, "precision": dtype_of_features}
    options |= {"optimizer": optimizer.replace(WINDOWS, "adam")}
    if statistic:
        options["style_statistic"] = statistic
    job = _job(size, options, pictures or step.pictures(size))
    # A part of every product of the module: its precision is DEFAULT, or HIGHEST.
    tf.config.experimental.enable_tensor_float_32_execution(rounded)
    if optimizer == WINDOWS:
        return program_windows.write_program(folder, size, dtype, job, batch)
    name = "-".join([optimizer, str(size), dtype, *re.findall(r"\w+", statistic)])
    return _write_program(Path(folder) / name, *_compiled(job, batch), with_arguments=pictures)


def _job(size, options, pictures):
    """The engine's own job for a photograph and a painting: paths, or arrays."""
    from tf_nst.config import config_from_options
    from tf_nst.io.inputs import read_inputs
    from tf_nst.painting import prepare

    one_scale = {"size": size, "steps": 1, "scales": 1, "tile": "off", "memory": 1000.0}
    config = config_from_options({**one_scale, "xla": "on", **options})
    return prepare(config, read_inputs(config, *pictures), print).job


def _write_program(path, run, progress, with_arguments):
    """Writes the module of a compiled function, its description and, if wanted, its arguments."""
    import tensorflow as tf

    inputs = (progress, tf.constant(COUNT))
    program = run.experimental_get_compiler_ir(*inputs)(stage="hlo_serialized")
    path.with_suffix(".pb").write_bytes(program)
    arguments, description = _described(run.get_concrete_function(*inputs), inputs)
    path.with_suffix(".json").write_text(json.dumps(description), encoding="utf-8")
    if with_arguments:
        np.savez(path.with_suffix(".npz"), **_stored(arguments))
    return {
        "file": f"{path.name}.pb",
        "megabytes": len(program) / 1e6,
        "arguments": len(arguments),
        "argument megabytes": sum(each.nbytes for each in arguments) / 1e6,
    }


def _stored(arguments):
    """{index: array}; NumPy's files know no bfloat16, so that it is stored as float32."""
    return {
        str(index): array.astype(np.float32) if array.dtype.name == "bfloat16" else array
        for index, array in enumerate(arguments)
    }


def _compiled(job, batch):
    """The engine's own function and where it begins."""
    import tensorflow as tf

    from tf_nst.engine.steps import begin_scale
    from tf_nst.objective.objective import build_objective
    from tf_nst.ops.color import as_float

    pictures = {name: as_float(picture) for name, picture in job.pictures.items()}
    objective = build_objective(job.extractor, job.terms, pictures)
    run = step.compile_steps(objective, job.optimizers[0], job.decay, xla=True)
    return run, begin_scale(job.optimizers[0], tf.repeat(job.initial, batch, axis=0))


def _described(concrete, inputs):
    """The arguments as arrays, and what a runner needs to know: what they are like, and which
    argument and results are which."""
    import tensorflow as tf

    variables = {id(variable.handle): variable for variable in concrete.variables}
    captured = [variables.get(id(tensor), tensor) for tensor in concrete.captured_inputs]
    flat = tf.nest.flatten(inputs)
    results = tf.nest.flatten(concrete.structured_outputs)
    _, report = concrete.structured_outputs
    place = {id(result): index for index, result in enumerate(results)}
    batch = inputs[0].image.shape[0]
    arguments = [each.numpy() for each in (*flat, *captured)]
    return arguments, {
        "arguments": [_description(each) for each in arguments],
        # What has a value for each picture of a batch.
        "split": [i for i, it in enumerate(flat[:-1]) if batch > 1 and it.shape[0] == batch],
        "count": len(flat) - 1,
        **{name: place[id(getattr(report, name))] for name in ("steps", "finite", "history")},
    }


def _description(array):
    """Its values where they are few; else the moments and range of random numbers in its place.

    A kernel's deviation is that of He et al. 2015: of independent random numbers the true one would
    let the features fade away, layer by layer.
    """
    description = {"shape": array.shape, "dtype": array.dtype.name, "bytes": array.nbytes}
    if array.size <= LISTED:
        return {**description, "values": array.ravel().tolist()}
    numbers = array.astype(np.float32)
    if array.ndim == 4 and array.shape[:2] == (3, 3):
        mean, deviation = 0.0, float(np.sqrt(2 / np.prod(array.shape[:3])))
    else:
        mean, deviation = float(numbers.mean()), float(numbers.std())
    extremes = {"least": float(numbers.min()), "most": float(numbers.max())}
    return {**description, "mean": mean, "deviation": deviation, **extremes}


MEASUREMENTS = {"program": measure_program}
