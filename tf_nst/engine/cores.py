"""Windows and their cores, in pixels and in the features of layers."""

from collections.abc import Mapping

import tensorflow as tf

from tf_nst.model.networks import Network
from tf_nst.objective.objective import Features
from tf_nst.objective.terms import Term, Terms, layer_stride
from tf_nst.ops.shapes import sides
from tf_nst.ops.statistics import sum_dtype
from tf_nst.planning.tiles import Window


def pixels_of(window: Window) -> tuple[slice, slice, slice]:
    """Of a batch of pictures, the pixels that a window reads."""
    return _positions(window, 1)


def place_of(window: Window) -> tf.Tensor:
    """[2, 3] int32: where the window begins, and where its core begins and ends, in pixels."""
    return tf.constant([[span.start, span.core_start, span.core_stop] for span in window])


def core_weights(
    network: Network,
    terms: Terms,
    features: Features,
    place: tf.Tensor,
    weights: Mapping[str, tf.Tensor],
) -> dict[str, tf.Tensor]:
    """{term: the weights [1, h, w, 1] of its layer's positions}, 0 outside the core.

    Args:
      features: of a window, see `observe`.
      place: see `place_of`.
      weights: {term: as `cut_weights` returns them}; 1 for a term that is not in it.
    """
    layers = sorted({term.layer for term in terms})
    cores = {
        layer: _core(features[layer], place // layer_stride(network, layer)) for layer in layers
    }

    def counted(term: Term) -> tf.Tensor:
        core, plane = cores[term.layer], weights.get(term.name)
        return core if plane is None else core * tf.cast(plane, core.dtype)

    return {term.name: counted(term) for term in terms}


def _core(features: tf.Tensor, place: tf.Tensor) -> tf.Tensor:
    """[1, h, w, 1]: 1 at the positions of the core, else 0, in the dtype of sums.

    Args:
      features: of the layer in a window, [B, h, w, C].
      place: see `place_of`, in positions.
    """
    start, first, stop = tf.unstack(place, axis=1)
    begins, ends = tf.unstack(first - start), tf.unstack(stop - start)
    rows, columns = (
        (positions >= begin) & (positions < end)
        for positions, begin, end in zip(map(tf.range, sides(features)), begins, ends, strict=True)
    )
    core = tf.reshape(rows, [1, -1, 1, 1]) & tf.reshape(columns, [1, 1, -1, 1])
    return tf.cast(core, sum_dtype(features))


def cut_weights(
    network: Network, terms: Terms, weights: Mapping[str, tf.Tensor], window: Window
) -> dict[str, tf.Tensor]:
    """{term: the weights [1, h, w, 1] of the positions that a window reads}."""
    strides = {term.name: layer_stride(network, term.layer) for term in terms}
    return {name: plane[_positions(window, strides[name])] for name, plane in weights.items()}


def crop_to_core(network: Network, features: Features, place: tf.Tensor) -> Features:
    """The features of a window without its halo: together as many as the picture has."""
    return {
        layer: value[:, *_core_slices(layer_stride(network, layer), place)]
        for layer, value in features.items()
    }


def pad_from_core(
    network: Network, window: Window, references: Mapping[str, Features], place: tf.Tensor
) -> dict[str, Features]:
    """The inverse of `crop_to_core` for each picture, with zeros outside the core.

    Args:
      window: any of the plan, since all read equally much.
      place: of the window whose features these are.
    """

    def pad(layer: str, value: tf.Tensor) -> tf.Tensor:
        stride = layer_stride(network, layer)
        margins = [[0, 0]]
        for axis, core in enumerate(_core_slices(stride, place)):
            whole = window[axis].length // stride
            margins.append([core.start, whole - core.start - value.shape[1 + axis]])
        return tf.pad(value, [*margins, [0, 0]])

    return {
        name: {layer: pad(layer, value) for layer, value in features.items()}
        for name, features in references.items()
    }


def _positions(window: Window, stride: int) -> tuple[slice, slice, slice]:
    """Of a batch of planes with so many pixels between positions, what a window reads."""
    rows, columns = (slice(span.start // stride, span.stop // stride) for span in window)
    return slice(None), rows, columns


def _core_slices(stride: int, place: tf.Tensor) -> tuple[slice, slice]:
    """The rows and columns of a window's features in its core."""
    rows, columns = (
        slice(first // stride - start // stride, stop // stride - start // stride)
        for start, first, stop in place.numpy()
    )
    return rows, columns
