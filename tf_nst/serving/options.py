"""What an export may be asked for. No TensorFlow here."""

import math
import numbers

from tf_nst.config import StylizeConfig, config_from_options, option_names
from tf_nst.errors import UserError

# Those of painting that have no meaning in a graph: it takes as many scales as fit, makes all its
# steps, and does not know its server's memory, compiler or devices.
LEFT_OUT = ("scales", "seconds", "stop", "memory", "tile", "xla", "strategy")
STARTS = ("matched", "content")
EXPORT_OPTIONS = tuple(name for name in option_names() if name not in LEFT_OUT)
# The server may be another machine than this one: no "auto".
PRECISIONS = ("float32", "bfloat16")
MAX_STEPS = 5000
MAX_MEGAPIXELS = 500.0


def export_config(options: dict) -> StylizeConfig:
    """The config of an export's options by name, as `config_from_options` takes them.

    Raises:
      UserError: an unknown name, or a value of the wrong type or out of its range.
    """
    options = {"precision": "float32", **options}
    for name in options:
        if name not in EXPORT_OPTIONS:
            known = ", ".join(EXPORT_OPTIONS)
            raise UserError(f"{name}: no such option of an export, expected one of {known}")
    config = config_from_options(options)
    if config.precision not in PRECISIONS:
        raise UserError(
            f"--precision: expected one of {', '.join(PRECISIONS)}, received {config.precision!r}"
        )
    if config.init not in STARTS:
        raise UserError(f"--init: expected one of {', '.join(STARTS)}, received {config.init!r}")
    if len(config.steps) > 1 or config.steps[0] > MAX_STEPS:
        steps = ",".join(map(str, config.steps))
        raise UserError(f"--steps: expected one number from 1 to {MAX_STEPS}, received {steps}")
    for name in ("content_weight", "style_weight"):
        if getattr(config.objective, name) == 0:
            raise UserError(f"--{name}: expected a number above 0 for an export, received 0")
    return config


def check_megapixels(megapixels: float) -> None:
    """Raises UserError unless it is a number above 0, up to MAX_MEGAPIXELS."""
    number = isinstance(megapixels, numbers.Real) and not isinstance(megapixels, bool)
    if not (number and math.isfinite(megapixels) and 0 < megapixels <= MAX_MEGAPIXELS):
        raise UserError(
            f"--max_megapixels: expected a number above 0, up to {MAX_MEGAPIXELS:g}, "
            f"received {megapixels!r}"
        )
