"""Seconds of a step against the machine's convolution ceiling, and where the rest goes."""

import time
from functools import partial

import numpy as np
from benchmarks import profile
from benchmarks.peak import peak_bytes
from benchmarks.turns import in_turns, spread

from tf_nst.model.networks import NETWORKS
from tf_nst.model.operations import operations, passes

LAYERS = [f"block{block}_conv1" for block in range(1, 6)]
CONTENT = "block4_conv2"
PASSED = NETWORKS["vgg19"].up_to(tuple(LAYERS))


def print_tables(child, command, sizes, dtypes, xla, rounds):
    """A row for each size, dtype and compiler; then the breakdown of each plain step."""
    print(
        "| pixels | dtype | XLA | s/step | GFLOP/s | ceiling GFLOP/s | share of the ceiling "
        "| plain Keras s/step | step / plain Keras | peak GB | estimate | traces |\n"
        + "|---" * 12
        + "|"
    )
    for size in map(int, sizes):
        for dtype in dtypes:
            ours = {compiler: ("ours", dtype, size, compiler) for compiler in xla}
            others = {"ceiling": ("ceiling", dtype, size), "recipe": ("recipe", dtype, size)}
            results = in_turns(command, rounds, **others, **ours)
            for compiler in xla:
                _print_row(size, dtype, compiler, results)
    print("\nWhere a step's time goes, in ms (threads work side by side: a sum over all of them)\n")
    for size in map(int, sizes):
        for dtype in dtypes:
            parts = child("breakdown", dtype, size)
            listed = ", ".join(f"{name} {ms:.0f}" for name, ms in parts.items())
            print(f"- {size} x {size}, {dtype}: {listed}", flush=True)


def _print_row(size, dtype, compiler, results):
    """Medians over the rounds; of the ratios, each of one round, the least and the most too."""
    work = 2 * operations(PASSED, size, size) / 1e9  # forward, and the input's gradient
    names = compiler, "ceiling", "recipe"
    step, floor, recipe = (
        np.array([result["seconds"] for result in results[name]]) for name in names
    )
    last = results[compiler][-1]
    print(
        f"| {size} x {size} | {dtype} | {compiler} | {np.median(step):.3f} "
        f"| {work / np.median(step):.0f} | {work / np.median(floor):.0f} "
        f"| {spread(floor / step, '.0%')} | {np.median(recipe):.3f} "
        f"| {spread(step / recipe, '.2f')} | {last['gigabytes']:.2f} | {last['estimate']:.2f} "
        f"| {last['traces']} |",
        flush=True,
    )


def ceiling_turns(dtype, size):
    """Seconds of the step's convolutions alone, each in a call of its own, once a turn."""
    calls = list(_convolutions(dtype, size))
    while True:
        yield {"seconds": sum(map(_seconds, calls))}


def _convolutions(dtype, size):
    """A call for each convolution of a step and one for its input's gradient, both compiled."""
    import tensorflow as tf

    convolve = tf.function(lambda x, kernel: tf.nn.conv2d(x, kernel, 1, "SAME"))
    slope = tf.function(
        lambda shape, kernel, y: tf.nn.conv2d_transpose(y, kernel, shape, 1, "SAME")
    )
    for layer, side, _ in passes(PASSED, size, size):
        if layer.kind == "pooling":
            continue
        low, high = layer.channels_in, layer.channels
        x = tf.cast(tf.random.normal([1, side, side, low]), dtype)
        kernel = tf.cast(tf.random.normal([3, 3, low, high]), dtype)
        y = tf.nn.conv2d(x, kernel, 1, "SAME")
        yield partial(convolve, x, kernel)
        yield partial(slope, x.shape.as_list(), kernel, y)


def _seconds(call):
    """Seconds of a call that returns a tensor."""
    began = time.perf_counter()
    call().numpy()
    return time.perf_counter() - began


def compiled(dtype, size, xla="off", statistic="gram"):
    """The engine's own function for Adam at random pictures: (function, progress, estimate)."""

    from tf_nst.config import config_from_options
    from tf_nst.engine.steps import begin_scale
    from tf_nst.io.inputs import read_inputs
    from tf_nst.objective.objective import build_objective
    from tf_nst.ops.color import as_float
    from tf_nst.painting import prepare

    config = config_from_options(
        {
            **{"size": size, "steps": 1, "weights": "random", "precision": dtype},
            **{"xla": xla, "optimizer": "adam", "style_statistic": statistic},
        }
    )
    painting = prepare(config, read_inputs(config, *pictures(size)), print)
    job = painting.job
    given = {name: as_float(picture) for name, picture in job.pictures.items()}
    objective = build_objective(job.extractor, job.terms, given)
    run = compile_steps(objective, job.optimizers[0], job.decay, job.xla)
    return run, begin_scale(job.optimizers[0], given["content"]), painting.plan.peak_bytes


