"""A batch spread over two logical CPUs is the batch on one."""

import numpy as np
import pytest
from jobs import SIZE
from mirroring import CASES, JOBS
from tolerances import assert_close, assert_within


@pytest.fixture(scope="module")
def results(on_two_devices) -> dict[str, np.ndarray]:
    """What mirroring.py wrote."""
    with np.load(on_two_devices / "mirrored.npz") as arrays:
        return dict(arrays)


def part(results: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {key.removeprefix(prefix): it for key, it in results.items() if key.startswith(prefix)}


@pytest.mark.parametrize("case", CASES)
def test_two_devices_paint_what_one_paints(results, case):
    """Every value on the way, the picture, its own values, and what was told."""
    one, two = (part(results, f"{case}/{name}/") for name in ("cpu", "mirrored"))
    assert one.keys() == two.keys() and one["image"].shape[0] == CASES[case][1]
    assert list(one["lines"]) == list(two["lines"])
    for what in one.keys() - {"lines"}:
        assert_close(two[what], one[what], "float32")


@pytest.mark.parametrize("case", JOBS)
def test_two_devices_share_windows_and_the_parts_of_a_blend(results, case):
    """Sums of other windows are added in another order."""
    one, two = (part(results, f"{case}/{name}/") for name in ("cpu", "mirrored"))
    assert one.keys() == two.keys() and one["image"].shape[1:] == (*SIZE, 3)
    for what in one.keys() - {"lines"}:
        assert_within(two[what], one[what], 1e-4)


def test_where_one_picture_fails_the_others_go_on_as_they_were(results):
    """The dark one of two, in both scales."""
    lines = results["gives up/mirrored/lines"]
    ends = [line.split(": ")[1] for line in lines]
    assert ends == ["the line search found no lower loss for 1 of 2 pictures, Adam continues"] * 2
    assert results["gives up/mirrored/values"].shape[1:] == (9, 2)


def test_where_one_picture_is_not_finite_the_step_is_told(results):
    (line,) = results["breaks/mirrored/lines"]
    assert "at step 3:" in line


def test_one_picture_takes_one_device_and_says_so(results):
    assert list(results["lines"]) == [
        "devices used: 1 of 2, since each picture, or window of --tile, takes one"
    ]
    alone, both = results["names"]
    assert both == f"2 × {alone}" and alone.startswith("CPU (")


def test_replicas_exchange_nothing(results):
    kinds = set(results["operations"])
    assert "Conv2D" in kinds
    exchanging = ("Collective", "Nccl", "Reduce", "AddN", "_Send", "_Recv")
    assert not [kind for kind in kinds if kind.startswith(exchanging)]
