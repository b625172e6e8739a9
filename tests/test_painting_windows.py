"""What a painting plans from --tile: windows of each scale, and that they paint the same."""

import numpy as np
import pytest
from paintings import OPTIONS, PAINTING, PHOTO, prepared

import tf_nst
from tf_nst.config import config_from_options
from tf_nst.engine import resources
from tf_nst.errors import UserError
from tf_nst.io.inputs import read_inputs
from tf_nst.painting import prepare


def test_windows_are_planned_where_they_are_asked_for():
    """Cores of 32 pixels: the coarse scale of 45 pixels has some too."""
    assert prepared(tile=32, scales=2).job.cores == (32, 32)
    assert prepared(tile="48", scales=2).job.cores == (0, 48)
    assert prepared(tile="off,32", scales=2).job.cores == (0, 32)
    assert prepared().job.cores == (0,)
    assert prepared(tile="off").job.cores is prepared(tile="off,off", scales=2).job.cores is None


@pytest.mark.parametrize(
    ("tile", "recorded"),
    [("48", "off,48"), ("32", "32,32"), ("off", "off"), ("auto", "off"), ("off,32", "off,32")],
)
def test_the_windows_of_every_scale_are_recorded(tile, recorded):
    """So that a flag file tiles the scales that were, and no other."""
    painting = prepared(tile=tile, scales=2)
    assert painting.config.tile == recorded
    again = prepared(tile=recorded, scales=2)
    assert again.plan.cores == painting.plan.cores


def test_as_many_tiles_as_scales_are_asked_for():
    with pytest.raises(UserError, match=r"^--tile: expected one tile, or one for each of 1 scales"):
        prepared(tile="off,32")


def test_a_picture_by_windows_is_that_of_the_whole():
    """To a level: rounding grows with every step."""
    whole, by_windows = (
        tf_nst.stylize(PHOTO, PAINTING, **OPTIONS, optimizer="adam", tile=tile)
        for tile in ("off", 32)
    )
    assert np.abs(np.int32(by_windows) - np.int32(whole)).max() <= 1


def test_seconds_are_shared_by_as_many_scales_as_there_are_tiles(monkeypatch):
    """A step is taken to cost next to nothing."""
    monkeypatch.setattr(resources, "network_speed", lambda *_: 1e18)
    options = {name: value for name, value in OPTIONS.items() if name != "steps"}
    config = config_from_options(options | {"seconds": 1000.0, "tile": "off,32"})
    painting = prepare(config, read_inputs(config, PHOTO, PAINTING), lambda line: None)
    assert painting.plan.cores == (0, 32) and len(painting.job.scales) == 2


def test_a_style_alone_by_windows_as_long_as_the_pictures():
    """80 and 96 pixels by cores of 32 under a halo of 80: windows are the whole sides."""
    photo, painting = (np.resize(it, (80, 80, 3)) for it in (PHOTO, PAINTING))
    painting = np.pad(painting, ((0, 16), (0, 16), (0, 0)))
    alone = {"content_weight": 0.0, "tv_weight": 0.0, "weights": "random", "optimizer": "adam"}
    sizes = {"size": 80, "style_size": 96, "steps": 2, "precision": "float32"}
    whole, tiled = (
        np.int32(tf_nst.stylize(photo, painting, **alone, **sizes, tile=tile))
        for tile in ("off", 32)
    )
    assert np.abs(whole - tiled).max() <= 1
