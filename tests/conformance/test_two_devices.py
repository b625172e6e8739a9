"""Two logical CPUs give what one gives, of every statistic: a batch, and windows of a picture."""

import numpy as np
import pytest
from tolerances import assert_close

from conformance.samples import additive_ones, every_statistic
from conformance.two_devices import PICTURES


@pytest.fixture(scope="module")
def results(on_two_devices) -> dict[str, np.ndarray]:
    """What two_devices.py wrote."""
    with np.load(on_two_devices / "statistics.npz") as arrays:
        return dict(arrays)


def test_there_are_two_devices(results):
    assert (results["cpu/devices"], results["mirrored/devices"]) == (1, 2)


@every_statistic
@pytest.mark.parametrize("part", ["loss", "gradient"])
def test_a_batch_spread_over_two_equals_the_batch_on_one(results, statistic, part):
    one, two = (results[f"{name}/{statistic}/batch/{part}"] for name in ("cpu", "mirrored"))
    assert len(one) == PICTURES and len(np.unique(one.reshape(PICTURES, -1), axis=0)) == PICTURES
    assert_close(two, one, "float64")


@additive_ones
@pytest.mark.parametrize("part", ["loss", "gradient"])
def test_windows_shared_by_two_equal_those_of_one(results, statistic, part):
    one, two = (results[f"{name}/{statistic}/windows/{part}"] for name in ("cpu", "mirrored"))
    assert np.any(one)
    assert_close(two, one, "float64")
