"""Objective against seconds: the TensorFlow tutorial's recipe, the textbook's way, and tf_nst's.

All three lower the same objective, tf_nst's, of one pair at one size. It is evaluated in float32 at
full size; the time of that evaluation does not count.
"""

import json
import sys
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from benchmarks.curves import draw, print_over_time, print_reached

# Evaluated at the multiples of this share more steps: about twelve times for each doubling.
MARKS_GROW = 1.06


class Bench(NamedTuple):
    """A pair at its full size: the command's own job, and the judge in float32.

    Attributes:
      job: tf_nst's, by default.
      objective: float32, at full size.
      judge: [1, h, w, 3] in 0..1 of any size -> its loss at full size.
    """

    job: object
    objective: object
    judge: object


def print_tables(child, pair, lengths, results, plot):
    """Curves of all ways, and the time that each needs to reach what the recipe reaches."""
    steps, rates, evaluations, more = lengths
    kept = Kept(results, [*pair, steps, evaluations])
    curves = {"content": kept.curve(child, "content", *pair)}
    recipes = {
        rate: kept.curve(child, "recipe_picture", *pair, float(rate), steps) for rate in rates
    }
    best = min(recipes, key=lambda rate: recipes[rate][-1][1])
    losses = ", ".join(f"{rate}: {curve[-1][1]:.3f}" for rate, curve in recipes.items())
    print(f"(a) after {steps} steps by learning rate: {losses}", flush=True)
    curves["recipe"] = recipes[best]
    curves["textbook"] = kept.curve(child, "textbook", *pair, evaluations)
    curves["tf_nst"] = kept.curve(child, "tf_nst", *pair)
    for schedule in more:
        curves[f"tf_nst {schedule}"] = kept.curve(child, "tf_nst", *pair, schedule)
    print_reached(curves, steps)
    print_over_time(curves)
    if plot:
        draw(curves, plot)


class Kept:
    """Curves in a file, so that a run of hours can be taken up again; nothing without a path.

    Curves of other pictures, sizes or lengths are refused.
    """

    def __init__(self, path, about):
        self.path, self.about = Path(path) if path else None, about
        self.curves = {}
        if self.path and self.path.exists():
            saved = json.loads(self.path.read_text(encoding="utf-8"))
            if saved["about"] != about:
                sys.exit(f"--results: expected curves of {about}, {path} has {saved['about']}")
            self.curves = saved["curves"]

    def curve(self, child, *measurement):
        """The curve of a measurement, run only where the file does not have it."""
        name = " ".join(map(str, measurement))
        if name not in self.curves:
            self.curves[name] = child(*measurement)
            if self.path:
                kept = json.dumps({"about": self.about, "curves": self.curves})
                self.path.write_text(kept, encoding="utf-8")
        return self.curves[name]


def bench(content, style, weights, size, **options):
    """The Bench of a pair; `options` are the command's."""
    import tensorflow as tf

    from tf_nst.config import config_from_options
    from tf_nst.io.inputs import read_inputs
    from tf_nst.objective.objective import build_objective, term_values, total
    from tf_nst.ops.color import as_float
    from tf_nst.ops.resample import resize
    from tf_nst.painting import prepare

    def prepared(**more):
        config = config_from_options({"size": size, "weights": weights, **options, **more})
        return prepare(config, read_inputs(config, content, style), print).job

    job, exact = prepared(), prepared(precision="float32")
    given = {name: as_float(picture) for name, picture in exact.pictures.items()}
    objective = build_objective(exact.extractor, exact.terms, given)

    @tf.function(autograph=False)
    def evaluate(image):
        return total(exact.terms, term_values(objective, image))

    def judge(picture):
        return float(evaluate(resize(tf.constant(picture), *exact.size))[0])

    return Bench(job, objective, judge)


