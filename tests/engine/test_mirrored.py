"""A batch spread over two logical CPUs is the batch on one."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from jobs import SIZE
from mirroring import CASES
from tolerances import assert_close, assert_within


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, np.ndarray]:
    """What mirroring.py wrote."""
    path = tmp_path_factory.mktemp("mirrored") / "found.npz"
    here = Path(__file__).parent
    folders = os.pathsep.join(map(str, (here.parents[1], here.parent)))
    before = os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (folders, before)))}
    command = [sys.executable, str(here / "mirroring.py"), str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    with np.load(path) as arrays:
        return dict(arrays)


def part(found: dict[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    return {key.removeprefix(prefix): it for key, it in found.items() if key.startswith(prefix)}


@pytest.mark.parametrize("case", CASES)
def test_two_devices_paint_what_one_paints(found, case):
    """Every value on the way, the picture, its own values, and what was told."""
    one, two = (part(found, f"{case}/{name}/") for name in ("cpu", "mirrored"))
    assert one.keys() == two.keys() and one["image"].shape[0] == CASES[case][1]
    assert list(one["lines"]) == list(two["lines"])
    for what in one.keys() - {"lines"}:
        assert_close(two[what], one[what], "float32")


def test_two_devices_share_the_windows_of_one_picture(found):
    """Sums of other windows are added in another order."""
    one, two = (part(found, f"windows/{name}/") for name in ("cpu", "mirrored"))
    assert one.keys() == two.keys() and one["image"].shape == (1, *SIZE, 3)
    for what in one.keys() - {"lines"}:
        assert_within(two[what], one[what], 1e-4)


def test_where_one_picture_fails_the_others_go_on_as_they_were(found):
    """The dark one of two, in both scales."""
    lines = found["gives up/mirrored/lines"]
    ends = [line.split(": ")[1] for line in lines]
    assert ends == ["the line search found no lower loss for 1 of 2 pictures, Adam continues"] * 2
    assert found["gives up/mirrored/values"].shape[1:] == (9, 2)


def test_where_one_picture_is_not_finite_the_step_is_told(found):
    (line,) = found["breaks/mirrored/lines"]
    assert "at step 3:" in line


def test_one_picture_takes_one_device_and_says_so(found):
    assert list(found["lines"]) == [
        "devices used: 1 of 2, since each picture, or window of --tile, takes one"
    ]
    alone, both = found["names"]
    assert both == f"2 × {alone}" and alone.startswith("CPU (")


def test_replicas_exchange_nothing(found):
    kinds = set(found["operations"])
    assert "Conv2D" in kinds
    exchanging = ("Collective", "Nccl", "Reduce", "AddN", "_Send", "_Recv")
    assert not [kind for kind in kinds if kind.startswith(exchanging)]
