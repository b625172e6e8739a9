"""What a run computes, by hand."""

import pytest

from tf_nst.model.networks import NETWORKS, Network
from tf_nst.objective.distributions import histogram_bytes
from tf_nst.objective.image_layers import LAPLACIAN
from tf_nst.objective.terms import IMAGE, Finer, Term
from tf_nst.planning.memory import Sizes, estimate_bytes
from tf_nst.planning.schedule import Scale
from tf_nst.planning.tiles import plan_windows
from tf_nst.planning.workload import TRACING_SECONDS, Workload

TINY = Network("tiny", (1, 1), (2, 4))
TERMS = (
    Term("content", "content", "block1_conv1", 1.0, "mean_squared"),
    Term("style", "style", "block2_conv1", 1.0, "gram"),
    Term("variation", None, IMAGE, 1.0, "squared"),
)
SIZE, STYLE = (6, 4), (2, 2)


def workload(*scales: Scale, **changes) -> Workload:
    """Of the tiny network; one step at the picture's size by default."""
    scales = scales or (Scale(*SIZE, 1),)
    work = Workload(TINY, TERMS, "float32", scales, {"style": STYLE}, "lbfgs", 10)
    return work._replace(**changes)


WORK = workload()
# 6x4 positions from 3 to 2 channels, then 3x2 from 2 to 4.
FIRST, SECOND = 24 * 18 * 3 * 2, 6 * 18 * 2 * 4
GRAM = 6 * 2 * 4 * 4
CONTENT_MEASURED = FIRST
STYLE_MEASURED = 4 * 18 * 3 * 2 + 18 * 2 * 4 + 2 * 4 * 4

VGG_TERMS = (
    Term("content", "content", "block4_conv2", 1.0, "mean_squared"),
    Term("style", "style", "block5_conv1", 1.0, "gram"),
)
VGG = Workload(
    NETWORKS["vgg19"],
    VGG_TERMS,
    "float32",
    (Scale(1024, 1024, 1),),
    {"style": (1024, 1024)},
    "lbfgs",
    10,
)


def test_a_step_is_forward_and_as_much_again_for_the_gradient():
    assert WORK.step_operations(SIZE, 0) == 2 * (FIRST + SECOND + GRAM)


def test_content_is_measured_to_its_own_layer_and_style_at_its_own_size():
    assert WORK.measuring_operations(SIZE, 0) == CONTENT_MEASURED + STYLE_MEASURED


def test_a_run_is_its_steps_what_is_measured_and_a_last_look():
    last = FIRST + SECOND + GRAM
    expected = 3 * 2 * last + CONTENT_MEASURED + STYLE_MEASURED + last
    assert workload(Scale(*SIZE, 3)).operations((0,)) == expected


def test_each_step_more_costs_as_much():
    runs = [workload(Scale(*SIZE, steps)).operations((0,)) for steps in (1, 2, 3)]
    assert runs[2] - runs[1] == runs[1] - runs[0] == WORK.step_operations(SIZE, 0)


def test_scales_add_up_and_one_without_steps_is_left_out():
    small = Scale(3, 2, 5)
    alone = workload(Scale(*SIZE, 3)).operations((0,))
    both = workload(small, Scale(*SIZE, 3)).operations((0, 0))
    assert both - alone == 5 * WORK.step_operations((3, 2), 0) + WORK.measuring_operations(
        (3, 2), 0
    )
    assert workload(small._replace(steps=0), Scale(*SIZE, 3)).operations((0, 0)) == alone


def test_without_terms_of_a_role_nothing_is_measured_for_it():
    assert WORK._replace(terms=TERMS[1:]).measuring_operations(SIZE, 0) == STYLE_MEASURED
    assert WORK._replace(terms=TERMS[:1]).measuring_operations(SIZE, 0) == CONTENT_MEASURED


def test_windows_cost_half_as_much_again_and_their_halos():
    """Forward twice and back once, of all that windows see; statistics once each way."""
    window, *more = plan_windows(VGG.network, VGG.terms, 256, 1024, 1024)
    share = (1 + len(more)) * window.rows.length * window.columns.length / 1024**2
    assert share > 1.5
    times = VGG.step_operations((1024, 1024), 256) / VGG.step_operations((1024, 1024), 0)
    assert times == pytest.approx(1.5 * share, rel=0.02)


