"""The loss' options."""

from dataclasses import dataclass

from tf_nst.config.functions import ChoiceOrFunction, ChoiceOrPower, StyleStatistics
from tf_nst.config.options import convert_options, option
from tf_nst.config.value_types import Real
from tf_nst.config.weighted import Weighted, WeightedNames
from tf_nst.errors import UserError

# Names of the tables that compute them; a test keeps them equal.
CONTENT_LOSSES = ("mean_squared", "frobenius", "self_similarity")
STYLE_STATISTICS = (
    *("gram", "mean", "mean_std", "covariance", "wasserstein"),
    *("chained", "sliced", "histogram", "nearest"),
)
# Of a layer and the finer one before it.
CHAINED_STATISTICS = ("chained",)
VARIATION_LOSSES = ("squared", "absolute")
# How much smaller the picture is made of which edges are compared.
LAPLACIAN_STRIDE = 4

_SAME_LAYER = "block4_conv2, conv4_2 and relu4_2 are the same layer"


@dataclass(frozen=True)
class ObjectiveConfig:
    """The loss: alpha * content + beta * style + gamma * variation + edges (docs/objective.md)."""

    content_layers: tuple[Weighted, ...] = option(
        (Weighted("block3_conv2"), Weighted("block4_conv2")),
        WeightedNames(),
        f"layers at which the content is compared; {_SAME_LAYER}",
    )
    style_layers: tuple[Weighted, ...] = option(
        tuple(
            Weighted(f"block{block}_conv1", weight)
            for block, weight in enumerate((256.0, 64.0, 16.0, 4.0, 1.0), start=1)
        ),
        WeightedNames(),
        f"layers at which the style is compared; {_SAME_LAYER}",
    )
    content_weight: float = option(1.0, Real(), "weight of the content loss")
    style_weight: float = option(270.0, Real(), "weight of the style loss")
    tv_weight: float = option(1e-3, Real(), "weight of the variation loss")
    laplacian_weight: float = option(
        0.0,
        Real(),
        "weight of the loss that keeps the content's edges: Laplacians at a quarter of the size",
    )
    content_loss: str = option(
        "mean_squared",
        ChoiceOrFunction(CONTENT_LOSSES),
        "how content is compared; MODULE:FUNCTION: docs/extending.md",
    )
    style_statistic: tuple[Weighted, ...] = option(
        (Weighted("gram"), Weighted("wasserstein", 3.0)),
        StyleStatistics(STYLE_STATISTICS),
        "what is compared of the style, at all of --style_layers or, with NAME@LAYER, at "
        "one only; MODULE:FUNCTION: docs/extending.md",
    )
    tv_loss: str = option(
        "squared",
        ChoiceOrPower(VARIATION_LOSSES),
        "function of the differences between neighbouring pixels that is averaged; a "
        "power: of their length",
    )

    def __post_init__(self) -> None:
        convert_options(self)
        if self.content_weight == self.style_weight == 0:
            raise UserError(
                "--content_weight and --style_weight: expected one of them above 0, received 0, 0"
            )
