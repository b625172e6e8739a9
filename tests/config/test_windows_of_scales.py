"""Windows of all scales, or of each."""

import math

import numpy as np
import pytest

from tf_nst.config import LEAST_TILE, MAX_SIDE, StylizeConfig
from tf_nst.config.lengths import MAX_SCALES
from tf_nst.errors import UserError


@pytest.mark.parametrize(
    ("tile", "cores"),
    [
        ("auto", None),
        ("off", (0,)),
        ("512", (512,)),
        (512, (512,)),
        ("off,off,512", (0, 0, 512)),
        (["off", 512, "64"], (0, 512, 64)),
        ("512,off", (512, 0)),
        ("off,off", (0, 0)),
        (f"{LEAST_TILE},{MAX_SIDE}", (LEAST_TILE, MAX_SIDE)),
    ],
)
def test_cores_are_one_number_or_one_for_each_scale(tile, cores):
    assert StylizeConfig(tile=tile).cores == cores


@pytest.mark.parametrize(
    "tile",
    [
        *("", ",", "on", "0", "31", "-64", "1.5", "off,", "auto,off", "off,auto", "9" * 5000),
        *(31, 0, MAX_SIDE + 1, 64.0, math.nan, None, True, [], ["auto"], [0, 64], [[64]]),
        *(np.array([64, 64]), ["off"] * (MAX_SCALES + 1)),
    ],
)
def test_tiles_that_are_none_are_refused(tile):
    with pytest.raises(UserError) as error:
        StylizeConfig(tile=tile)
    assert str(error.value) == (
        f"--tile: expected auto, off or a whole number from {LEAST_TILE} to {MAX_SIDE}, or off or "
        f"such a number for each scale separated by commas, received {tile!r}"
    )


def test_as_many_tiles_as_scales_if_both_are_known():
    for scales in (0, 3):
        assert StylizeConfig(tile="off,64,64", scales=scales).cores == (0, 64, 64)
    assert StylizeConfig(tile="off,64,64", steps="3,2,1").cores == (0, 64, 64)
    assert StylizeConfig(tile="64", steps="3,2,1", scales=3).cores == (64,)
    with pytest.raises(UserError, match=r"^--tile and --scales: expected .* received 3 and 2$"):
        StylizeConfig(tile="off,64,64", scales=2)
    with pytest.raises(UserError, match=r"^--tile and --steps: expected .* received 3 and 2$"):
        StylizeConfig(tile="off,64,64", steps="2,1")


def test_workers_share_the_windows_of_the_last_scale():
    assert StylizeConfig(strategy="workers", tile="off,64").cores == (0, 64)
    for tile in ("64,off", "off,off"):
        with pytest.raises(UserError, match=f"expected --tile=N, received --tile={tile}$"):
            StylizeConfig(strategy="workers", tile=tile)
