"""What a run computes, by hand, and the speed that it is divided by. No time is compared."""

import pytest
import tensorflow as tf

from tf_nst.engine.windows import plan_windows
from tf_nst.model.networks import NETWORKS, Network
from tf_nst.model.operations import operations
from tf_nst.objective.terms import IMAGE, Gram, MeanSquaredContent, SquaredVariation
from tf_nst.planning import forecast
from tf_nst.planning.forecast import Forecast, Work, convolution_speed, network_speed
from tf_nst.planning.schedule import Scale

TINY = Network("tiny", (1, 1), (2, 4))
TERMS = (
    MeanSquaredContent("block1_conv1", 1.0),
    Gram("block2_conv1", 1.0),
    SquaredVariation(IMAGE, 1.0),
)
SIZE, STYLE = (6, 4), (2, 2)
WORK = Work(TINY, TERMS, SIZE, STYLE)
# 6x4 positions from 3 to 2 channels, then 3x2 from 2 to 4.
FIRST, SECOND = 24 * 18 * 3 * 2, 6 * 18 * 2 * 4
GRAM = 6 * 2 * 4 * 4
CONTENT_MEASURED = FIRST
STYLE_MEASURED = 4 * 18 * 3 * 2 + 18 * 2 * 4 + 2 * 4 * 4

VGG_TERMS = (MeanSquaredContent("block4_conv2", 1.0), Gram("block5_conv1", 1.0))
VGG = Work(NETWORKS["vgg19"], VGG_TERMS, (1024, 1024), (1024, 1024))


def test_a_step_is_forward_and_as_much_again_for_the_gradient():
    assert WORK.step(SIZE, 0) == 2 * (FIRST + SECOND + GRAM)


def test_content_is_measured_to_its_own_layer_and_style_at_its_own_size():
    assert WORK.measuring(SIZE, 0) == CONTENT_MEASURED + STYLE_MEASURED


def test_a_run_is_its_steps_what_is_measured_and_a_last_look():
    last = FIRST + SECOND + GRAM
    expected = 3 * 2 * last + CONTENT_MEASURED + STYLE_MEASURED + last
    assert WORK.operations((Scale(*SIZE, 3),), (0,)) == expected


def test_each_step_more_costs_as_much():
    runs = [WORK.operations((Scale(*SIZE, steps),), (0,)) for steps in (1, 2, 3)]
    assert runs[2] - runs[1] == runs[1] - runs[0] == WORK.step(SIZE, 0)


def test_scales_add_up_and_one_without_steps_is_left_out():
    small = Scale(3, 2, 5)
    alone = WORK.operations((Scale(*SIZE, 3),), (0,))
    both = WORK.operations((small, Scale(*SIZE, 3)), (0, 0))
    assert both - alone == 5 * WORK.step((3, 2), 0) + WORK.measuring((3, 2), 0)
    assert WORK.operations((small._replace(steps=0), Scale(*SIZE, 3)), (0, 0)) == alone


def test_without_terms_of_a_role_nothing_is_measured_for_it():
    assert WORK._replace(terms=TERMS[1:]).measuring(SIZE, 0) == STYLE_MEASURED
    assert WORK._replace(terms=TERMS[:1]).measuring(SIZE, 0) == CONTENT_MEASURED


def test_windows_cost_half_as_much_again_and_their_halos():
    """Forward twice and back once, of all that windows see; statistics once each way."""
    window, *more = plan_windows(VGG.network, VGG.terms, 256, 1024, 1024)
    share = (1 + len(more)) * window.rows.length * window.columns.length / 1024**2
    assert share > 1.5
    times = VGG.step((1024, 1024), 256) / VGG.step((1024, 1024), 0)
    assert times == pytest.approx(1.5 * share, rel=0.02)


def test_replicas_share_the_windows_round_by_round():
    """9 windows are 9, 5 or 3 rounds."""
    windows = plan_windows(VGG.network, VGG.terms, 400, 1024, 1024)
    assert len(windows) == 9
    alone, two, three = (VGG._replace(replicas=n).step((1024, 1024), 400) for n in (1, 2, 3))
    assert (alone * 5, alone) == (two * 9, three * 3)


def test_replicas_do_not_share_a_whole_picture():
    assert VGG._replace(replicas=2).step((512, 512), 0) == VGG.step((512, 512), 0)


@pytest.mark.parametrize(
    ("cores", "any_size", "traces"),
    [((0, 0, 0, 0), True, 1), ((0, 0, 0, 0), False, 3), ((0, 0, 1, 1), True, 3)],
)
def test_seconds_are_operations_by_speed_and_tracing(cores, any_size, traces):
    """Scales that are painted whole are traced together where one trace serves every size."""
    scales = (Scale(3, 2, 0), Scale(3, 2, 5), Scale(*SIZE, 3), Scale(*SIZE, 3))
    seconds = Forecast(WORK, 100.0, any_size).seconds(scales, cores)
    assert seconds == traces * forecast._TRACING + WORK.operations(scales, cores) / 100.0


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_the_device_has_a_speed(dtype):
    strategy = tf.distribute.get_strategy()
    assert 1e6 < convolution_speed(strategy, dtype) < 1e18
    assert 1e6 < network_speed(TINY.layers, strategy, dtype) < 1e18


@pytest.fixture
def timed(monkeypatch) -> list[tuple]:
    """A trillion operations a second whatever is timed; the shapes of what was."""
    shapes = []

    def seconds(replicas, function, picture, kernels):
        shapes.append(tuple(picture.shape))
        _, height, width, channels = picture.shape
        layers = TINY.layers if isinstance(kernels, list) else ()
        made = 2 * operations(layers, height, width) or 18 * height * width * channels**2
        return made / 1e12

    monkeypatch.setattr(forecast, "_seconds", seconds)
    return shapes


def test_a_fast_device_is_given_a_larger_picture(timed):
    """32, 64 and 128 pixels at a trillion operations a second: the third call is long enough."""
    speed = convolution_speed(tf.distribute.get_strategy(), "float32")
    assert timed == [(1, side, side, 256) for side in (32, 64, 128)]
    assert speed == pytest.approx(1e12)


def test_a_networks_speed_is_that_of_all_its_layers_both_ways(timed):
    speed = network_speed(TINY.layers, tf.distribute.get_strategy(), "float32")
    assert timed == [(1, 128, 128, 3)]
    assert speed == pytest.approx(1e12)
