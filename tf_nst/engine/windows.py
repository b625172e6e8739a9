"""The loss of a picture and its exact gradient, window by window.

Every term is a distance of sums over positions. One pass over the windows adds up the sums; the
gradient of the loss to the sums is small, and a second pass runs each window again to bring it down
to the pixels. Each window is evaluated twice instead of once, in the memory of a single window.
Replicas share the windows: a round is one window for each.
"""

from collections.abc import Hashable, Iterator, Mapping
from functools import partial, reduce
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from tf_nst.engine.cores import (
    core_weights,
    crop_to_core,
    cut_weights,
    pad_from_core,
    pixels_of,
    place_of,
)
from tf_nst.engine.evaluator import Measured, TermWeights
from tf_nst.engine.replicas import Function, Programs, Replicas
from tf_nst.model.networks import Network
from tf_nst.objective.evaluation import Evaluation
from tf_nst.objective.kept import with_kept
from tf_nst.objective.objective import (
    NOTHING,
    Extractor,
    Features,
    Pictures,
    Values,
    distances,
    measure_references,
    measure_sums,
    observe,
    reference_pictures,
    target_pictures,
    total,
)
from tf_nst.objective.statistic import Sums, Value
from tf_nst.objective.terms import Terms, reweighted
from tf_nst.ops.color import as_float
from tf_nst.planning.tiles import Window, check_additive, plan_windows

Round = tuple[Window, ...]
# {picture: {layer: features in the windows' cores [B or 1, h, w, C]}} of each round: values of the
# replicas.
References = list[dict[str, dict[str, Any]]]


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
    terms: Terms
    core: int

    def plan(self, height: int, width: int) -> tuple[Window, ...]:
        """The windows of a picture of so many pixels."""
        return plan_windows(self.network, self.terms, self.core, height, width)


