"""The compiled step as a program of its own, for an accelerator's compiler and no TensorFlow.

TensorFlow lowers it here. On a machine with a GPU jax compiles and times it (program_run.py, which
is copied beside the programs); a TPU's compiler takes it on any machine (tpu.py). All of them hand
it to XLA.
"""

import json
import shutil
from pathlib import Path

import numpy as np
from benchmarks import program_windows, step

RUNNER = Path(__file__).with_name("program_run.py")

# What a call of the dumped program is asked for; a number it is given, so that others do as well.
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


def print_table(child, folder, sizes, dtypes, optimizers, weights):
    """Writes a program for each optimiser, size and dtype, with what its arguments are like."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(RUNNER, Path(folder) / "run.py")
    print("| program | MB | steps of a call | arguments | MB of arguments |\n" + "|---" * 5 + "|")
    for size in map(int, sizes):
        for dtype in dtypes:
            for optimizer in optimizers:
                told = child("program", folder, size, dtype, optimizer, weights, "GPU", 1)
                print(
                    f"| {told['file']} | {told['megabytes']:.1f} | {COUNT} | {told['arguments']} "
                    f"| {told['argument megabytes']:.0f} |",
                    flush=True,
                )


def measure_program(folder, size, dtype, optimizer, weights, accelerator, pictures):
    """Writes {optimizer}-{size}-{dtype}.pb, an HLO module, and a .json that says how to run it.

    Args:
      accelerator: "GPU" or "TPU".
      pictures: of the batch, or windows of one picture; several are shared out over as many cores.
    """
    import tensorflow as tf

    from tf_nst.ops import accelerators, statistics

    # Asked of this machine's processor, the answers might not be the accelerator's.
    statistics.rounds_products = lambda: True
    accelerators.accelerator = lambda: accelerator
    dtype_of_features, rounded = DTYPES[dtype]
    job = _job(size, dtype_of_features, optimizer.replace(WINDOWS, "adam"), weights)
    # A part of every product of the module: its precision is DEFAULT, or HIGHEST.
    tf.config.experimental.enable_tensor_float_32_execution(rounded)
    if optimizer == WINDOWS:
        return program_windows.write_program(folder, size, dtype, job, pictures)
    run, progress = _compiled(job, pictures)
    given = (progress, tf.constant(COUNT))
    program = run.experimental_get_compiler_ir(*given)(stage="hlo_serialized")
    name = Path(folder) / f"{optimizer}-{size}-{dtype}"
    name.with_suffix(".pb").write_bytes(program)
    told = _told(run.get_concrete_function(*given), given)
    name.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")
    return {
        "file": f"{name.name}.pb",
        "megabytes": len(program) / 1e6,
        "arguments": len(told["arguments"]),
        "argument megabytes": sum(each["bytes"] for each in told["arguments"]) / 1e6,
    }


def _job(size, dtype, optimizer, weights):
    """The engine's own job, at random pictures."""
    from tf_nst.config import config_from_options
    from tf_nst.io.inputs import read_inputs
    from tf_nst.painting import prepare

    config = config_from_options(
        {
            **{"size": size, "steps": 1, "scales": 1, "tile": "off", "memory": 1000.0},
            **{"weights": weights, "precision": dtype, "xla": "on", "optimizer": optimizer},
        }
    )
    return prepare(config, read_inputs(config, *step.pictures(size)), print).job


def _compiled(job, pictures):
    """The engine's own function and where it begins."""
    import tensorflow as tf

    from tf_nst.engine.steps import begin_scale
    from tf_nst.objective.objective import build_objective
    from tf_nst.ops.color import as_float

    given = {name: as_float(picture) for name, picture in job.pictures.items()}
    objective = build_objective(job.extractor, job.terms, given)
    run = step.compile_steps(objective, job.optimizers[0], job.decay, xla=True)
    return run, begin_scale(job.optimizers[0], tf.repeat(given["content"], pictures, axis=0))


def _told(concrete, given):
    """What a runner has to know: the arguments, and which argument and results are which."""
    import tensorflow as tf

    variables = {id(variable.handle): variable for variable in concrete.variables}
    captured = [variables.get(id(tensor), tensor) for tensor in concrete.captured_inputs]
    own = tf.nest.flatten(given)
    results = tf.nest.flatten(concrete.structured_outputs)
    _, report = concrete.structured_outputs
    place = {id(result): index for index, result in enumerate(results)}
    batch = given[0].image.shape[0]
    return {
        "arguments": [_described(each) for each in (*own, *captured)],
        # What has a value for each picture of a batch.
        "split": [index for index, it in enumerate(own[:-1]) if batch > 1 and it.shape[0] == batch],
        "count": len(own) - 1,
        "steps": place[id(report.steps)],
        "finite": place[id(report.finite)],
    }


def _described(argument):
    """Its values where they are few; else what random numbers like them are made of.

    A kernel's scale is that of He et al. 2015: of independent random numbers the true scale would
    let the features fade away, layer by layer.
    """
    array = argument.numpy()
    told = {"shape": array.shape, "dtype": array.dtype.name, "bytes": array.nbytes}
    if array.size <= LISTED:
        return {**told, "values": array.ravel().tolist()}
    numbers = array.astype(np.float32)
    if array.ndim == 4 and array.shape[:2] == (3, 3):
        mean, deviation = 0.0, float(np.sqrt(2 / np.prod(array.shape[:3])))
    else:
        mean, deviation = float(numbers.mean()), float(numbers.std())
    between = {"least": float(numbers.min()), "most": float(numbers.max())}
    return {**told, "mean": mean, "deviation": deviation, **between}


MEASUREMENTS = {"program": measure_program}
