"""How far to go along a line: known trials, the conditions they meet, giving up, batches."""

import numpy as np
import pytest
import tensorflow as tf

from tf_nst.optim.line_search import (
    CURVATURE,
    MOST_TRIALS,
    SUFFICIENT_DECREASE,
    Point,
    begin,
    gave_up,
    strong_wolfe,
    tolerant,
)


def parabola(goal: float, scale: float = 1.0):
    """scale (rate - goal)^2 and its slope."""
    return lambda rate: (scale * (rate - goal) ** 2, scale * 2 * (rate - goal))


def at(functions, rates) -> Point:
    """Each function at its rate."""
    with np.errstate(all="ignore"):
        both = np.array([function(rate) for function, rate in zip(functions, rates, strict=True)])
    return Point(*(tf.constant(both[:, index], tf.float64) for index in range(2)))


def follow(search, functions, rate=1.0) -> list[list[float]]:
    """The rates that the search tries on each function; the last is accepted, or all are made."""
    start = at(functions, np.zeros(len(functions)))
    state, tried = begin(start, rate), [[] for _ in functions]
    open_rows = set(range(len(functions)))
    while open_rows:
        rates = state.rate.numpy()
        accepted, state = search(state, start, at(functions, rates))
        for row in list(open_rows):
            tried[row].append(float(rates[row]))
            if accepted[row] or gave_up(state)[row]:
                open_rows.remove(row)
    return tried


def was_accepted(search, function, rates: list[float]) -> bool:
    """Whether the last of these rates, which `follow` gave, was accepted."""
    start = at([function], [0.0])
    state = begin(start, rates[0])
    for rate in rates:
        accepted, state = search(state, start, at([function], [rate]))
    return bool(accepted[0])


def kink(rate):
    """|rate - 1/3|: nowhere is its slope less than at the start."""
    return abs(rate - 1 / 3), 1.0 if rate > 1 / 3 else -1.0


def cliff(rate):
    """Says that it falls, and is higher everywhere else."""
    return (1.0, -1.0) if rate == 0 else (2.0, -1.0)


# --- strong Wolfe, by hand -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "tried"),
    [
        # The slope at the start is -2 goal, that at the rate 2 (rate - goal).
        (1.0, [1.0]),
        (10.5, [1.0, 2.0]),  # slopes -21, -19 (more than 0.9 of it), -17
        (40.0, [1.0, 2.0, 4.0]),  # slopes -80, -78, -76, -72
        (0.2, [1.0, 0.2]),  # higher than the start; the parabola through it has its least at 0.2
        (0.51, [1.0, 0.51]),  # lower than the start, but the slope has turned: 0.98 after -1.02
        (0.02, [1.0, 0.1, 0.02]),  # no less than a tenth of the way at once
        (0.003, [1.0, 0.1, 0.01, 0.003]),
    ],
)
def test_strong_wolfe_on_a_parabola(goal, tried):
    (rates,) = follow(strong_wolfe(), [parabola(goal)])
    np.testing.assert_allclose(rates, tried, rtol=1e-12)
    assert was_accepted(strong_wolfe(), parabola(goal), rates)


def test_between_two_rates_the_least_of_the_parabola_is_tried():
    """After 1, 2 and 4 it lies between 2, with slope -9.4, and 4, whose loss is 16 higher."""
    slopes = {0.0: -10.0, 1.0: -9.5, 2.0: -9.4, 4.0: 20.0}
    losses = {0.0: 100.0, 1.0: 90.0, 2.0: 80.0, 4.0: 96.0}

    def function(rate):
        return losses.get(rate, 70.0), slopes.get(rate, 0.0)

    (rates,) = follow(strong_wolfe(), [function])
    # share = 9.4 * 2 / (2 * (96 - 80 + 9.4 * 2)) of the way of 2
    np.testing.assert_allclose(rates, [1.0, 2.0, 4.0, 2 + 2 * 18.8 / 69.6], rtol=1e-12)


@pytest.mark.parametrize("scale", [1e-20, 1e20])
def test_the_scale_of_the_loss_does_not_matter(scale):
    for goal in (0.02, 0.51, 40.0):
        one, other = follow(strong_wolfe(), [parabola(goal), parabola(goal, scale)])
        np.testing.assert_allclose(one, other, rtol=1e-12)


# --- strong Wolfe, what is accepted ----------------------------------------------------------


def rational(rate, beta=2.0):
    return -rate / (rate**2 + beta), (rate**2 - beta) / (rate**2 + beta) ** 2


def polynomial(rate, beta=0.004):
    there = rate + beta
    return there**5 - 2 * there**4, 5 * there**4 - 8 * there**3


def wavy(rate, beta=0.01, waves=39):
    """A V, its tip rounded, with ripples that turn the slope 39 times between 0 and 2."""
    if abs(rate - 1) < beta:
        smooth, slope = (rate - 1) ** 2 / (2 * beta) + beta / 2, (rate - 1) / beta
    else:
        smooth, slope = abs(rate - 1), np.sign(rate - 1)
    inner = waves * np.pi / 2
    ripple = 2 * (1 - beta) / (waves * np.pi) * np.sin(inner * rate)
    return smooth + ripple, slope + (1 - beta) * np.cos(inner * rate)


