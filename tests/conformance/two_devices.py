"""Every statistic on one and on two logical CPUs: a part of logical_devices.py.

One loss holds all statistics, and is evaluated once for each of them, the others weighing 0, so
that it is compiled once.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tensorflow as tf
from objective.samples import make_term, scene

from conformance.samples import ADDITIVE, NAMES
from tf_nst.engine.evaluator import Measured
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.strategy import make_strategy
from tf_nst.engine.whole import Whole
from tf_nst.engine.windows import WindowObjective, Windows
from tf_nst.model.networks import Network
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import load_weights
from tf_nst.objective.evaluation import Evaluation, value_and_grad
from tf_nst.objective.objective import Objective, reference_pictures, target_pictures
from tf_nst.objective.terms import CONTENT

TINY = Network("tiny", (2, 2, 4, 4, 4), (4, 4, 8, 8, 8))
LAYER = "block2_conv1"
LAYERS = ("block1_conv1", LAYER)
# No multiple of the two devices.
PICTURES = 3


def measured_by(evaluator, terms, pictures) -> Measured:
    return Measured(
        evaluator.targets({name: pictures[name] for name in target_pictures(terms)}),
        evaluator.references({name: pictures[name] for name in reference_pictures(terms)}),
        {},
    )


def turned(picture: tf.Tensor) -> tf.Tensor:
    """[1, h, w, 3] -> [PICTURES, h, w, 3]: a picture, and darker ones mirrored and upside down."""
    return tf.concat([picture, 0.75 * picture[:, :, ::-1], 0.5 * picture[:, ::-1]], 0)


class Share:
    """The weight of a term, which may change between two evaluations by the same programs."""

    def __init__(self):
        self.value = 0.0

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return np.array(self.value, dtype)


def each_alone(evaluate, count: int) -> Iterator[Evaluation]:
    """What `evaluate` of the weights of so many terms gives where one of them counts."""
    for row in np.eye(count):
        yield evaluate(row)


def batch(strategy, extractor, terms, pictures) -> Iterator[Evaluation]:
    """Several pictures, each against a content of its own, spread over the devices."""
    pictures = {**pictures, CONTENT: turned(pictures[CONTENT]), "image": turned(pictures["image"])}
    replicas = Replicas(strategy, PICTURES)
    measured = measured_by(Whole(extractor, terms, replicas, 0.0, False), terms, pictures)

    def evaluate(images, measured, weights):
        pairs = zip(terms, tf.unstack(weights), strict=True)
        weighted = tuple(term._replace(weight=weight) for term, weight in pairs)
        return value_and_grad(Objective(extractor, weighted, *measured), images)

    arguments = replicas.spread(pictures["image"]), measured
    run = replicas.compiled(evaluate, *arguments, tf.zeros([len(terms)], tf.float64))

    def evaluation(weights):
        return tf.nest.map_structure(replicas.together, run(*arguments, tf.constant(weights)))

    return each_alone(evaluation, len(terms))


def windows(strategy, extractor, terms, pictures) -> Iterator[Evaluation]:
    """One picture, whose windows the devices share."""
    terms = tuple(term._replace(weight=Share()) for term in terms)
    evaluator = Windows(WindowObjective(extractor, TINY, terms, 12), Replicas(strategy, 1))
    measured = measured_by(evaluator, terms, pictures)

    def evaluation(weights):
        for term, weight in zip(terms, weights, strict=True):
            term.weight.value = weight
        return evaluator.value_and_grad(measured, pictures["image"])

    return each_alone(evaluation, len(terms))


def write(path: Path) -> None:
    arrays = load_weights("random", TINY, TINY.up_to(LAYERS), seed=3, report=print).arrays
    pictures, results = scene(25, 38), {}
    for name in ("cpu", "mirrored"):
        strategy = make_strategy(name, PICTURES, print)
        results[f"{name}/devices"] = np.array(strategy.num_replicas_in_sync)
        with strategy.scope():
            extractor = build_extractor(TINY, LAYERS, arrays, dtype="float64")
        for function, statistics in ((batch, NAMES), (windows, ADDITIVE)):
            terms = tuple(make_term(statistic, LAYER) for statistic in statistics)
            evaluations = function(strategy, extractor, terms, pictures)
            for statistic, evaluation in zip(statistics, evaluations, strict=True):
                start = f"{name}/{statistic}/{function.__name__}"
                results[f"{start}/loss"] = np.asarray(evaluation.loss)
                results[f"{start}/gradient"] = np.asarray(evaluation.gradient)
    np.savez(path, **results)
