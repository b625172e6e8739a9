"""Which optimiser paints which scale, by which windows, given the memory there is."""

import itertools
import math

import pytest

from tf_nst.errors import UserError
from tf_nst.model.networks import NETWORKS
from tf_nst.objective.terms import Term
from tf_nst.optim.optimizers import FALLBACK, OPTIMIZERS
from tf_nst.planning.plan import (
    Choice,
    Limits,
    Plan,
    fit_seconds,
    optimizer_bytes,
    plan,
    shortages,
    state_bytes,
)
from tf_nst.planning.schedule import Scale
from tf_nst.planning.workload import Workload

TERM = Term("style", "style", "block1_conv1", 1.0, "gram")
SCALES = (Scale(64, 48, 5), Scale(128, 96, 5), Scale(256, 192, 5))
LARGE = Scale(1500, 1100, 5)


def workload(name="lbfgs", scales=SCALES, **changes) -> Workload:
    return Workload(
        NETWORKS["vgg19"], (TERM,), "float32", scales, {"style": (64, 48)}, name, 10
    )._replace(**changes)


def planned(work: Workload, **limits) -> tuple[Plan, list[str]]:
    """The plan, and its lines."""
    chosen = plan(work, Limits(**limits))
    return chosen, shortages(work, chosen)


def need(work: Workload, scale: Scale, core: int, choice: Choice) -> int:
    """Bytes at which a scale just fits."""
    return work.bytes(scale, core) + optimizer_bytes(choice, scale, core)


# --- optimisers ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_where_there_is_room_all_scales_have_what_is_asked_for(name):
    chosen, lines = planned(workload(name))
    assert chosen.optimizers == (Choice(name, 10),) * 3 and lines == []


def test_just_enough_room_is_enough_and_one_byte_less_is_one_pair_less():
    work = workload()
    limit = need(work, SCALES[-1], 0, Choice("lbfgs", 10))
    assert planned(work, cores=(0,), bytes=limit)[1] == []
    chosen, lines = planned(work, cores=(0,), bytes=limit - 1)
    assert chosen.optimizers[-1] == Choice("lbfgs", 9)
    assert lines == ["memory is short: lbfgs keeps 9 of 10 pairs at 192×256"]


def test_where_not_even_a_pair_fits_the_fallback_takes_over():
    work = workload()
    limit = need(work, SCALES[-1], 0, Choice("lbfgs", 1)) - 1
    chosen, lines = planned(work, cores=(0,), bytes=limit)
    assert chosen.optimizers[-1] == Choice(FALLBACK, 0)
    assert lines[-1] == f"memory is short: lbfgs is replaced by {FALLBACK} at 192×256"


def test_each_scale_has_as_much_as_fits_beside_its_step():
    """The coarse ones more than the fine ones."""
    work = workload()
    limit = need(work, SCALES[-1], 0, Choice("lbfgs", 2))
    chosen, _ = planned(work, cores=(0,), bytes=limit)
    pairs = [choice.pairs for choice in chosen.optimizers]
    assert pairs == sorted(pairs, reverse=True) and pairs[-1] == 2


@pytest.mark.parametrize("name", ["adam", "sgd"])
def test_what_keeps_no_more_than_the_fallback_never_gives_way(name):
    chosen, lines = planned(workload(name), bytes=0.0)
    assert chosen.optimizers == (Choice(name, 10),) * 3 and lines == []


@pytest.mark.parametrize(
    ("name", "core", "pictures"),
    [("adam", 0, 4), ("adam", 64, 2), ("lbfgs", 0, 2 * 25), ("lbfgs", 64, 3 * 25), ("sgd", 64, 0)],
)
def test_an_optimiser_keeps_its_pictures_before_and_after_a_call_or_in_place(name, core, pictures):
    """Adam's moments are updated in place where there are windows; L-BFGS has 3 + 2 x 10, the two
    of the Adam that it falls back on, and by windows the update's own besides."""
    assert optimizer_bytes(Choice(name, 10), Scale(8, 6, 1), core) == pictures * 8 * 6 * 3 * 4


def test_the_pictures_of_an_optimiser_are_those_of_its_state():
    """Counted in the state itself: what is as large as the picture, channels and all."""
    import tensorflow as tf

    from tf_nst.optim.optimizers import Settings, make_optimizer

    image = tf.zeros([1, 8, 6, 3])
    for name, pairs in itertools.product(OPTIMIZERS, (1, 4)):
        state = make_optimizer(name, Settings(1.0, pairs)).init(image)
        values = sum(int(tf.size(leaf)) for leaf in tf.nest.flatten(state) if leaf.ndim >= 4)
        planes = values / (8 * 6 * 3)
        assert OPTIMIZERS[name].pictures(pairs) == math.floor(planes)


def test_of_a_scale_without_steps_nothing_is_said():
    work = workload(scales=(SCALES[0], SCALES[-1]._replace(steps=0)))
    limit = need(work, SCALES[0], 0, Choice("lbfgs", 10))
    chosen, lines = planned(work, cores=(0,), bytes=limit)
    assert chosen.optimizers[1] != chosen.optimizers[0] and lines == []


