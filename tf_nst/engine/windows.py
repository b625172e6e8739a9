"""The loss of a picture and its exact gradient, window by window.

Every term is a distance of sums over positions. One pass over the windows adds up the sums; the
gradient of the loss to the sums is small, and a second pass runs each window again to bring it down
to the pixels. Each window is evaluated twice instead of once, in the memory of a single window.
Replicas share the windows: a round is one window for each.
"""

from collections.abc import Callable
from functools import partial, reduce
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from tf_nst.engine.replicas import Replicas
from tf_nst.errors import UserError
from tf_nst.model.geometry import geometry
from tf_nst.model.networks import Network
from tf_nst.objective.evaluation import Evaluation
from tf_nst.objective.objective import Extractor, Values, references, total
from tf_nst.objective.terms import IMAGE, Means, Sums, Term, means
from tf_nst.ops.color import as_float
from tf_nst.ops.statistics import sum_dtype
from tf_nst.planning.tiles import Window, plan_tiles

# {content layer: its features [B or 1, h, w, C] where a window owns them}, of each round: values of
# the replicas.
References = list[dict[str, Any]]
Round = tuple[Window, ...]


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

    def plan(self, height: int, width: int) -> tuple[Window, ...]:
        """The windows of a picture of so many pixels."""
        return plan_windows(self.network, self.terms, self.core, height, width)


def plan_windows(
    network: Network, terms: tuple[Term, ...], core: int, height: int, width: int
) -> tuple[Window, ...]:
    """The windows of a picture of height x width pixels in which these terms are exact."""
    layers = tuple({term.layer for term in terms} - {IMAGE})
    seen = geometry(network, layers)
    halo = max(seen.halo, *(term.reach for term in terms))
    return plan_tiles(height, width, core, seen._replace(halo=halo))


def check_additive(terms: tuple[Term, ...]) -> None:
    """Refuses terms that no window can add its part of.

    Raises:
      UserError: a term that does not add up over positions.
    """
    for term in terms:
        if not term.additive:
            raise UserError(
                f"--tile: {term.name} does not add up over positions, expected --tile=off or other "
                "terms"
            )