class Curve:
    """[seconds, objective] of a run, whose clock stands still while it is judged.

    Where steps are all alike (`alike`), a step's seconds are those which nine tenths of them took
    longer than, so that other work on the machine does not count. That is a courtesy to the
    baselines; tf_nst's own clock has everything, tracing and measuring the targets too.
    """

    def __init__(self, judge, alike=False):
        self.judge, self.alike, self.judged = judge, alike, []
        self.ends, self.next_mark = [0.0], 1.0
        self.began = time.perf_counter()

    def step(self, steps, picture, last=False):
        """After `steps` steps; the picture is judged now and then, and at the last."""
        self.ends.append(self.ends[-1] + time.perf_counter() - self.began)
        if steps >= self.next_mark or last:
            self.judged.append((len(self.ends) - 1, self.judge(picture)))
            self.next_mark = max(steps + 1, steps * MARKS_GROW)
        self.began = time.perf_counter()

    @property
    def points(self):
        """[seconds, objective] of each judged picture."""
        fast = float(np.percentile(np.diff(self.ends), 10))
        return [
            [round(fast * call if self.alike else self.ends[call], 3), loss]
            for call, loss in self.judged
        ]


def measure_content(*pair):
    """The objective of the content image."""
    from tf_nst.ops.color import as_float

    setup = bench(*pair)
    return setup.judge(as_float(setup.job.pictures["content"]))


def measure_recipe(content, style, weights, size, rate, steps):
    """TensorFlow's tutorial: Adam(0.02, beta_1=0.99, epsilon=0.1) from the content image, clipped.

    Its epsilon is in its gradient's units, which are not ours. Taken over as it is it would slow
    the recipe down; here it is next to nothing, which assumes that the tutorial's, of a far larger
    loss, is so too (not measured).
    """
    import keras
    import tensorflow as tf

    from tf_nst.objective.evaluation import value_and_grad
    from tf_nst.ops.color import as_float

    setup = bench(content, style, weights, size, precision="float32")
    image = tf.Variable(as_float(setup.job.pictures["content"]))
    adam = keras.optimizers.Adam(rate, beta_1=0.99, epsilon=1e-10)
    adam.build([image])

    @tf.function(autograph=False)
    def step():
        adam.apply_gradients([(value_and_grad(setup.objective, image).gradient, image)])
        image.assign(tf.clip_by_value(image, 0.0, 1.0))

    step.get_concrete_function()
    curve = Curve(setup.judge, alike=True)
    for index in range(1, steps + 1):
        step()
        curve.step(index, image.value(), last=index == steps)
    return curve.points


def measure_textbook(content, style, weights, size, evaluations):
    """SciPy's L-BFGS-B in float32 with bounds 0 and 1 and 20 pairs, from the content image."""
    import tensorflow as tf
    from scipy.optimize import minimize

    from tf_nst.objective.evaluation import value_and_grad
    from tf_nst.ops.color import as_float

    setup = bench(content, style, weights, size, precision="float32")
    start = as_float(setup.job.pictures["content"]).numpy()
    evaluate = tf.function(lambda image: value_and_grad(setup.objective, image), autograph=False)
    evaluate(tf.constant(start))
    curve, best = Curve(setup.judge, alike=True), [float("inf"), start]
    count = 0

    def loss_and_gradient(flat):
        nonlocal count
        picture = flat.reshape(start.shape).astype(np.float32)
        evaluation = evaluate(tf.constant(picture))
        loss = float(evaluation.loss[0])
        if loss < best[0]:
            best[:] = loss, picture
        count += 1
        curve.step(count, best[1], last=count == evaluations)
        return loss, evaluation.gradient.numpy().astype(np.float64).ravel()

    minimize(
        loss_and_gradient,
        start.astype(np.float64).ravel(),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, 1)] * start.size,
        options={"maxcor": 20, "maxfun": evaluations, "maxiter": evaluations, "ftol": 0, "gtol": 0},
    )
    return curve.points


def measure_tf_nst(content, style, weights, size, steps=None):
    """The command's own job with its defaults, or other steps, tracing included."""
    from tf_nst.engine.events import Finished, StepsDone
    from tf_nst.engine.loop import iterate

    options = {"steps": [int(count) for count in steps.split(",")]} if steps else {}
    setup = bench(content, style, weights, size, **options)
    curve = Curve(setup.judge)
    for event in iterate(setup.job):
        if isinstance(event, StepsDone):
            curve.step(event.step, event.image)
        elif isinstance(event, Finished):
            curve.step(0, event.image, last=True)
    return curve.points


MEASUREMENTS = {
    "content": measure_content,
    "recipe_picture": measure_recipe,
    "textbook": measure_textbook,
    "tf_nst": measure_tf_nst,
}
