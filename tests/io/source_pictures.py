"""Pictures of any size, and the inputs of a run with them."""

import numpy as np

from tf_nst.config import config_from_options
from tf_nst.io.images import Image
from tf_nst.io.inputs import read_inputs

NEAR = {"content_layers": "conv1_1", "style_layers": "conv1_1"}


def picture(height: int, width: int, dtype: type = np.uint8) -> Image:
    """A ramp from the left to the right."""
    ramp = np.linspace(0, np.iinfo(dtype).max, width).astype(dtype)
    return Image(np.broadcast_to(ramp[:, None], (height, width, 3)).copy())


def inputs_of(content, style, **options):
    """The inputs for layers that any size will do for, unless `options` say otherwise."""
    return read_inputs(config_from_options(NEAR | options), content, style)
