"""What a scale of a job begins with and compares with, at the scale's size."""

from collections.abc import Iterable
from typing import Any, TypeAlias

import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine.engine import Engine
from tf_nst.engine.evaluator import Measured
from tf_nst.engine.job import Job
from tf_nst.engine.steps import next_start
from tf_nst.objective.kept import Kept
from tf_nst.objective.objective import (
    reference_pictures,
    target_pictures,
)
from tf_nst.objective.regions import Part
from tf_nst.objective.statistic import Value
from tf_nst.objective.terms import CONTENT, Terms
from tf_nst.objective.weights import guide_weights, position_weights, target_weights
from tf_nst.ops.color import as_float
from tf_nst.ops.resample import resize
from tf_nst.planning.schedule import Scale, style_sides

# Float32 in 0..1, or the uint8 or uint16 codes of a file.
Picture: TypeAlias = tf.Tensor | NDArray[Any]


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
        with_references = _pictures_with_references(job, scale)
        weights, kept = _weights(job, scale), _kept(job, scale)
    targets: dict[str, Value] = {}
    for name in target_pictures(job.terms):
        targets |= _target(job, engine, scale, core, name)
    references = engine.evaluator(job, core).references(with_references)
    return Measured(targets, references, weights, kept)


def _target(job: Job, engine: Engine, scale: Scale, core: int, name: str) -> dict[str, Value]:
    """{term: value} of the terms of a target, blended where it has several parts."""
    terms = tuple(term for term in job.terms if term.has_target and term.of == name)
    parts, values = job.blends.get(name, (Part(name),)), []
    for part in parts:
        with tf.device("CPU:0"):
            picture = _shrunk(job, scale, job.pictures[part.picture], part.picture)
            weights = _weights_of_part(job, scale, terms, part)
        values.append(engine.targets(job, core, {name: picture}, weights))
    if len(parts) == 1:
        return values[0]
    return engine.evaluator(job, core).blend(values, [part.share for part in parts], terms)


def _shrunk(job: Job, scale: Scale, picture: Picture, name: str) -> Picture:
    """[B, h, w, C] as much smaller as the painted picture is at a scale."""
    if name == CONTENT:
        return _of_size(picture, *scale[:2])
    share = max(scale[:2]) / max(job.size)
    height, width = picture.shape[1:3]
    return _of_size(picture, *map(int, style_sides(height, width, share)))


def _pictures_with_references(job: Job, scale: Scale) -> dict[str, Picture]:
    """The pictures that are compared position by position, at the size of the painted one."""
    pictures = _named(job, reference_pictures(job.terms))
    return {name: _of_size(picture, *scale[:2]) for name, picture in pictures}


def _weights(job: Job, scale: Scale) -> dict[str, tf.Tensor]:
    """{term: [1, h, w, 1]}: the masks at the layers of the terms that have one."""
    names = {term.mask for term in job.terms if term.mask is not None}
    masks = {name: _of_size(job.masks[name][None, :, :, None], *scale[:2]) for name in names}
    return position_weights(job.network, job.terms, masks)


def _weights_of_part(job: Job, scale: Scale, terms: Terms, part: Part) -> dict[str, tf.Tensor]:
    """{term: [1, h, w, 1]} of the picture of a part of a target of these terms."""
    names = {term.of_mask for term in terms if term.of_mask is not None}
    blended = terms[0].of in job.blends
    mask = part.mask if blended else None
    if blended and mask is None:
        return {}
    planes = {name: job.masks[name if mask is None else mask] for name in names}
    masks = {
        name: _shrunk(job, scale, plane[None, :, :, None], part.picture)
        for name, plane in planes.items()
    }
    return (guide_weights if part.guide else target_weights)(job.network, terms, masks)


def _kept(job: Job, scale: Scale) -> Kept | tuple[()]:
    """What of the content is not painted, at a scale."""
    if job.painted is None:
        return ()
    photograph = as_float(_of_size(job.pictures[CONTENT], *scale[:2]))
    painted = as_float(_of_size(job.painted[None, :, :, None], *scale[:2]))
    return Kept(photograph, painted > 0)


def _named(job: Job, names: Iterable[str]) -> list[tuple[str, NDArray[Any]]]:
    return [(name, job.pictures[name]) for name in names]


def _of_size(picture: Picture, height: int, width: int) -> Picture:
    """[B, height, width, C]: the picture itself, codes where it is codes, where it has that size;
    else in 0..1."""
    if tuple(picture.shape[1:3]) == (height, width):
        return picture
    return resize(as_float(picture), height, width)
