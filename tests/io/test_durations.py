"""Seconds in words."""

import pytest

from tf_nst.io.durations import duration, roughly


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.4, "0 s"),
        (59.4, "59 s"),
        (59.6, "1 min 00 s"),
        (185, "3 min 05 s"),
        (3599.4, "59 min 59 s"),
        (3599.6, "1 h 00 min"),
        (7620, "2 h 07 min"),
        (7679.9, "2 h 08 min"),
        (360000, "100 h 00 min"),
    ],
)
def test_durations_are_for_a_person(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "1 s"),
        (4.4, "4 s"),
        (42, "40 s"),
        (97, "95 s"),
        (98, "2 min"),
        (380, "6 min"),
        (5940, "99 min"),
        (6000, "2 h"),
        (36000, "10 h"),
    ],
)
def test_a_guess_is_round(seconds, text):
    assert roughly(seconds) == text