def test_replicas_share_the_windows_round_by_round():
    """9 windows are 9, 5 or 3 rounds."""
    windows = plan_windows(VGG.network, VGG.terms, 400, 1024, 1024)
    assert len(windows) == 9
    alone, two, three = (
        VGG._replace(replicas=n).step_operations((1024, 1024), 400) for n in (1, 2, 3)
    )
    assert (alone * 5, alone) == (two * 9, three * 3)


def test_replicas_do_not_share_a_whole_picture():
    assert VGG._replace(replicas=2).step_operations((512, 512), 0) == VGG.step_operations(
        (512, 512), 0
    )


@pytest.mark.parametrize(
    ("cores", "any_size", "traces"),
    [((0, 0, 0, 0), True, 1), ((0, 0, 0, 0), False, 3), ((0, 0, 1, 1), True, 3)],
)
def test_seconds_are_operations_by_speed_and_tracing(cores, any_size, traces):
    """Scales that are painted whole are traced together where one trace serves every size."""
    scales = (Scale(3, 2, 0), Scale(3, 2, 5), Scale(*SIZE, 3), Scale(*SIZE, 3))
    work = workload(*scales, any_size=any_size)
    expected = traces * TRACING_SECONDS + work.operations(cores) / 100.0
    assert work.seconds(cores, 100.0) == expected


def test_a_second_style_is_measured_too():
    other = Term("other", "other", "block2_conv1", 1.0, "gram")
    both = workload(terms=(*TERMS, other), targets={"style": STYLE, "other": STYLE})
    more = both.measuring_operations(SIZE, 0) - WORK.measuring_operations(SIZE, 0)
    assert more == STYLE_MEASURED


def test_the_memory_of_a_scale_is_that_of_its_sizes():
    """A style shrinks as the picture does."""
    work = workload(Scale(128, 96, 2), Scale(256, 192, 2), targets={"style": (200, 100)})
    coarse = Sizes((128, 96), (128, 96), ((100, 50),))
    fine = Sizes((256, 192), (256, 192), ((200, 100),))
    for scale, sizes in zip(work.scales, (coarse, fine), strict=True):
        expected = estimate_bytes(work.layers, sizes, "float32", 7, ("block1_conv1",))
        assert work.bytes(scale, 0, 7) == expected


@pytest.mark.parametrize("size", [(48, 2000), (16, 400), (80, 80), (400, 17)])
def test_windows_that_are_planned_for_lie_inside_the_picture(size):
    """Where a side is under twice the halo a window is the whole side."""
    work = VGG._replace(scales=(Scale(*size, 1),), targets={"style": size})
    sizes = work.sizes(work.scales[0], 32)
    for evaluated in (sizes.evaluated, *sizes.styles):
        assert all(length <= side for length, side in zip(evaluated, size, strict=True))


def test_the_memory_of_a_statistic_counts_at_its_layer():
    """Five float32 arrays of 6 positions and 4 channels, and of 4,096 neighbours the features and
    the cosines with 1,024 positions."""
    nearest = TERMS[1]._replace(statistic="nearest")
    kept = [
        workload(terms=(term,), targets={}).bytes(Scale(*SIZE, 1), 0)
        for term in (TERMS[1], nearest)
    ]
    assert kept[1] - kept[0] == 5 * 4 * 6 * 4 + 4 * 4096 * (4 + 1024)


def test_what_a_statistic_keeps_of_a_large_style_counts_while_it_is_measured():
    """Of 2,000 x 2,000 positions and 4 channels."""
    kept = [
        workload(terms=(term,), targets={"style": (4000, 4000)}).bytes(Scale(*SIZE, 1), 0)
        for term in (TERMS[1], TERMS[1]._replace(statistic="histogram"))
    ]
    assert kept[1] - kept[0] == histogram_bytes(2000 * 2000, 4)


def test_a_chain_takes_a_product_of_both_layers():
    chained = TERMS[1]._replace(statistic="chained", finer=Finer("block1_conv1", 2))
    work = workload(terms=(chained,))
    assert work.step_operations(SIZE, 0) == 2 * (FIRST + SECOND + 6 * 2 * 4 * 2)


def test_edges_take_no_operations_and_give_windows_their_grid():
    edges = Term("edges", "content", LAPLACIAN, 1.0, "mean_squared")
    assert workload(terms=(edges,)).step_operations(SIZE, 0) == 0
    (first, *_) = plan_windows(TINY, (edges,), 32, 200, 200)
    assert first.rows.stop - first.rows.core_stop == 4 and first.rows.core_stop % 4 == 0
