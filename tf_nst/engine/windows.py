"""The loss of a picture and its exact gradient, window by window.

Every term is a distance of sums over positions. One pass over the windows adds up the sums; the
gradient of the loss to the sums is small, and a second pass runs each window again to bring it down
to the pixels. Each window is evaluated twice instead of once, in the memory of a single window.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tf_nst.engine.gradients import Evaluation
from tf_nst.engine.tiles import Own, Window, own, plan_tiles
from tf_nst.errors import UserError
from tf_nst.model.geometry import geometry
from tf_nst.model.networks import Network
from tf_nst.objective.objective import Extractor, Values, references, total
from tf_nst.objective.terms import IMAGE, Means, Sums, Term, means

# {content layer: its features [B or 1, h, w, C] in the core}, of each window.
References = list[dict[str, tf.Tensor]]


class WindowObjective(NamedTuple):
    """A loss that is summed over windows.

    Attributes:
      extractor: [B, H, W, 3] in 0..1 -> {layer: [B, h, w, C]}.
      network: its layer table.
      terms: additive ones.
      core: of the windows in pixels a side, see `plan_tiles`.
    """

    extractor: Extractor
    network: Network
    terms: tuple[Term, ...]
    core: int

    def plan(self, picture: tf.Tensor) -> tuple[Window, ...]:
        """The windows of a picture [B, H, W, 3]."""
        layers = tuple({term.layer for term in self.terms} - {IMAGE})
        seen = geometry(self.network, layers)
        halo = max(seen.halo, *(term.reach for term in self.terms))
        height, width = picture.shape[1:3]
        return plan_tiles(height, width, self.core, seen._replace(halo=halo))


class Windows:
    """What is computed in the windows of a loss, each kind of window compiled once."""

    def __init__(self, objective: WindowObjective, xla: bool = False):
        """Takes the loss, and whether XLA compiles it.

        Raises:
          UserError: a term that does not add up over positions.
        """
        for term in objective.terms:
            if not term.additive:
                raise UserError(
                    f"--tile: {term.name} does not add up over positions, expected --tile=off or "
                    "other terms"
                )
        self.objective, self._xla, self._programs = objective, xla, {}

    def style_targets(self, style: tf.Tensor) -> dict[str, Means]:
        """As `objective.style_targets`, of a style [1, h, w, 3] float32 in 0..1."""
        terms = tuple(term for term in self.objective.terms if term.role == "style")
        windows = self.objective.plan(style)
        sums = self._image_sums(terms, windows, style, [{}] * len(windows))
        return {name: means(value) for name, value in sums.items()}

    def references(self, content: tf.Tensor) -> References:
        """The features of a content [B or 1, H, W, 3] that its terms look at."""
        return [
            self._call(self._references, window, content) for window in self.objective.plan(content)
        ]

    def values(self, targets: dict[str, Means], references: References, image: tf.Tensor) -> Values:
        """As `objective.term_values`."""
        terms, windows = self.objective.terms, self.objective.plan(image)
        sums = self._image_sums(terms, windows, image, references)
        return distances(terms, sums, targets)

    def value_and_grad(
        self, targets: dict[str, Means], references: References, image: tf.Tensor
    ) -> Evaluation:
        """As `gradients.value_and_grad`: an image [B, H, W, 3] in 0..1, which lies on the host."""
        terms, windows = self.objective.terms, self.objective.plan(image)
        sums = self._image_sums(terms, windows, image, references)
        with tf.GradientTape() as tape:
            tape.watch(sums)
            values = distances(terms, sums, targets)
            losses = total(terms, values)
            loss = tf.reduce_sum(losses)
        slopes = tape.gradient(loss, sums, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        gradient = np.zeros(image.shape, image.dtype.as_numpy_dtype)
        for window, reference in zip(windows, references, strict=True):
            part = self._call(self._gradient, window, image, reference, slopes)
            gradient[_place(window)] += part.numpy()
        return Evaluation(losses, values, tf.convert_to_tensor(gradient))

    def _image_sums(self, terms, windows, image: tf.Tensor, references: References):
        def sums(seen, core, reference):
            return self._sums(terms, seen, core, reference)

        parts = (
            self._call(sums, window, image, reference, key=terms)
            for window, reference in zip(windows, references, strict=True)
        )
        return _added(parts)

    def _call(self, function: Callable, window: Window, picture: tf.Tensor, *given, key=()):
        """`function` of what a window sees of a picture, compiled for each kind of window."""
        seen, core = picture[_place(window)], own(window)
        key = (function.__name__, seen.shape, core, key)
        if key not in self._programs:
            compiled = tf.function(
                lambda seen, *given: function(seen, core, *given),
                autograph=False,
                jit_compile=self._xla,
            )
            self._programs[key] = compiled.get_concrete_function(seen, *given)
        return self._programs[key](seen, *given)

    def _references(self, seen: tf.Tensor, core: Own) -> Values:
        found = references(self.objective.extractor, self.objective.terms, seen)
        return {layer: self._in_core(features, layer, core) for layer, features in found.items()}

    def _sums(self, terms, seen: tf.Tensor, core: Own, reference: Values) -> dict[str, Sums]:
        features = {**self.objective.extractor(seen), IMAGE: seen * 255.0}
        sums = {}
        for term in terms:
            mine = self._in_core(features[term.layer], term.layer, core, term.reach)
            weights = _ownership(mine, core) if term.reach else None
            sums[term.name] = term.moments(mine, reference.get(term.layer), weights)
        return sums

    def _gradient(self, seen: tf.Tensor, core: Own, reference: Values, slopes) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(seen)
            sums = self._sums(self.objective.terms, seen, core, reference)
        return tape.gradient(sums, seen, output_gradients=slopes)

    def _in_core(self, features: tf.Tensor, layer: str, core: Own, reach: int = 0) -> tf.Tensor:
        """The features that the window owns, and `reach` more below and right of them."""
        stride = 1 if layer == IMAGE else geometry(self.objective.network, (layer,)).stride
        (top, bottom), (left, right) = (
            (start // stride, (start + length) // stride + reach)
            for start, length in ((core.top, core.height), (core.left, core.width))
        )
        return features[:, top:bottom, left:right]


def distances(terms: tuple[Term, ...], sums: dict[str, Sums], targets: dict[str, Means]) -> Values:
    """{term: [B]}, unweighted, from the sums over all positions."""
    return {
        term.name: term.distance(means(sums[term.name]), targets.get(term.name)) for term in terms
    }


def _place(window: Window) -> tuple[slice, slice, slice]:
    rows, columns = window
    return slice(None), slice(rows.start, rows.stop), slice(columns.start, columns.stop)


def _ownership(mine: tf.Tensor, core: Own) -> tf.Tensor:
    """[h, w]: 1 in the core, 0 beyond it."""
    height, width = mine.shape[1:3]
    ones = tf.ones([core.height, core.width], mine.dtype)
    return tf.pad(ones, [[0, height - core.height], [0, width - core.width]])


def _added(parts: Iterable) -> dict[str, Sums]:
    """The sum of nests of tensors, one after the other."""
    parts = iter(parts)
    found = next(parts)
    for part in parts:
        found = tf.nest.map_structure(tf.add, found, part)
    return found
