"""Times a step of tf_nst and of the plain Keras recipe in one run: python scripts/bench.py

Prints a table: seconds of a step, the recipe's seconds over ours, and peak memory of a process
that does nothing else; then the time from Enter to the first step of the command. Each
measurement runs in a process of its own. Random weights: the numbers do not change the time.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from absl import app, flags

SIZES = flags.DEFINE_list("sizes", ["256", "512"], "sides of the square picture, in pixels")
STEPS = flags.DEFINE_integer("steps", 8, "timed steps of each; the median is shown")
MEASURE = flags.DEFINE_string("measure", "", "what a child process measures: KIND,DTYPE,SIZE")

ROOT = Path(__file__).parent.parent
LAYERS = [f"block{block}_conv1" for block in range(1, 6)]
CONTENT = "block4_conv2"


def main(argv):
    """Runs every measurement in a child process and prints the tables."""
    del argv
    if MEASURE.value:
        kind, dtype, size = MEASURE.value.split(",")
        print(json.dumps(MEASUREMENTS[kind](dtype, int(size))))
        return
    print_steps()
    print_startup()


def print_steps():
    """A row for each size and dtype."""
    print("| pixels | dtype | recipe s/step | tf_nst s/step | ratio | tf_nst peak GB | estimate |")
    print("|---|---|---|---|---|---|---|")
    for size in SIZES.value:
        for dtype in ("float32", "bfloat16"):
            recipe, ours = (child(f"{kind},{dtype},{size}") for kind in ("recipe", "ours"))
            ratio = recipe["seconds"] / ours["seconds"]
            print(
                f"| {size} x {size} | {dtype} | {recipe['seconds']:.3f} | {ours['seconds']:.3f} "
                f"| {ratio:.2f} | {ours['gigabytes']:.2f} | {ours['estimate']:.2f} |",
                flush=True,
            )


def child(measurement):
    """Runs one measurement in a fresh process."""
    command = [sys.executable, __file__, f"--measure={measurement}", f"--steps={STEPS.value}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{measurement} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def print_startup():
    """Seconds from the start of the process to the line of the first step, best of three."""
    best = min(seconds_to_first_step() for _ in range(3))
    print(f"\nfrom Enter to the first step at 512 pixels: {best:.1f} s")


def seconds_to_first_step():
    """Runs the command for one step and waits for its line; infinite if it never comes."""
    seconds = float("inf")
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, ROOT / "scripts" / "run.py", "--weights=random", "--steps=1"),
            *(f"--content={ROOT / 'examples' / 'louvre_court.jpg'}", f"--output={folder}/a.png"),
            f"--style={ROOT / 'examples' / 'water_garden.jpg'}",
        ]
        began = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            for line in process.stdout:
                if line.startswith("step 1"):
                    seconds = time.perf_counter() - began
            process.wait()
    return seconds


def measure_ours(dtype, size):
    """The engine's own loop, from the second call on."""
    from tf_nst.config import config_from_options
    from tf_nst.engine.events import StepsDone
    from tf_nst.engine.stylize import iterate
    from tf_nst.io.inputs import read_inputs
    from tf_nst.painting import prepare

    config = config_from_options(
        {"size": size, "steps": STEPS.value + 2, "weights": "random", "precision": dtype}
    )
    painting = prepare(config, read_inputs(config, *pictures(size)), print, pause_every=1)
    seconds = [event.seconds for event in iterate(painting.job) if isinstance(event, StepsDone)]
    return result(seconds[2:], estimate=painting.memory / 1e9)


def measure_recipe(dtype, size):
    """VGG19 of keras.applications under a dtype policy, float32 Grams, Keras' Adam."""
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

    def timed():
        began = time.perf_counter()
        step().numpy()
        return time.perf_counter() - began

    return result([timed() for _ in range(STEPS.value + 2)][2:])


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
    """The median of the seconds, and the peak memory of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return {"seconds": float(np.median(seconds)), "gigabytes": peak, **more}


MEASUREMENTS = {"ours": measure_ours, "recipe": measure_recipe}

if __name__ == "__main__":
    app.run(main)
