"""What a scale of a job begins with and compares with, at the scale's size."""

from collections.abc import Iterable

import numpy as np
import tensorflow as tf

from tf_nst.engine.engine import Engine
from tf_nst.engine.evaluator import Measured
from tf_nst.engine.job import Job
from tf_nst.engine.steps import next_start
from tf_nst.objective.objective import (
    position_weights,
    reference_pictures,
    target_pictures,
    target_weights,
)
from tf_nst.ops.color import as_float
from tf_nst.ops.resample import resize
from tf_nst.planning.schedule import Scale, style_sides

# Float32 in 0..1, or the uint8 or uint16 codes of a file.
Picture = tf.Tensor | np.ndarray


def start_of_scale(job: Job, scale: Scale, picture: Picture | None) -> tf.Tensor:
    """The picture [B, H, W, 3] in 0..1 with which a scale begins.

    Args:
      picture: of the scale before, [B, h, w, 3]; None: it is the first.
    """
    if picture is None:
        return as_float(_of_size(job.initial, *scale[:2]))
    picture = tf.convert_to_tensor(picture)
    if job.detail:
        return next_start(picture, as_float(job.initial), *scale[:2])
    return resize(picture, *scale[:2])


def measure(job: Job, engine: Engine, scale: Scale, core: int) -> Measured:
    """What the loss compares with, by windows of `core` pixels or (0) whole."""
    with tf.device("CPU:0"):
        with_targets = _pictures_with_targets(job, scale)
        with_references = _pictures_with_references(job, scale)
        weights, of_targets = _weights(job, scale), _weights_of_targets(job, scale)
    targets = engine.targets(job, core, with_targets, of_targets)
    references = engine.evaluator(job, core).references(with_references)
    return Measured(targets, references, weights)


def _pictures_with_targets(job: Job, scale: Scale) -> dict[str, Picture]:
    """The pictures at which targets are measured: they shrink as the painted one does."""
    pictures = _named(job, target_pictures(job.terms))
    return {name: _shrunk(job, scale, picture) for name, picture in pictures}


def _shrunk(job: Job, scale: Scale, picture: Picture) -> Picture:
    """[B, h, w, C] as much smaller as the painted picture is at a scale."""
    share = max(scale[:2]) / max(job.size)
    return _of_size(picture, *map(int, style_sides(*picture.shape[1:3], share)))


def _pictures_with_references(job: Job, scale: Scale) -> dict[str, Picture]:
    """The pictures that are compared position by position, at the size of the painted one."""
    pictures = _named(job, reference_pictures(job.terms))
    return {name: _of_size(picture, *scale[:2]) for name, picture in pictures}


def _weights(job: Job, scale: Scale) -> dict[str, tf.Tensor]:
    """{term: [1, h, w, 1]}: the masks at the layers of the terms that have one."""
    names = {term.mask for term in job.terms} - {None}
    masks = {name: _of_size(job.masks[name][None, :, :, None], *scale[:2]) for name in names}
    return position_weights(job.network, job.terms, masks)


def _weights_of_targets(job: Job, scale: Scale) -> dict[str, tf.Tensor]:
    """{term: [1, h, w, 1]} of the pictures at which targets are measured."""
    names = {term.of_mask for term in job.terms} - {None}
    masks = {name: _shrunk(job, scale, job.masks[name][None, :, :, None]) for name in names}
    return target_weights(job.network, job.terms, masks)


def _named(job: Job, names: Iterable[str]) -> list[tuple[str, np.ndarray]]:
    return [(name, job.pictures[name]) for name in names]


def _of_size(picture: Picture, height: int, width: int) -> Picture:
    """[B, height, width, C]: the picture itself, codes where it is codes, where it has that size;
    else in 0..1."""
    if tuple(picture.shape[1:3]) == (height, width):
        return picture
    return resize(as_float(picture), height, width)
