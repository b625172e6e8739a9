"""--strategy of the command: what is told and recorded of devices, and what is refused."""

import json

import pytest
from command_line import assert_fine, settings


@pytest.mark.parametrize("name", ["auto", "cpu"])
def test_record_and_flag_file_tell_the_devices_that_were_taken(folder, paint_here, name):
    """So that the flag file paints what it did before, or refuses; auto finds the CPU here."""
    ran = paint_here("--output=a.png", f"--strategy={name}")
    assert_fine(ran)
    device = json.loads((folder / "a.json").read_text())["device"]
    assert device.startswith("CPU (") and f"device   {device}, " in ran.out
    assert settings(folder / "a.cfg")["strategy"] == "cpu"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gpu", "gpu expects a GPU"),
        ("mirrored", "mirrored expects several"),
        ("tpu", "tpu expects"),
    ],
)
def test_devices_that_are_not_there_are_refused_in_a_line_before_the_weights(
    folder, run_here, name, expected
):
    """The weights are no file either."""
    ran = run_here(
        *("--content=photo.png", "--style=painting.png", "--weights=nowhere.h5"),
        f"--strategy={name}",
    )
    assert ran.code == 2
    assert ran.err.startswith(f"tf_nst: --strategy: {expected}") and ran.err.count("\n") == 1
    assert "CPU:0" in ran.err