@pytest.mark.parametrize(("function", "least"), [(rational, 7), (polynomial, 2), (wavy, 5)])
def test_what_strong_wolfe_accepts_meets_both_conditions(function, least):
    """The functions of Moré and Thuente 1994, section 5, from rates far too short and too long.

    Where the slope at the start is next to nothing, all trials may not be enough: then the last
    meets the first condition alone. Both are met from `least` of these rates.
    """
    both = 0
    for rate in (1e-3, 1e-2, 0.1, 1.0, 10.0, 1e2, 1e3):
        (rates,) = follow(strong_wolfe(), [function], rate)
        assert was_accepted(strong_wolfe(), function, rates)
        (loss, slope), (start, first) = function(rates[-1]), function(0.0)
        assert loss <= start + SUFFICIENT_DECREASE * rates[-1] * first + 1e-6 * abs(start)
        if len(rates) < MOST_TRIALS:
            both += 1
            assert abs(slope) <= CURVATURE * abs(first)
    assert both >= least


def test_where_the_slope_never_eases_the_last_trial_is_the_best_rate_so_far():
    (rates,) = follow(strong_wolfe(), [kink])
    assert len(rates) == MOST_TRIALS
    assert was_accepted(strong_wolfe(), kink, rates)
    lower = [rate for rate in rates if kink(rate)[0] < kink(0.0)[0]]
    assert rates[-1] == min(lower, key=lambda rate: kink(rate)[0])


def test_a_rise_within_rounding_is_no_success_of_the_last_trial():
    """A slope that says it falls where it rises: short trials are as high as the start."""

    def lying(rate):
        return 1.0 + rate, -1.0

    (rates,) = follow(strong_wolfe(), [lying])
    assert len(rates) == MOST_TRIALS and rates[-1] < 1e-6
    assert not was_accepted(strong_wolfe(), lying, rates)


@pytest.mark.parametrize(("rise", "accepted"), [(0.9e-6, True), (1.1e-6, False)])
def test_losses_count_as_equal_within_their_rounding(rise, accepted):
    def flat(rate):
        return (5.0, -1e-12) if rate == 0 else (5.0 * (1 + rise), 0.0)

    assert was_accepted(strong_wolfe(), flat, [1.0]) == accepted


@pytest.mark.parametrize("wall", [np.inf, np.nan])
def test_strong_wolfe_comes_back_from_a_loss_that_is_not_finite(wall):
    def function(rate):
        return parabola(0.02)(rate) if rate < 0.05 else (wall, wall)

    (rates,) = follow(strong_wolfe(), [function])
    assert np.isfinite(rates).all() and rates[-1] < 0.05
    assert was_accepted(strong_wolfe(), function, rates)


# --- tolerant --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "tried"), [(40.0, [1.0]), (0.51, [1.0]), (0.2, [1.0, 0.3]), (0.05, [1, 0.3, 0.09])]
)
def test_tolerant_goes_back_until_the_loss_is_not_higher(goal, tried):
    (rates,) = follow(tolerant(), [parabola(goal)])
    np.testing.assert_allclose(rates, tried, rtol=1e-12)


@pytest.mark.parametrize("loss", [3.0, -3.0])
@pytest.mark.parametrize(("rise", "accepted"), [(0.9e-2, True), (1.1e-2, False)])
def test_tolerant_takes_a_rise_within_its_share(loss, rise, accepted):
    def function(rate):
        return loss + (rate > 0) * rise * abs(loss), -1.0

    assert was_accepted(tolerant(rise=1e-2), function, [1.0]) == accepted


def test_tolerant_shrinks_by_its_share():
    (rates,) = follow(tolerant(shrink=0.5), [parabola(0.1)])
    assert rates == [1.0, 0.5, 0.25, 0.125]


# --- both ------------------------------------------------------------------------------------

both_searches = pytest.mark.parametrize(
    "search", [strong_wolfe(), tolerant()], ids=["wolfe", "tol"]
)


@both_searches
def test_a_search_gives_up_after_all_trials(search):
    (rates,) = follow(search, [cliff])
    assert len(rates) == MOST_TRIALS
    assert rates == sorted(rates, reverse=True) and rates[-1] > 0
    assert not was_accepted(search, cliff, rates)


@both_searches
def test_rows_of_a_batch_do_not_see_each_other(search):
    functions = [parabola(40.0), cliff, kink, parabola(0.003), wavy, parabola(0.51, 1e6)]
    together = follow(search, functions, 0.5)
    for function, rates in zip(functions, together, strict=True):
        assert follow(search, [function], 0.5) == [rates]


@both_searches
def test_a_search_keeps_its_structure_and_dtypes(search):
    start = at([cliff], [0.0])
    before = begin(start, 1.0)
    _, after = search(before, start, at([cliff], [1.0]))
    tf.nest.assert_same_structure(before, after)
    for old, new in zip(tf.nest.flatten(before), tf.nest.flatten(after), strict=True):
        assert (old.shape, old.dtype) == (new.shape, new.dtype)
