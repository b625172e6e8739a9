"""Rates, starts and lengths from packets, by hand."""

from fractions import Fraction

import pytest

from tf_nst.video.timing import USUAL_RATE, Timing, timing_of

MS = Fraction(1, 1000)


def test_a_constant_rate_in_any_order_of_packets():
    packets = [(0, 1), (3, 1), (1, 1), (2, 1)]
    timing = timing_of(packets, Fraction(1, 24), [Fraction(24)])
    assert timing == Timing(4, Fraction(0), Fraction(4, 24), Fraction(24))


def test_a_clock_of_milliseconds_hides_no_constant_rate():
    """0, 33, 67, 100 are thirds of 100, rounded; the frames' times are the thirds themselves."""
    packets = [(ticks, 33) for ticks in (0, 33, 67, 100, 133)]
    timing = timing_of(packets, MS, [Fraction(25), Fraction(30)])
    assert (timing.rate, timing.duration) == (30, Fraction(5, 30))
    assert timing.time_of(67, MS, 2) == Fraction(2, 30)


@pytest.mark.parametrize(
    "ticks", [(0, 33, 100), (0, 33, 34, 100), (0, 33, 80, 100)], ids=["gap", "twice", "off"]
)
def test_frames_that_last_differently_long_have_no_rate(ticks):
    timing = timing_of([(it, 33) for it in ticks], MS, [Fraction(30)])
    assert timing.rate is None
    assert timing.duration == Fraction(133, 1000)
    assert timing.time_of(ticks[-1], MS, 9) == Fraction(1, 10)


def test_the_start_is_the_least_time_and_counts_as_zero():
    timing = timing_of([(1440, 40), (1400, 40), (1480, 40)], MS, [Fraction(25)])
    assert timing.start == Fraction(14, 10)
    assert timing.time_of(1440, MS, 1) == Fraction(1, 25)


def test_the_last_frame_counts_with_its_length():
    timing = timing_of([(0, 100), (100, 300), (400, 2000)], MS, [Fraction(10)])
    assert (timing.rate, timing.duration) == (None, Fraction(12, 5))


def test_without_times_frames_are_evenly_spaced():
    timing = timing_of([(None, 0)] * 5, MS, [])
    assert timing == Timing(5, Fraction(0), 5 / USUAL_RATE, USUAL_RATE)
    assert timing.time_of(None, MS, 3) == 3 / USUAL_RATE


def test_second_fields_are_no_frames_but_more_frames_of_a_packet_are():
    fields = [(ticks, 40) for it in range(0, 200, 40) for ticks in (it, None)]
    for rates in ([Fraction(25)], [Fraction(50), Fraction(25)]):
        assert timing_of(fields, MS, rates) == Timing(5, Fraction(0), Fraction(1, 5), 25)
    pairs = [(ticks, 40) for it in range(0, 400, 80) for ticks in (it, None)]
    assert timing_of(pairs, MS, [Fraction(25)]) == Timing(10, Fraction(0), Fraction(2, 5), 25)


def test_no_packet_at_all():
    assert timing_of([], MS, [Fraction(30)]).frames == 0
