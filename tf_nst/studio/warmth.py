"""What the first painting would wait for is done before it: network, kernels, traces."""

import numpy as np

from tf_nst.config import config_from_options
from tf_nst.engine.engine import Engine
from tf_nst.engine.loop import stylize
from tf_nst.io.inputs import read_inputs
from tf_nst.painting import prepare

_SIDE = 48


def warm_up(engine: Engine) -> None:
    """Paints a few pixels by the defaults, so that an engine has what every painting needs."""
    config = config_from_options({"size": _SIDE, "steps": 2, "scales": 1})
    grey = np.full((_SIDE, _SIDE, 3), 128, np.uint8)
    ramp = np.linspace(0, 255, grey.size).astype(np.uint8).reshape(grey.shape)
    inputs = read_inputs(config, grey, ramp)
    painting = prepare(config, inputs, _quiet, engine=engine)
    stylize(painting.job, (), engine)


def _quiet(line: str) -> None:
    """Nobody asked for this painting."""
