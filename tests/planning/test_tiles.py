"""The plan of windows: every position is owned once, windows lie on the grid and see enough."""

import numpy as np
import pytest

from tf_nst.errors import UserError
from tf_nst.model.geometry import Geometry, geometry
from tf_nst.model.networks import NETWORKS
from tf_nst.objective.statistics import STATISTICS
from tf_nst.objective.terms import IMAGE, Term
from tf_nst.planning.tiles import Span, check_additive, next_core, plan_tiles, plan_windows

SMALL = Geometry(stride=4, receptive_field=20, halo=8, least_size=4)
VGG = geometry(NETWORKS["vgg19"], ("block5_conv1",))
SIZES = [(640, 500), (1023, 769), (160, 208), (17, 300), (4096, 4096)]


def owners(windows, height: int, width: int) -> np.ndarray:
    """How many windows own each pixel."""
    count = np.zeros([height, width], int)
    for rows, columns in windows:
        count[rows.core_start : rows.core_stop, columns.core_start : columns.core_stop] += 1
    return count


def test_a_picture_of_three_cores_by_one():
    """Cores of 12 with a halo of 8: those at the border own 8 pixels, a halo, more."""
    windows = plan_tiles(8, 36, 12, SMALL)
    assert [window.rows for window in windows] == [Span(0, 8, 0, 8)] * 3
    assert [window.columns for window in windows] == [
        Span(0, 24, 0, 16),
        Span(8, 32, 16, 24),
        Span(12, 36, 24, 36),
    ]


def test_the_last_window_takes_what_is_left_of_the_grid():
    """27 pixels are six strides of 4 and 3 pixels more, which all windows see at their end."""
    spans = [window.columns for window in plan_tiles(8, 27, 16, SMALL)]
    assert spans == [Span(0, 23, 0, 12), Span(4, 27, 12, 27)]


def test_an_empty_window_owns_nothing():
    window = plan_tiles(8, 36, 12, SMALL)[1].empty
    assert window.rows.core_start == window.rows.core_stop and window.columns.length == 24


def test_a_core_as_large_as_the_picture_is_the_picture():
    (window,) = plan_tiles(640, 500, 640, VGG)
    assert window == (Span(0, 640, 0, 640), Span(0, 500, 0, 500))


@pytest.mark.parametrize("core", [16, 64, 256, 512, 1024])
@pytest.mark.parametrize("size", SIZES)
def test_every_pixel_is_owned_once(size, core):
    assert np.all(owners(plan_tiles(*size, core, VGG), *size) == 1)


@pytest.mark.parametrize("core", [16, 64, 256, 512])
@pytest.mark.parametrize("size", SIZES)
def test_cores_and_windows_lie_on_the_grid_with_a_halo_or_the_border(size, core):
    for window in plan_tiles(*size, core, VGG):
        for span, side in zip(window, size, strict=True):
            assert span.start % VGG.stride == span.core_start % VGG.stride == 0
            assert span.core_stop % VGG.stride == 0 or span.core_stop == side
            assert (side - span.stop) % VGG.stride == 0 and span.stop <= side
            assert span.start == 0 or span.start <= span.core_start - VGG.halo
            assert span.stop == side or span.stop >= span.core_stop + VGG.halo


@pytest.mark.parametrize("core", [16, 256, 1024])
@pytest.mark.parametrize("size", SIZES)
def test_all_windows_see_equally_much_and_no_more_than_they_need(size, core):
    """A core and two halos, in whole strides, and what the picture leaves of one."""
    windows = plan_tiles(*size, core, VGG)
    for axis, side in enumerate(size):
        (length,) = {window[axis].length for window in windows}
        assert length <= min(side, core + 2 * (VGG.halo + VGG.stride))


@pytest.mark.parametrize("core", range(32, 257, 16))
def test_windows_stay_inside_and_own_each_pixel_once_at_every_side(core):
    """Below twice the halo, 160 pixels, a core and its halos are longer than the picture."""
    for side in range(16, 401):
        spans = [window.columns for window in plan_tiles(16, side, core, VGG)]
        assert all(0 <= span.start < span.stop <= side for span in spans)
        assert [span.core_start for span in spans] == [0, *(span.core_stop for span in spans[:-1])]
        assert spans[-1].core_stop == side


def test_the_least_core_is_one_feature_of_the_deepest_layer():
    assert len(plan_tiles(1600, 32, VGG.stride, VGG)) == 2 + (1600 - 2 * 96) // 16


TERM = Term("style", "style", "block3_conv1", 1.0, "gram")


def test_the_windows_of_terms_have_the_halo_of_the_deepest_or_the_reach_of_a_statistic():
    """Three blocks reach 1 + 1 + 2 + 2 + 4 pixels, on the grid of 4: 12. A difference reaches 1."""
    network = NETWORKS["vgg19"]
    first = plan_windows(network, (TERM,), 64, 400, 400)[0]
    assert first.rows.stop - first.rows.core_stop == 12
    variation = Term("variation", None, IMAGE, 1.0, "squared")
    alone = plan_windows(network, (variation,), 64, 400, 400)[0]
    assert alone.rows.stop - alone.rows.core_stop == 1


def test_terms_that_do_not_add_up_are_refused_by_name(monkeypatch):
    check_additive((TERM,))
    monkeypatch.setitem(STATISTICS, "gram", STATISTICS["gram"]._replace(additive=False))
    with pytest.raises(UserError, match=r"^--tile: style does not add up over positions"):
        check_additive((TERM,))


def test_the_next_core_is_the_largest_below():
    assert [next_core(side) for side in (4000, 2048, 300, 129, 128)] == [2048, 1024, 256, 128, None]
