"""What each core computes of a step over windows of one picture, as a program with the sums of all
cores inside.

The engine hands out windows and adds up in calls of their own (Windows.value_and_grad). Here the
same functions are one program: the sums of a window, those of all windows, the losses and the
gradient of the window. It has no optimiser, which updates the picture on the host.
"""

import json
from pathlib import Path


def write_program(folder, size, dtype, job, cores):
    """Writes windows-{size}-{dtype}.pb and .json; the picture is cut into as many windows as fit.

    Args:
      job: of the picture, with its network, extractor and terms.
      cores: that share the windows.

    Returns:
      The names and sizes of `measure_program`.
    """
    import tensorflow as tf

    window_step, given = _step(job, size, cores)
    run = tf.function(window_step, autograph=False, jit_compile=True)
    program = run.experimental_get_compiler_ir(*given)(stage="hlo_serialized")
    name = Path(folder) / f"windows-{size}-{dtype}"
    name.with_suffix(".pb").write_bytes(program)
    name.with_suffix(".json").write_text(json.dumps({"replicas": cores, "split": []}))
    return {"file": f"{name.name}.pb"}


def _step(job, size, cores):
    """The function of one core, and the first window as its arguments."""
    import tensorflow as tf
    from tensorflow.compiler.tf2xla.ops import gen_xla_ops

    from tf_nst.engine.cores import pixels_of, place_of
    from tf_nst.engine.evaluator import Measured
    from tf_nst.engine.replicas import Replicas
    from tf_nst.engine.windows import WindowObjective, Windows
    from tf_nst.objective.objective import distances, total
    from tf_nst.ops.color import as_float

    pictures = {name: as_float(picture) for name, picture in job.pictures.items()}
    objective = WindowObjective(job.extractor, job.network, job.terms, size // 2)
    windows = Windows(objective, Replicas(tf.distribute.get_strategy(), 1))
    targets, references = windows.targets(pictures), windows.references(pictures)
    everyone = [list(range(cores))]

    def over_cores(value):
        return gen_xla_ops.xla_all_reduce(
            input=value, group_assignment=everyone, reduce_op="Add", mode="CrossReplica"
        )

    def window_step(pixels, place, references):
        sums = windows.window_sums(job.terms, pixels, place, references, {})
        sums = tf.nest.map_structure(over_cores, sums)
        with tf.GradientTape() as tape:
            tape.watch(sums)
            losses = total(job.terms, distances(job.terms, sums, targets))
            loss = tf.reduce_sum(losses)
        slopes = tape.gradient(loss, sums, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return losses, windows.window_gradient(pixels, place, references, {}, slopes)

    measured = Measured(targets, references, {})
    window, compared, _ = next(windows.compared_rounds(pictures["content"], measured))
    pixels = pictures["content"][pixels_of(window[0])]
    return window_step, (pixels, place_of(window[0]), compared)
