"""The devices of the strategy are those that compute, by every plan."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from placement import PLANS


@pytest.fixture(scope="module")
def places(tmp_path_factory) -> dict:
    """What placement.py wrote."""
    path = tmp_path_factory.mktemp("placement") / "places.json"
    here = Path(__file__).parent
    folders = os.pathsep.join(map(str, (here.parents[1], here.parent, here.parent / "..")))
    environment = {**os.environ, "PYTHONPATH": folders}
    command = [sys.executable, str(here / "placement.py"), str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("plan", PLANS)
def test_one_device_that_is_not_the_default_computes_everything(places, plan):
    assert places["second"][plan] == ["CPU:1"]


def test_of_several_the_first_computes_whole_pictures_and_all_share_windows(places):
    assert places["mirrored"]["whole"] == ["CPU:0"]
    assert places["mirrored"]["windows"] == places["mirrored"]["both"] == ["CPU:0", "CPU:1"]
