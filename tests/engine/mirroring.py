"""The same jobs on one and on two logical CPUs, and what came out: a part of logical_devices.py."""

from pathlib import Path

import numpy as np
import tensorflow as tf
from jobs import CONFIG, SIZE, history, notes

from tf_nst.engine import pace
from tf_nst.engine.failures import NonFiniteLossError
from tf_nst.engine.job import Job
from tf_nst.engine.loop import iterate
from tf_nst.engine.replicas import Replicas
from tf_nst.engine.strategy import make_strategy, strategy_name
from tf_nst.model.networks import Network
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import load_weights
from tf_nst.objective.layers import used_layers
from tf_nst.objective.regions import Part
from tf_nst.objective.terms import build_terms
from tf_nst.optim.adam import adam
from tf_nst.optim.fallback import with_fallback
from tf_nst.optim.lbfgs import lbfgs
from tf_nst.optim.line_search import strong_wolfe
from tf_nst.optim.optimizer import Optimizer
from tf_nst.planning.schedule import Scale

TINY = Network("tiny", (2, 2, 4, 4, 4), (4, 4, 8, 8, 8))
ARRAYS = load_weights("random", TINY, TINY.layers, seed=3, report=print).arrays
ADAM = adam(0.02, epsilon=1.0)
SCALES = (Scale(14, 20, 4), Scale(*SIZE, 5))
# The picture that goes another way than the others.
DARK = 1


def pictures(count: int) -> np.ndarray:
    """[count, *SIZE, 3] float32 in 0..1; DARK has a mean of about 0.1, the others of 0.5."""
    batch = np.random.default_rng(0).random([count, *SIZE, 3], np.float32)
    batch[DARK] *= 0.2
    return batch


def dark(image: tf.Tensor) -> tf.Tensor:
    """[B]"""
    return tf.reduce_mean(image, [1, 2, 3]) < 0.3


def giving_up() -> Optimizer:
    """Adam, which sees no way on with the dark picture after 3 steps."""

    def update(evaluation, image, state):
        image, inner = ADAM.update(evaluation, image, state[0])
        return image, (inner, state[1] + 1, state[2])

    def init(image):
        return ADAM.init(image), tf.zeros([image.shape[0]], tf.int32), dark(image)

    failed = Optimizer(
        init, update, lambda state, image: init(image), lambda state: state[2] & (state[1] >= 3)
    )
    return with_fallback(failed, ADAM)


def breaking() -> Optimizer:
    """The dark picture becomes NaN with its third step, the others brighten."""

    def update(evaluation, image, state):
        ruin = tf.where((state[0] >= 2) & state[1], np.nan, 0.01)
        return image + ruin[:, None, None, None], (state[0] + 1, state[1])

    def init(image):
        return tf.zeros([image.shape[0]], tf.int32), dark(image)

    return Optimizer(init, update, lambda state, image: init(image))


# Optimiser, pictures, whether each has a content of its own, scales.
CASES = {
    "adam, one content": (ADAM, 4, False, SCALES),
    "lbfgs": (lbfgs(1.0, 3, strong_wolfe()), 3, True, SCALES[1:]),
    "gives up": (giving_up(), 2, True, SCALES),
    "breaks": (breaking(), 2, True, SCALES),
}


def job_of(strategy, case: str) -> Job:
    optimizer, count, options, scales = CASES[case]
    with strategy.scope():
        extractor = build_extractor(TINY, used_layers(CONFIG, TINY), ARRAYS)
    return Job(
        network=TINY,
        extractor=extractor,
        terms=build_terms(CONFIG, TINY),
        scales=scales,
        optimizers=(optimizer,) * len(scales),
        fallback=ADAM,
        pictures={
            "content": pictures(count)[:, ::-1] if options else pictures(count)[:1],
            "style": pictures(2)[:1, :, ::-1],
        },
        initial=pictures(count),
        strategy=strategy,
    )


def tiled_job(strategy) -> Job:
    """One picture, the second scale by windows: which the replicas share."""
    job = job_of(strategy, "adam, one content")
    one = job.pictures | {"content": job.pictures["content"][:1]}
    return job._replace(pictures=one, initial=job.initial[:1], cores=(0, 8))


def blended_job(strategy) -> Job:
    """Several pictures, the style of two."""
    job = job_of(strategy, "adam, one content")
    both = {"style": (Part("style", 0.3), Part("other", 0.7))}
    other = pictures(2)[1:, ::-1]
    return job._replace(pictures=job.pictures | {"other": other}, blends=both)


def windows_by_xla(strategy) -> Job:
    """As `tiled_job`, compiled by XLA."""
    return tiled_job(strategy)._replace(xla=True)


# Of one picture, or of what else a table does not say; each by a function of the strategy.
JOBS = {"windows": tiled_job, "windows by XLA": windows_by_xla, "blended": blended_job}


def outcome(job: Job) -> dict[str, np.ndarray]:
    """What a run gives: its last picture, every value on the way, lines."""
    events = []
    try:
        events.extend(iterate(job))
    except NonFiniteLossError as error:
        return {"image": error.image.numpy(), "lines": np.array([str(error)])}
    values = np.stack(list(history(events).values()))
    final = np.stack(list(events[-1].values.values()))
    lines = np.array(notes(events), dtype=str)
    return {"image": events[-1].image.numpy(), "values": values, "final": final, "lines": lines}


def operations(strategy) -> set[str]:
    """Kinds of operations in a compiled call on all replicas."""
    replicas = Replicas(strategy, 2)
    run = replicas.compiled(job_of(strategy, "gives up").extractor, replicas.spread(pictures(2)))
    return {operation.type for operation in run.graph.get_operations()}


def write(path: Path) -> None:
    pace.SECONDS_PER_CALL = 1e6
    results = {}
    for case, (_, count, *_) in CASES.items():
        for name in ("cpu", "mirrored"):
            strategy = make_strategy(name, count, print)
            for what, value in outcome(job_of(strategy, case)).items():
                results[f"{case}/{name}/{what}"] = value
    for case, job in JOBS.items():
        for name in ("cpu", "mirrored"):
            for what, value in outcome(job(make_strategy(name, 9, print))).items():
                results[f"{case}/{name}/{what}"] = value
    lines = []
    alone, both = (make_strategy("mirrored", count, lines.append) for count in (1, 2))
    results["lines"] = np.array(lines)
    results["names"] = np.array([strategy_name(alone), strategy_name(both)])
    results["operations"] = np.array(sorted(operations(both)))
    np.savez(path, **results)
