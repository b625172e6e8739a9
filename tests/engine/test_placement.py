"""The devices of the strategy are those that compute, by every plan."""

import json

import pytest
from placement import PLANS


@pytest.fixture(scope="module")
def places(on_two_devices) -> dict:
    """What placement.py wrote."""
    return json.loads((on_two_devices / "places.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("plan", PLANS)
def test_one_device_that_is_not_the_default_computes_everything(places, plan):
    assert places["second"][plan] == ["CPU:1"]


def test_of_several_the_first_computes_whole_pictures_and_all_share_windows(places):
    assert places["mirrored"]["whole"] == ["CPU:0"]
    assert places["mirrored"]["windows"] == places["mirrored"]["both"] == ["CPU:0", "CPU:1"]
