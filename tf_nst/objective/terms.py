"""The terms of the loss. A term is sums over positions, and a distance of their means.

loss = sum over terms of weight * distance(sums / positions, target)

Sums add up over windows, masks and devices, so nothing more is needed for those. To add a term,
write its dataclass, add its row to TERMS, its formula to ops/, its reference to tests/reference.py.
"""

from dataclasses import dataclass
from typing import ClassVar

import tensorflow as tf

from tf_nst.ops.distances import FLOOR, relative_squared_error, safe_sqrt
from tf_nst.ops.statistics import error_sums, gram_sums, mean_square_sums
from tf_nst.ops.variation import absolute_variation_sums, squared_variation_sums

Sums = dict[str, tf.Tensor]
Means = dict[str, tf.Tensor]

# The layer of terms that look at the picture itself, in pixel values of 0..255.
IMAGE = "image"


def means(sums: Sums) -> Means:
    """Each sum divided by the number of positions: [B, ...] by [B]."""
    return {
        name: value / tf.reshape(sums["positions"], [-1] + [1] * (value.shape.rank - 1))
        for name, value in sums.items()
        if name != "positions"
    }


@dataclass(frozen=True)
class Term:
    """A named, weighted term at one layer.

    `role` is content, style or variation. `additive` says that its sums over windows add up to
    the sums over the picture; `reach` is how many positions to the right and below a position's
    own sum looks at. A term with role "content" is given the reference's features at the
    same positions; a term with role "style" is given the means of its target. The weight is a
    number, a scalar where a traced function is told it only when it runs, or a tuple of numbers,
    one for each picture of the batch.
    """

    layer: str
    weight: float | tf.Tensor | tuple[float, ...]
    statistic: ClassVar[str]
    role: ClassVar[str]
    additive: ClassVar[bool] = True
    reach: ClassVar[int] = 0

    @property
    def name(self) -> str:
        """For records and messages, such as `style/gram/block1_conv1`."""
        return f"{self.role}/{self.statistic}/{self.layer}"

    def weight_of(self, picture: int) -> float | tf.Tensor:
        """The weight for one picture of the batch."""
        return self.weight[picture] if isinstance(self.weight, tuple) else self.weight

    def operations(self, positions: int, channels: int) -> int:
        """Floating-point operations of the sums' matrix products, and again of their gradient's."""
        return 0


@dataclass(frozen=True)
class MeanSquaredContent(Term):
    """|F - P|^2 / |P|^2 (Gatys et al. 2016, equation 1, relative to the content's own features)."""

    statistic: ClassVar[str] = "mean_squared"
    role: ClassVar[str] = "content"

    def moments(self, features, reference, weights=None) -> Sums:
        """[B, h, w, C] twice -> sums of squared errors and squared references."""
        return error_sums(features, reference, weights)

    def distance(self, value: Means, target: Means | None = None) -> tf.Tensor:
        """Means -> [B]."""
        return value["error"] / tf.maximum(value["reference"], FLOOR)


@dataclass(frozen=True)
class FrobeniusContent(MeanSquaredContent):
    """|F - P| / |P|, the norm itself: pulls as hard near the content as far from it."""

    statistic: ClassVar[str] = "frobenius"

    def distance(self, value: Means, target: Means | None = None) -> tf.Tensor:
        """Means -> [B]; the gradient at the content itself is 0."""
        return safe_sqrt(super().distance(value, target))


@dataclass(frozen=True)
class Gram(Term):
    """|G - A|^2 / |A|^2 with G = sum over positions of f f^T / positions.

    Gatys et al. 2016, equation 4, has 1 / (4 N^2 M^2) in place of 1 / |A|^2, which makes its size
    depend on the layer and the network; ours depends on neither.
    """

    statistic: ClassVar[str] = "gram"
    role: ClassVar[str] = "style"

    def moments(self, features, reference=None, weights=None) -> Sums:
        """[B, h, w, C] -> sums of f f^T."""
        return gram_sums(features, weights)

    def operations(self, positions: int, channels: int) -> int:
        """A product and a sum for each position and pair of channels."""
        return 2 * positions * channels**2

    def distance(self, value: Means, target: Means) -> tf.Tensor:
        """Means -> [B]."""
        return relative_squared_error(value["gram"], target["gram"])


@dataclass(frozen=True)
class MeanStd(Term):
    """|mu - mu'|^2 / |mu'|^2 + |sigma - sigma'|^2 / |sigma'|^2 per channel.

    The batch-normalisation statistics of Li et al. 2017 (Demystifying neural style transfer,
    section 4.2), each part relative to its own target.
    """

    statistic: ClassVar[str] = "mean_std"
    role: ClassVar[str] = "style"

    def moments(self, features, reference=None, weights=None) -> Sums:
        """[B, h, w, C] -> sums of f and f^2."""
        return mean_square_sums(features, weights)

    def distance(self, value: Means, target: Means) -> tf.Tensor:
        """Means -> [B]."""
        return relative_squared_error(value["mean"], target["mean"]) + relative_squared_error(
            _deviation(value), _deviation(target)
        )


def _deviation(value: Means) -> tf.Tensor:
    return safe_sqrt(value["mean_square"] - tf.square(value["mean"]))


@dataclass(frozen=True)
class SquaredVariation(Term):
    """The mean squared difference of neighbouring pixels, in 0..255."""

    statistic: ClassVar[str] = "squared"
    role: ClassVar[str] = "variation"
    reach: ClassVar[int] = 1

    def moments(self, features, reference=None, weights=None) -> Sums:
        """[B, H, W, 3] in 0..255 -> sum of squared differences."""
        return squared_variation_sums(features, weights)

    def distance(self, value: Means, target: Means | None = None) -> tf.Tensor:
        """Means -> [B]."""
        return value["variation"]


@dataclass(frozen=True)
class AbsoluteVariation(SquaredVariation):
    """The mean absolute difference of neighbouring pixels, in 0..255."""

    statistic: ClassVar[str] = "absolute"

    def moments(self, features, reference=None, weights=None) -> Sums:
        """[B, H, W, 3] in 0..255 -> sum of absolute differences."""
        return absolute_variation_sums(features, weights)


TERMS = {
    "mean_squared": MeanSquaredContent,
    "frobenius": FrobeniusContent,
    "gram": Gram,
    "mean_std": MeanStd,
    "squared": SquaredVariation,
    "absolute": AbsoluteVariation,
}
