"""Styles that say next to nothing: finite pictures all the same, with the network in the box."""

import numpy as np
import pytest
from paintings import PHOTO

import tf_nst
from tf_nst.config import STYLE_STATISTICS

ONE_COLOUR = np.full([40, 40, 3], [200, 120, 40], np.uint8)
BLACK = np.zeros([40, 40, 3], np.uint8)
SMALL = (np.arange(8 * 8 * 3) * 104729 % 256).astype(np.uint8).reshape(8, 8, 3)
OPTIONS = {"size": 64, "scales": 1, "steps": 6, "precision": "float32"}


@pytest.mark.parametrize("style", [ONE_COLOUR, BLACK, SMALL], ids=["one colour", "black", "8 x 8"])
def test_a_style_of_nearly_nothing_gives_a_finite_picture(style):
    """By all statistics at once: what is not finite of one, or of its gradient, is so of all. All
    layers but the first have fewer positions than channels, so covariances are singular."""
    layers = "conv1_1,conv3_1" if style is SMALL else "conv1_1,conv3_1,conv5_1"
    values = {}
    picture = tf_nst.stylize(
        PHOTO,
        style,
        style_statistic=",".join(STYLE_STATISTICS),
        style_layers=layers,
        content_layers="conv2_1",
        listeners=(lambda event: values.update(getattr(event, "values", {})),),
        **OPTIONS,
    )
    assert {name.split("/")[1] for name in values} >= set(STYLE_STATISTICS)
    assert all(np.isfinite(each).all() for each in values.values())
    assert np.asarray(picture).shape == (48, 64, 3)
