"""How many floating-point operations the convolutions of a network take. Integers only."""

from typing import NamedTuple

from tf_nst.model.networks import Layer


class Pass(NamedTuple):
    """A layer at the size it has in a picture: height and width in features, channels in and out.

    `operations` are those of its convolution, a product and a sum each, with zeros at the border
    counted; 0 of a pooling.
    """

    layer: Layer
    height: int
    width: int

    @property
    def positions(self) -> int:
        """Features of each channel."""
        return self.height * self.width

    @property
    def operations(self) -> int:
        """Of one pass: forward, or the gradient to what the layer is given, which takes as many."""
        if self.layer.kind == "pooling":
            return 0
        return 2 * 9 * self.positions * self.layer.channels_in * self.layer.channels


def passes(layers: tuple[Layer, ...], height: int, width: int) -> tuple[Pass, ...]:
    """Each of `layers`, from the image upwards, for a picture of height x width pixels."""
    result = []
    for layer in layers:
        if layer.kind == "pooling":
            height, width = height // 2, width // 2
        result.append(Pass(layer, height, width))
    return tuple(result)


def operations(layers: tuple[Layer, ...], height: int, width: int) -> int:
    """Of one pass through all `layers` for a picture of height x width pixels."""
    return sum(each.operations for each in passes(layers, height, width))
