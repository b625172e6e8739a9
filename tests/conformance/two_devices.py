"""python two_devices.py OUTPUT.npz: every statistic on one and on two logical CPUs.

A program of its own, since logical devices are set before TensorFlow starts.
"""

import sys

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


def batch(strategy, extractor, terms, pictures) -> Evaluation:
    """Several pictures, each against a content of its own, spread over the devices."""
    pictures = {**pictures, CONTENT: turned(pictures[CONTENT]), "image": turned(pictures["image"])}
    replicas = Replicas(strategy, PICTURES)
    measured = measured_by(Whole(extractor, terms, replicas, 0.0, False), terms, pictures)

    def evaluate(images, measured):
        return value_and_grad(Objective(extractor, terms, *measured), images)

    arguments = replicas.spread(pictures["image"]), measured
    evaluation = replicas.compiled(evaluate, *arguments)(*arguments)
    return tf.nest.map_structure(replicas.together, evaluation)


def windows(strategy, extractor, terms, pictures) -> Evaluation:
    """One picture, whose windows the devices share."""
    evaluator = Windows(WindowObjective(extractor, TINY, terms, 12), Replicas(strategy, 1))
    measured = measured_by(evaluator, terms, pictures)
    return evaluator.value_and_grad(measured, pictures["image"])


def main(path: str) -> None:
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    arrays = load_weights("random", TINY, TINY.up_to(LAYERS), seed=3, report=print).arrays
    pictures, results = scene(25, 38), {}
    for name in ("cpu", "mirrored"):
        strategy = make_strategy(name, PICTURES, print)
        results[f"{name}/devices"] = np.array(strategy.num_replicas_in_sync)
        with strategy.scope():
            extractor = build_extractor(TINY, LAYERS, arrays, dtype="float64")
        for statistic in NAMES:
            terms = (make_term(statistic, LAYER),)
            for function in (batch, windows) if statistic in ADDITIVE else (batch,):
                evaluation = function(strategy, extractor, terms, pictures)
                start = f"{name}/{statistic}/{function.__name__}"
                results[f"{start}/loss"] = np.asarray(evaluation.loss)
                results[f"{start}/gradient"] = np.asarray(evaluation.gradient)
    np.savez(path, **results)


if __name__ == "__main__":
    main(sys.argv[1])
