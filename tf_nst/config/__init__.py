"""The options of a picture as frozen records, checked when they are made.

No TensorFlow here, so that `--help` and a mistyped flag are answered at once.
"""

from tf_nst.config.conversion import (
    all_options,
    config_from_options,
    option_names,
    options_from_config,
)
from tf_nst.config.network import NETWORKS, PADDINGS, POOLINGS, NetworkConfig
from tf_nst.config.objective import (
    CONTENT_LOSSES,
    STYLE_STATISTICS,
    VARIATION_LOSSES,
    ObjectiveConfig,
)
from tf_nst.config.starts import STARTS
from tf_nst.config.stylize import (
    COLORS,
    MAX_PAIRS,
    MAX_SEED,
    OPTIMIZERS,
    PRECISIONS,
    STRATEGIES,
    XLA_CHOICES,
    StylizeConfig,
)
from tf_nst.config.tiles import LEAST_TILE, MAX_SIDE, TILES

__all__ = [
    "COLORS",
    "CONTENT_LOSSES",
    "LEAST_TILE",
    "MAX_PAIRS",
    "MAX_SEED",
    "MAX_SIDE",
    "NETWORKS",
    "OPTIMIZERS",
    "PADDINGS",
    "POOLINGS",
    "PRECISIONS",
    "STARTS",
    "STRATEGIES",
    "STYLE_STATISTICS",
    "TILES",
    "VARIATION_LOSSES",
    "XLA_CHOICES",
    "NetworkConfig",
    "ObjectiveConfig",
    "StylizeConfig",
    "all_options",
    "config_from_options",
    "option_names",
    "options_from_config",
]