class Windows:
    """What is computed in the windows of a loss; one program for each size of window."""

    def __init__(self, objective: WindowObjective, replicas: Replicas, xla: bool = False) -> None:
        """Takes the loss, the replicas that share the windows, and whether XLA compiles them.

        Raises:
          UserError: a term that does not add up over positions.
        """
        check_additive(objective.terms)
        self.objective, self._replicas, self.programs = objective, replicas, Programs(replicas)
        self._xla = xla and not replicas.compile_themselves

    def targets(
        self, pictures: Pictures, weights: Mapping[str, tf.Tensor] = NOTHING
    ) -> dict[str, Value]:
        """As `measure_targets`: {term: value} of pictures [1, h, w, 3] in 0..1 or codes."""
        targets: dict[str, Value] = {}
        for name in filter(pictures.__contains__, target_pictures(self.objective.terms)):
            terms = tuple(it for it in self.objective.terms if it.has_target and it.of == name)
            counted = {it.name: weights[it.name] for it in terms if it.name in weights}
            sums = self._sums(terms, pictures[name], Measured({}, [], counted))
            targets |= {term.name: term.kind.target_of(sums[term.name]) for term in terms}
        return targets

    def references(self, pictures: Pictures) -> References:
        """As `measure_references`, by rounds, of pictures [B or 1, H, W, 3] of one size."""
        names = reference_pictures(self.objective.terms)
        if not names:
            return []
        rounds = self._rounds(pictures[names[0]])
        return [self._round_references(pictures, names, windows) for windows in rounds]

    def _round_references(
        self, pictures: Pictures, names: tuple[str, ...], windows: Round
    ) -> dict[str, Any]:
        references = {}
        for name in names:
            terms = tuple(it for it in self.objective.terms if it.has_reference and it.of == name)
            function = partial(_reference, self.objective.extractor, terms)
            features = self._run(("reference", terms), function, pictures[name], windows)
            references[name] = self._cropped(features, windows)
        return references

    def values(self, measured: Measured, image: tf.Tensor) -> Values:
        """As `objective.term_values`."""
        terms = self.objective.terms
        image = with_kept(image, measured.kept)
        return distances(terms, self._sums(terms, image, measured), measured.targets)

    def value_and_grad(
        self, measured: Measured, image: tf.Tensor, weights: TermWeights | None = None
    ) -> Evaluation:
        """As `evaluation.value_and_grad`: an image [B, H, W, 3] in 0..1, which lies on the host.

        Args:
          weights: of the terms; None: their own.
        """
        terms, image = self.objective.terms, with_kept(image, measured.kept)
        sums = self._sums(terms, image, measured)
        with tf.GradientTape() as tape:
            tape.watch(sums)
            values = distances(terms, sums, measured.targets)
            losses = total(reweighted(terms, weights) if weights else terms, values)
            loss = tf.reduce_sum(losses)
        slopes = tape.gradient(loss, sums, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        return Evaluation(losses, values, self._gradient(image, measured, slopes))

    def _sums(self, terms: Terms, image: tf.Tensor, measured: Measured) -> dict[str, Sums]:
        function = partial(self.window_sums, terms)
        parts = (
            self._run(("sums", terms), function, image, windows, *compared)
            for windows, *compared in self.compared_rounds(image, measured)
        )
        sums: dict[str, Sums] = self._replicas.summed(
            reduce(partial(self._replicas.apart, _added), parts)
        )
        return sums

    def _gradient(
        self, image: tf.Tensor, measured: Measured, slopes: dict[str, Sums]
    ) -> NDArray[np.float32]:
        gradient = np.zeros(image.shape, tf.as_dtype(image.dtype).as_numpy_dtype)
        for windows, *compared in self.compared_rounds(image, measured):
            arguments = image, windows, *compared, slopes
            parts = self._run("gradient", self.window_gradient, *arguments)
            for window, part in zip(windows, self._replicas.each(parts), strict=True):
                gradient[pixels_of(window)] += part.numpy()
        if measured.kept:
            gradient *= np.asarray(measured.kept.painted)
        return self._replicas.summed_over_workers(gradient)

    def compared_rounds(
        self, image: tf.Tensor, measured: Measured
    ) -> Iterator[tuple[Round, Any, Any]]:
        """Each round's windows, with the references and weights of what they read."""
        for index, windows in enumerate(self._rounds(image)):
            references, weights = {}, {}
            if measured.references:
                references = self._padded(measured.references[index], windows)
            if measured.weights:
                weights = self._weights(measured.weights, windows)
            yield windows, references, weights

    def _weights(self, weights: Mapping[str, tf.Tensor], windows: Round) -> Any:
        """The weights of the positions that windows read."""
        parts = [
            cut_weights(self.objective.network, self.objective.terms, weights, window)
            for window in windows
        ]
        return tf.nest.map_structure(self._replicas.hand_out, *parts)

    def _cropped(self, features: Any, windows: Round) -> Any:
        crop = partial(crop_to_core, self.objective.network)
        return self._replicas.apart(crop, features, self._places(windows))

    def _padded(self, references: Any, windows: Round) -> Any:
        pad = partial(pad_from_core, self.objective.network, windows[0])
        return self._replicas.apart(pad, references, self._places(windows))

    def _rounds(self, picture: tf.Tensor) -> list[Round]:
        """This worker's windows, one for each of its replicas; gaps are filled by empty ones."""
        return self._replicas.rounds(self.objective.plan(*picture.shape[1:3]))

    def _run(
        self, key: Hashable, function: Function, picture: tf.Tensor, windows: Round, *arguments: Any
    ) -> Any:
        """`function` of the pixels that windows read, of where they lie, and of arguments."""
        with tf.device("CPU:0"):
            parts = (as_float(picture[pixels_of(window)]) for window in windows)
            pixels = self._replicas.hand_out(*parts)
        given = pixels, self._places(windows), *arguments
        compiled = tf.function(function, autograph=False, jit_compile=self._xla)
        return self.programs(key, compiled, *given)(*given)

    def _places(self, windows: Round) -> Any:
        with tf.device("CPU:0"):
            return self._replicas.hand_out(*map(place_of, windows))

    def window_sums(
        self, terms: Terms, pixels: tf.Tensor, place: tf.Tensor, references: Any, weights: Any
    ) -> dict[str, Sums]:
        """The sums of the terms over a window's own positions.

        Args:
          pixels: [1, h, w, 3] float32 in 0..1 that the window reads.
          place: of the window, as `place_of` returns it.
          references: features that terms compare with; weights: of positions, by term.
        """
        features = observe(self.objective.extractor, terms, pixels)
        counted = core_weights(self.objective.network, terms, features, place, weights)
        return measure_sums(terms, features, references, counted)

    def window_gradient(
        self, pixels: tf.Tensor, place: tf.Tensor, references: Any, weights: Any, slopes: Any
    ) -> tf.Tensor:
        """[1, h, w, 3] that of the pixels, where `slopes` are those of the loss by the sums."""
        with tf.GradientTape() as tape:
            tape.watch(pixels)
            sums = self.window_sums(self.objective.terms, pixels, place, references, weights)
        return tape.gradient(sums, pixels, output_gradients=slopes)


def _reference(extractor: Extractor, terms: Terms, pixels: tf.Tensor, place: tf.Tensor) -> Features:
    """The features of the one picture that these terms name."""
    (name,) = reference_pictures(terms)
    return measure_references(extractor, terms, {name: pixels})[name]


def _added(one: Any, other: Any) -> Any:
    return tf.nest.map_structure(tf.add, one, other)
