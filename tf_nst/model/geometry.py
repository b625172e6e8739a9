"""How far a layer sees: strides, receptive fields, halos, least sizes. Integers only."""

from typing import NamedTuple

from tf_nst.model.networks import Network


class Geometry(NamedTuple):
    """In pixels of the picture, for the deepest of a set of layers.

    Attributes:
      stride: distance of neighbouring features.
      receptive_field: side of the square that one feature sees.
      halo: what a window needs around its core to have exact features, on the grid of `stride`.
      least_size: the least side of a picture at which the layer has one feature.
    """

    stride: int
    receptive_field: int
    halo: int
    least_size: int


class Box(NamedTuple):
    """A rectangle of pixels, rows top to bottom - 1; it may reach past the picture's borders."""

    top: int
    left: int
    bottom: int
    right: int


def receptive_box(network: Network, layer: str, row: int, column: int) -> Box:
    """The pixels that the feature at a position of `layer` (Keras' name) sees.

    Neighbouring features see squares a stride apart; with odd kernels padded alike on both sides
    and poolings without padding the first one begins (field - stride) / 2 before the picture
    (Araujo et al. 2019, "Computing receptive field region
    in input image").
    """
    stride, field, *_ = geometry(network, (layer,))
    top, left = (place * stride - (field - stride) // 2 for place in (row, column))
    return Box(top, left, top + field, left + field)


def geometry(network: Network, layers: tuple[str, ...]) -> Geometry:
    """The geometry of the deepest of `layers` (Keras' names).

    Each layer widens the field by (kernel - 1) * stride so far (Araujo et al. 2019, section 2.3).
    """
    stride, field, reach = 1, 1, 0
    for layer in network.up_to(layers):
        if layer.kind == "convolution":
            field += 2 * stride
            reach += stride
        else:
            field += stride
            stride *= 2
    halo = -(-reach // stride) * stride
    return Geometry(stride, field, halo, stride)