# --- windows ---------------------------------------------------------------------------------


def cores(work: Workload, **limits) -> tuple[int, ...]:
    return plan(work, Limits(**limits)).cores


@pytest.mark.parametrize(
    ("requested", "expected"),
    [
        ((256,), (0, 256)),
        ((0,), (0, 0)),
        ((64,), (0, 64)),
        ((4096,), (0, 0)),
        ((32, 512), (32, 512)),
        ((0, 512), (0, 512)),
        ((64, 0), (0, 0)),
    ],
)
def test_windows_that_are_asked_for_are_taken_where_the_scale_is_larger(requested, expected):
    assert cores(workload(scales=(SCALES[0], LARGE)), cores=requested) == expected


def test_where_the_whole_picture_fits_there_are_no_windows():
    assert cores(workload(scales=(SCALES[0], LARGE))) == (0, 0)


def test_the_largest_windows_that_fit_are_taken_and_at_last_the_least():
    work = workload("adam", (LARGE,))
    for core in (1024, 512, 256):
        limit = need(work, LARGE, core, Choice("adam", 5))
        assert cores(work, bytes=limit) == (core,)
        assert cores(work, bytes=limit - 1)[0] < core
    assert cores(work, bytes=0.0) == (128,)


def test_half_of_the_pairs_are_worth_more_than_the_whole_picture_at_once():
    work = workload("lbfgs", (LARGE,))
    limit = need(work, LARGE, 0, Choice("lbfgs", 5))
    assert cores(work, bytes=limit) == (0,)
    assert cores(work, bytes=limit - 1) != (0,)


# --- the peak, and seconds -------------------------------------------------------------------


def test_the_peak_is_that_of_the_scale_that_needs_most():
    """A whole scale of 700 pixels needs more than one of 1500 by windows of 128."""
    scales = (Scale(700, 700, 5), LARGE)
    work = workload("adam", scales)
    chosen = plan(work, Limits(cores=(0, 128)))
    each = [
        need(work, scale, core, choice)
        for scale, core, choice in zip(scales, chosen.cores, chosen.optimizers, strict=True)
    ]
    assert each[0] > each[1] and chosen.peak_bytes == each[0]


def test_a_scale_without_steps_needs_nothing():
    work = workload("adam", (Scale(700, 700, 0), SCALES[0]))
    assert plan(work, Limits(cores=(0,))).peak_bytes < work.bytes(work.scales[0], 0)


def test_a_state_holds_what_the_optimiser_keeps_and_three_pictures():
    assert state_bytes(Choice("adam", 10), Scale(8, 6, 1)) == 5 * 8 * 6 * 3 * 4
    assert state_bytes(Choice("lbfgs", 10), Scale(8, 6, 1)) == 28 * 8 * 6 * 3 * 4


@pytest.mark.parametrize("core", [0, 128])
def test_states_are_written_in_the_background_where_there_is_room_for_one(core):
    """How the picture is painted is the same, with states or without."""
    work, choice = workload(scales=(LARGE,)), Choice("lbfgs", 10)
    without, state = need(work, LARGE, core, choice), state_bytes(choice, LARGE)
    options = {"cores": (core,), "speed": 1e9}
    for limit, background, peak in (
        (without + state, True, without + state),
        (without + state - 1, False, without),
    ):
        chosen = plan(work._replace(states=True), Limits(bytes=limit, **options))
        assert (chosen.background, chosen.peak_bytes) == (background, peak)
        painted = plan(work, Limits(bytes=limit, **options))
        assert painted.peak_bytes == without
        assert painted._replace(peak_bytes=peak) == chosen


def test_seconds_are_those_of_the_workload():
    work = workload()
    assert plan(work, Limits(speed=1e9)).seconds == work.seconds((0, 0, 0), 1e9)


def test_as_many_steps_as_fit_into_the_seconds_and_one_more_does_not():
    work, limits = workload(scales=(Scale(256, 192, 1),)), Limits(speed=1e9)
    scales = fit_seconds(work, limits, 2, 60.0, 5.0)
    assert len(scales) == 2
    assert 5.0 + plan(work._replace(scales=scales), limits).seconds <= 60.0
    longer = (*scales[:-1], scales[-1]._replace(steps=scales[-1].steps + 1))
    assert 5.0 + plan(work._replace(scales=longer), limits).seconds > 60.0


# --- what does not add up --------------------------------------------------------------------


def test_what_does_not_add_up_is_painted_whole_however_short_the_memory():
    sliced = TERM._replace(statistic="sliced")
    chosen, lines = planned(workload(scales=(LARGE,), terms=(sliced,)), bytes=1.0)
    assert chosen.cores == (0,) and lines
    assert planned(workload(scales=(LARGE,)), bytes=1.0)[0].cores[0] > 0


def test_windows_of_what_does_not_add_up_are_refused_before_the_network_is_loaded():
    work = workload(scales=(LARGE,), terms=(TERM._replace(statistic="nearest"),))
    with pytest.raises(UserError, match=r"^--tile: style does not add up over positions"):
        planned(work, cores=(512,))
    assert planned(work, cores=(2048,))[0].cores == (0,)
