"""Matrices and ranges: what is written comes back, and is what the standards say."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from clip_files import INFO, write

from tf_nst.video.clip import Color, Frame
from tf_nst.video.color import from_rgb, to_rgb
from tf_nst.video.reading import open_clip

RAMP = np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, -1)
PRIMARIES = ("#ff0000", "#00ff00", "#0000ff", "#00ffff", "#ff00ff", "#ffff00", "#ffffff", "#000000")
MATRICES, RANGES = ("bt601", "bt709", "bt2020"), ("limited", "full")
# Kr and Kb of each.
SHARES = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}


CHARTS = [
    np.repeat(RAMP, 64, 0),
    *(np.full((64, 256, 3), list(bytes.fromhex(it[1:])), np.uint8) for it in PRIMARIES),
]
# What rounding to 8 bits may do: BT.2020's blue is 1.88 times its difference from luma.
LEVELS = {"bt601": 1, "bt709": 1, "bt2020": 2}


def reference(rgb: np.ndarray, matrix: str, is_full: bool) -> np.ndarray:
    """BT.601 2.5.1 to 2.5.3 in float64: [..., 3] of luma and two differences."""
    red, green, blue = np.moveaxis(rgb / 255, -1, 0)
    kr, kb = SHARES[matrix]
    luma = kr * red + (1 - kr - kb) * green + kb * blue
    differences = (blue - luma) / (2 - 2 * kb), (red - luma) / (2 - 2 * kr)
    zero, span, chroma = (0, 255, 255) if is_full else (16, 219, 224)
    return np.stack([zero + span * luma, *(128 + chroma * it for it in differences)], -1)


@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("span", RANGES)
def test_numbers_are_the_standard_s(matrix, span):
    for chart in CHARTS:
        planes = np.moveaxis(from_rgb(chart, "yuv444p", Color(matrix, span)).to_ndarray(), 0, -1)
        expected = np.clip(reference(chart, matrix, span == "full"), 0, 255)
        assert np.abs(planes - expected).max() < 1


@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("span", RANGES)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_grey_and_primaries_come_back_within_a_level_of_a_file(tmp_path, suffix, matrix, span):
    info = replace(INFO, width=256, height=64, color=Color(matrix, span, 1, 13))
    path = tmp_path / f"a{suffix}"
    write(path, [Frame(i, Fraction(i, 25), chart) for i, chart in enumerate(CHARTS)], info)
    with open_clip(path) as clip:
        assert clip.info.color == info.color
        for frame in clip:
            error = np.abs(frame.pixels.astype(int) - CHARTS[frame.index]).max()
            assert error <= LEVELS[matrix], frame.index


@pytest.mark.parametrize("matrix", MATRICES)
def test_the_wrong_matrix_is_noticed(matrix):
    """The tolerance of a level tells the matrices apart."""
    other = next(it for it in MATRICES if it != matrix)
    errors = [
        np.abs(
            to_rgb(from_rgb(it, "yuv420p", Color(matrix)), Color(other), 256, 64) - it.astype(int)
        )
        for it in CHARTS
    ]
    assert np.max(errors) > 10


@pytest.mark.parametrize(("height", "expected"), [(480, "bt601"), (576, "bt601"), (720, "bt709")])
def test_a_film_that_states_no_matrix_has_the_usual_one_of_its_size(tmp_path, height, expected):
    import av

    path = tmp_path / "a.mp4"
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, height, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((height, 64, 3), np.uint8), format="rgb24")
        output.mux(stream.encode(frame.reformat(format="yuv420p")))
        output.mux(stream.encode(None))
    with open_clip(path) as clip:
        assert (clip.info.color.matrix, clip.info.color.range) == (expected, "limited")