def compile_steps(objective, optimizer, decay, xla):
    """Several steps as one compiled function: progress, count [] int32 -> progress, report."""
    import tensorflow as tf

    from tf_nst.engine.steps import paint_scale

    @tf.function(autograph=False, jit_compile=xla)
    def run(progress, count):
        return paint_scale(objective, optimizer, progress, count, decay=decay)

    return run


def our_turns(dtype, size, xla, statistic="gram"):
    """The engine's compiled step, once a turn; before the first turn it is made twice."""
    import tensorflow as tf

    run, progress, estimate = compiled(dtype, size, xla, statistic)
    for _ in range(2):
        progress, _ = run(progress, tf.constant(1))
    while True:
        began = time.perf_counter(), time.process_time()
        progress, report = run(progress, tf.constant(1))
        report.steps.numpy()
        seconds, processor = time.perf_counter() - began[0], time.process_time() - began[1]
        traces = run.experimental_get_tracing_count()
        yield result(seconds, processor=processor, estimate=estimate / 1e9, traces=traces)


def measure_breakdown(dtype, size):
    """Milliseconds of one step by kind of operation, from TensorFlow's profiler."""
    import tensorflow as tf

    run, progress, _ = compiled(dtype, size)
    for _ in range(2):
        progress, _ = run(progress, tf.constant(1))
    return profile.by_kind(lambda: run(progress, tf.constant(1))[1].steps.numpy())


def recipe_turns(dtype, size):
    """VGG19 of keras.applications under a dtype policy, float32 Grams, Keras' Adam: once a turn."""
    import keras
    import tensorflow as tf

    keras.config.set_dtype_policy("mixed_bfloat16" if dtype == "bfloat16" else dtype)
    vgg = keras.applications.VGG19(include_top=False, weights=None)
    vgg.trainable = False
    names = [*LAYERS, CONTENT]
    model = keras.Model(vgg.input, {name: vgg.get_layer(name).output for name in names})
    content, style = (tf.constant(picture[None] * 255.0) for picture in pictures(size))
    targets = {name: gram(model(style)[name]) for name in LAYERS}
    reference = tf.cast(model(content)[CONTENT], tf.float32)
    image, adam = tf.Variable(content), keras.optimizers.Adam(5.0)
    adam.build([image])

    @tf.function
    def step():
        with tf.GradientTape() as tape:
            features = model(image)
            loss = tf.reduce_mean((tf.cast(features[CONTENT], tf.float32) - reference) ** 2)
            for name in LAYERS:
                loss += tf.reduce_mean((gram(features[name]) - targets[name]) ** 2)
            loss += 1e-4 * tf.reduce_sum(tf.image.total_variation(image))
        adam.apply_gradients([(tape.gradient(loss, image), image)])
        image.assign(tf.clip_by_value(image, 0.0, 255.0))
        return loss

    for _ in range(2):
        step()
    while True:
        yield result(_seconds(step))


def gram(features):
    """[1, h, w, C] -> [C, C] float32, divided by the positions."""
    import tensorflow as tf

    rows = tf.cast(tf.reshape(features, [-1, features.shape[-1]]), tf.float32)
    return tf.matmul(rows, rows, transpose_a=True) / tf.cast(tf.shape(rows)[0], tf.float32)


def pictures(size):
    """Two seeded pictures [size, size, 3] float32 in 0..1."""
    rng = np.random.default_rng(0)
    return rng.random((size, size, 3), np.float32), rng.random((size, size, 3), np.float32)


def result(seconds, **more):
    """Seconds, and the peak memory of this process in GB."""
    peak = peak_bytes() / 1e9
    return {"seconds": seconds, "gigabytes": peak, **more}


MEASUREMENTS = {
    "ours": our_turns,
    "recipe": recipe_turns,
    "ceiling": ceiling_turns,
    "breakdown": measure_breakdown,
}
