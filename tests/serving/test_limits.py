"""What a request may ask for: the size at which its style is measured is the command's."""

import pytest
import tensorflow as tf
from answering import counted, encoded

from tf_nst.config import config_from_options
from tf_nst.config.sizes import long_side
from tf_nst.serving.admission import Bounds
from tf_nst.serving.limits import style_picture
from tf_nst.serving.model import limits_of

BOUNDS = Bounds(1, 10_000, 10_000)


@pytest.mark.parametrize(
    ("style_size", "side"),
    [("0", 30), ("20", 20), ("0.5x", 15), ("2x", 60), ("0.001x", 1), ("20,0.5x", 30)],
)
@pytest.mark.parametrize("longest", [30, 50])
def test_a_style_is_measured_at_the_command_s_size(style_size, side, longest):
    options = {"style_layers": "conv1_1", "content_layers": "conv1_1"}
    config = config_from_options(options | {"style_size": style_size})
    limits = limits_of(config, BOUNDS)
    image = style_picture(tf.constant(encoded(counted(longest, longest))), tf.constant(30), limits)
    assert image.shape == (1, side, side, 3)
    if "," not in style_size:
        size = config.style_size
        assert side == long_side(size if isinstance(size, int) else size[0], 30, longest)