class Windows:
    """What is computed in the windows of a loss; one program for each picture's size."""

    def __init__(self, objective: WindowObjective, replicas: Replicas, xla: bool = False):
        """Takes the loss, the replicas that share the windows, and whether XLA compiles them.

        Raises:
          UserError: a term that does not add up over positions.
        """
        check_additive(objective.terms)
        self.objective, self._replicas, self._programs = objective, replicas, {}
        self._xla = xla and not replicas.compile_themselves

    def style_targets(self, style: tf.Tensor) -> dict[str, Means]:
        """As `objective.style_targets`, of a style [1, h, w, 3] float32 in 0..1."""
        terms = tuple(term for term in self.objective.terms if term.role == "style")
        sums = self._sums(terms, style, [{}] * len(self._rounds(style)))
        return {name: means(value) for name, value in sums.items()}

    def references(self, content: tf.Tensor) -> References:
        """The features of a content [B or 1, H, W, 3] that its terms look at."""
        rounds = self._rounds(content)
        return [self._cropped(self._run(self._reference, content, it), it) for it in rounds]

    def values(self, targets: dict[str, Means], references: References, image: tf.Tensor) -> Values:
        """As `objective.term_values`."""
        terms = self.objective.terms
        return distances(terms, self._sums(terms, image, references), targets)

    def value_and_grad(
        self, targets: dict[str, Means], references: References, image: tf.Tensor
    ) -> Evaluation:
        """As `gradients.value_and_grad`: an image [B, H, W, 3] in 0..1, which lies on the host."""
        terms = self.objective.terms
        sums = self._sums(terms, image, references)
        with tf.GradientTape() as tape:
            tape.watch(sums)
            values = distances(terms, sums, targets)
            losses = total(terms, values)
            loss = tf.reduce_sum(losses)
        slopes = tape.gradient(loss, sums, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return Evaluation(losses, values, self._gradient(image, references, slopes))

    def _cropped(self, features: Any, windows: Round) -> Any:
        """The features of windows without halos, together as many as the picture has."""

        def crop(features, place):
            return {
                layer: value[:, *self._owned_slices(layer, place)]
                for layer, value in features.items()
            }

        return self._replicas.apart(crop, features, self._places(windows))

    def _padded(self, references: Any, windows: Round) -> Any:
        """The inverse of `_cropped`, with zeros where a window owns nothing."""

        def pad(references, place):
            return {
                layer: tf.pad(value, self._margins(value.shape, layer, place, windows[0]))
                for layer, value in references.items()
            }

        return self._replicas.apart(pad, references, self._places(windows))

    def _margins(self, shape, layer: str, place: tf.Tensor, window: Window) -> list[list[int]]:
        margins = [[0, 0]]
        for axis, owned in enumerate(self._owned_slices(layer, place)):
            whole = window[axis].length // self._stride(layer)
            margins.append([owned.start, whole - owned.start - shape[1 + axis]])
        return [*margins, [0, 0]]

    def _owned_slices(self, layer: str, place: tf.Tensor) -> tuple[slice, slice]:
        """The rows and columns of a window's features that it owns."""
        stride = self._stride(layer)
        return tuple(
            slice(first // stride - start // stride, stop // stride - start // stride)
            for start, first, stop in place.numpy()
        )

    def _stride(self, layer: str) -> int:
        return 1 if layer == IMAGE else geometry(self.objective.network, (layer,)).stride

    def _sums(self, terms, image: tf.Tensor, references: References) -> dict[str, Sums]:
        def sums(seen, place, reference):
            return self._window_sums(terms, seen, place, reference)

        parts = (
            self._run(sums, image, windows, self._padded(reference, windows), key=terms)
            for windows, reference in zip(self._rounds(image), references, strict=True)
        )
        return self._replicas.summed(reduce(partial(self._replicas.apart, _added), parts))

    def _gradient(self, image: tf.Tensor, references: References, slopes) -> tf.Tensor:
        gradient = np.zeros(image.shape, tf.as_dtype(image.dtype).as_numpy_dtype)
        for windows, reference in zip(self._rounds(image), references, strict=True):
            padded = self._padded(reference, windows)
            parts = self._run(self._window_gradient, image, windows, padded, slopes)
            for window, part in zip(windows, self._replicas.each(parts), strict=True):
                gradient[_seen(window)] += part.numpy()
        return self._replicas.summed_over_workers(gradient)

    def _rounds(self, picture: tf.Tensor) -> list[Round]:
        """This worker's windows, one for each of its replicas; gaps are filled by empty ones."""
        return self._replicas.rounds(self.objective.plan(*picture.shape[1:3]))

    def _run(self, function: Callable, picture: tf.Tensor, windows: Round, *given, key=()):
        """`function` of what windows see of a picture, and of where they lie."""
        with tf.device("CPU:0"):
            parts = (as_float(picture[_seen(window)]) for window in windows)
            seen = self._replicas.handed_out(*parts)
        place = self._places(windows)
        lengths = [span.length for span in windows[0]]
        key = (function.__name__, picture.shape[0], *lengths, key)
        if key not in self._programs:
            compiled = tf.function(function, autograph=False, jit_compile=self._xla)
            self._programs[key] = self._replicas.compiled(compiled, seen, place, *given)
        return self._programs[key](seen, place, *given)

    def _places(self, windows: Round) -> Any:
        with tf.device("CPU:0"):
            return self._replicas.handed_out(*map(_place, windows))

    def _reference(self, seen: tf.Tensor, place: tf.Tensor) -> Values:
        return references(self.objective.extractor, self.objective.terms, seen)

    def _window_sums(self, terms, seen: tf.Tensor, place: tf.Tensor, reference: Values):
        features = {**self.objective.extractor(seen), IMAGE: seen * 255.0}
        return {
            term.name: term.moments(
                features[term.layer],
                reference.get(term.layer),
                self._owned(features[term.layer], term.layer, place),
            )
            for term in terms
        }

    def _window_gradient(self, seen: tf.Tensor, place, reference: Values, slopes) -> tf.Tensor:
        with tf.GradientTape() as tape:
            tape.watch(seen)
            sums = self._window_sums(self.objective.terms, seen, place, reference)
        return tape.gradient(sums, seen, output_gradients=slopes)

    def _owned(self, features: tf.Tensor, layer: str, place: tf.Tensor) -> tf.Tensor:
        """[h, w]: 1 at positions that the window owns, else 0."""
        stride, sides = self._stride(layer), []
        for axis in range(2):
            start, first, stop = tf.unstack(place[axis] // stride)
            positions = start + tf.range(features.shape[1 + axis])
            sides.append((positions >= first) & (positions < stop))
        return tf.cast(sides[0][:, None] & sides[1][None, :], sum_dtype(features))


def distances(terms: tuple[Term, ...], sums: dict[str, Sums], targets: dict[str, Means]) -> Values:
    """{term: [B]}, unweighted, from the sums over all positions."""
    return {
        term.name: term.distance(means(sums[term.name]), targets.get(term.name)) for term in terms
    }


def _seen(window: Window) -> tuple[slice, slice, slice]:
    rows, columns = window
    return slice(None), slice(rows.start, rows.stop), slice(columns.start, columns.stop)


def _place(window: Window) -> tf.Tensor:
    """[2, 3]: where the window begins, and where what it owns begins and ends."""
    return tf.constant([[span.start, span.own_start, span.own_stop] for span in window])


def _added(one, other):
    return tf.nest.map_structure(tf.add, one, other)
