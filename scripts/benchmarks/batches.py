"""A step of several pictures as one batch, against the same pictures one after the other.

Seconds of the processor, which other work on the machine draws out less than those of the clock.
"""

import time

import numpy as np
from benchmarks.turns import spread

ROUNDS = 3
PICTURES = (1, 4, 16)


def print_table(child, sizes):
    """A row for each size and number of pictures; both ways take turns in one process."""
    print(
        "| pixels | pictures | alone, s of the processor a picture | together | alone / together "
        "| largest difference of a loss, of a gradient |\n" + "|---" * 6 + "|"
    )
    for size in map(int, sizes):
        for pictures, measured in zip(PICTURES, child("batches", size), strict=True):
            alone, together = np.array(measured["alone"]), np.array(measured["together"])
            print(
                f"| {size} x {size} | {pictures} | {np.median(alone):.3f} "
                f"| {np.median(together):.3f} | {spread(alone / together, '.2f')} "
                f"| {measured['loss']:.1g}, {measured['gradient']:.1g} |",
                flush=True,
            )


def measure_batches(size):
    """`_measured` for each number of pictures."""
    evaluate = _evaluation(size)
    return [_measured(evaluate, size, pictures) for pictures in PICTURES]


def _measured(evaluate, size, pictures):
    """Seconds of the processor for a picture's loss and gradient, each of ROUNDS rounds, and how
    far both ways lie apart, relative to the largest."""
    import tensorflow as tf

    images = tf.random.stateless_uniform([pictures, size, size, 3], [7, 11])

    def one_after_the_other():
        each = [evaluate(image[None]) for image in images]
        return [tf.concat(parts, 0) for parts in zip(*each, strict=True)]

    ways = {"alone": one_after_the_other, "together": lambda: evaluate(images)}
    loss, gradient = (
        float(tf.reduce_max(tf.abs(one - other)) / tf.reduce_max(tf.abs(one)))
        for one, other in zip(*(way() for way in ways.values()), strict=True)
    )
    seconds = {name: [] for name in ways}
    for _ in range(ROUNDS):
        for name, way in ways.items():
            seconds[name].append(_processor_seconds(way) / pictures)
    return {**seconds, "loss": loss, "gradient": gradient}


def _processor_seconds(way):
    began = time.process_time()
    way()[0].numpy()
    return time.process_time() - began


def _evaluation(size):
    """[B, size, size, 3] -> losses [B] and gradients, as an export of the default settings computes
    them, in one trace for every B."""
    import tensorflow as tf

    from tf_nst.config import ObjectiveConfig
    from tf_nst.model.networks import NETWORKS
    from tf_nst.model.vgg import build_extractor
    from tf_nst.model.weights import load_weights
    from tf_nst.objective.evaluation import value_and_grad
    from tf_nst.objective.layers import used_layers
    from tf_nst.objective.objective import Objective, measure_references, measure_targets
    from tf_nst.objective.terms import CONTENT, STYLE, build_terms

    objective, network = ObjectiveConfig(), NETWORKS["vgg19"]
    layers = used_layers(objective, network)
    weights = load_weights("imagenet", network, network.up_to(layers), seed=0, report=print)
    extractor = build_extractor(weights.network, layers, weights.arrays)
    terms = build_terms(objective, network)
    style = tf.random.stateless_uniform([1, size, size, 3], [3, 5])
    targets = measure_targets(extractor, terms, {STYLE: style})

    @tf.function(input_signature=[tf.TensorSpec([None, size, size, 3])], autograph=False)
    def evaluate(images):
        references = measure_references(extractor, terms, {CONTENT: images})
        evaluation = value_and_grad(Objective(extractor, terms, targets, references, {}), images)
        return evaluation.loss, evaluation.gradient

    return evaluate


MEASUREMENTS = {"batches": measure_batches}
