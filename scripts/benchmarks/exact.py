"""The gradient by windows against that of the whole picture, all default terms."""

import numpy as np

# dtype, height, width, cores in pixels a side. Sides on the grid of 16 and off it.
CASES = (
    ("float32", 500, 640, (256, 512)),
    ("float32", 769, 1023, (256, 512)),
    ("float64", 160, 208, (16, 32, 48, 64, 96, 128, 160, 208)),
)


def print_table(child, weights):
    """max |difference| / max |gradient| for each size and core."""
    print("| pixels | dtype | windows of | windows | error |\n|---|---|---|---|---|")
    for dtype, height, width, cores in CASES:
        for core, count, error in child("exact", weights, dtype, height, width, cores):
            print(f"| {width} x {height} | {dtype} | {core} | {count} | {error:.1e} |", flush=True)


def measure_exact(weights, dtype, height, width, cores):
    """[core, windows, error] of each core."""
    import tensorflow as tf

    from tf_nst.config import ObjectiveConfig
    from tf_nst.engine.evaluator import Measured
    from tf_nst.engine.replicas import Replicas
    from tf_nst.engine.windows import WindowObjective, Windows
    from tf_nst.model.networks import NETWORKS
    from tf_nst.model.vgg import build_extractor
    from tf_nst.model.weights import load_weights
    from tf_nst.objective.evaluation import value_and_grad
    from tf_nst.objective.layers import used_layers
    from tf_nst.objective.objective import build_objective
    from tf_nst.objective.terms import build_terms

    config, network = ObjectiveConfig(), NETWORKS["vgg19"]
    layers, terms = used_layers(config, network), build_terms(config, network)
    loaded = load_weights(weights, network, network.up_to(layers), seed=0, report=print)
    extractor = build_extractor(loaded.network, layers, loaded.arrays, dtype=dtype)
    content, style, image = _pictures(height, width, dtype)
    given = {"content": content, "style": style}
    objective = build_objective(extractor, terms, given)
    evaluate = tf.function(lambda image: value_and_grad(objective, image), autograph=False)
    whole = evaluate(image).gradient.numpy()
    rows = []
    for core in cores:
        by_windows = WindowObjective(extractor, loaded.network, terms, core)
        windows = Windows(by_windows, Replicas(tf.distribute.get_strategy(), 1))
        measured = Measured(windows.targets(given), windows.references(given), {})
        gradient = windows.value_and_grad(measured, image).gradient
        error = float(np.abs(gradient - whole).max() / np.abs(whole).max())
        rows.append([core, len(by_windows.plan(height, width)), error])
    return rows


def _pictures(height, width, dtype):
    """A content, a style and a picture between them, [1, height, width, 3] in 0..1, smooth."""
    import tensorflow as tf

    rng = np.random.default_rng(0)
    coarse = tf.constant(rng.random((3, height // 8, width // 8, 3)))
    smooth = tf.clip_by_value(tf.image.resize(coarse, (height, width), "bicubic"), 0, 1)
    grain = 0.1 * rng.random((3, height, width, 3))
    pictures = tf.clip_by_value(tf.cast(smooth, "float64") + grain, 0, 1)
    content, style, _ = tf.split(tf.cast(pictures, dtype), 3)
    return content, style, 0.7 * content + 0.3 * style


MEASUREMENTS = {"exact": measure_exact}
