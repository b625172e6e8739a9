"""--seconds: as many steps as fit, told, written into the flag file, and painted again."""

import json
import re

import numpy as np
import pytest
from command_line import FILES, SHORT, assert_fine, parsed, pixels, settings

from tf_nst.cli.flags import config_from_flags
from tf_nst.engine import resources
from tf_nst.errors import UserError

pytestmark = pytest.mark.usefixtures("one_engine")

# So slow that a step at 32×24 pixels takes three minutes, of which a start is a small part.
SPEED = 1e6
QUICK = (*FILES, *SHORT, "--optimizer=adam", "--output=out.png")


@pytest.fixture(autouse=True)
def speed(monkeypatch):
    """Devices of the same speed on every machine."""
    monkeypatch.setattr(resources, "network_speed", lambda layers, strategy, dtype: SPEED)


def steps_of(*flags: str) -> tuple[tuple[int, ...], float | None]:
    """The steps and seconds of these flags, as the config has them."""
    config = config_from_flags(parsed(*FILES, *flags))
    return config.steps, config.seconds


# --- what is painted ---------------------------------------------------------------------------


def test_the_steps_are_told_recorded_and_painted_again(folder, run_here):
    ran = run_here(*QUICK, "--size=64", "--scales=2", "--seconds=10000")
    assert_fine(ran)
    note = re.search(
        r"^--seconds=10000 allows (\d+) steps: (\d+) at 45×34, (\d+) at 64×48$", ran.out, re.M
    )
    total, *steps = map(int, note.groups())
    assert total == sum(steps) > 4
    flags = settings(folder / "out.cfg")
    assert (flags["steps"], flags["scales"]) == (",".join(map(str, steps)), "2")
    assert "seconds" not in flags
    record = json.loads((folder / "out.json").read_text())
    assert [scale["steps"] for scale in record["scales"]] == steps
    assert_fine(run_here("--flagfile=out.cfg", "--output=again.png"))
    np.testing.assert_array_equal(pixels(folder / "out.png"), pixels(folder / "again.png"))


def test_more_seconds_are_more_steps(folder, run_here):
    def steps(seconds: float) -> int:
        ran = run_here(*QUICK, "--size=32", "--scales=1", f"--seconds={seconds}")
        return int(re.search(r"allows (\d+) steps", ran.out)[1])

    assert 0 < steps(1000) < steps(2000)


# --- with a flag file --------------------------------------------------------------------------


def test_seconds_of_the_command_line_override_steps_of_a_flag_file(tmp_path):
    (tmp_path / "steps.cfg").write_text("--steps=200\n")
    assert steps_of(f"--flagfile={tmp_path}/steps.cfg", "--seconds=30")[1] == 30


def test_steps_of_the_command_line_override_seconds_of_a_flag_file(tmp_path):
    (tmp_path / "seconds.cfg").write_text("--seconds=30\n")
    assert steps_of(f"--flagfile={tmp_path}/seconds.cfg", "--steps=7") == ((7,), None)


def test_the_last_of_flag_files_counts(tmp_path):
    """As with every flag; files may name others."""
    (tmp_path / "steps.cfg").write_text("--steps=7\n")
    (tmp_path / "seconds.cfg").write_text("--seconds=30\n")
    (tmp_path / "both.cfg").write_text(f"--flagfile={tmp_path}/steps.cfg\n--seconds=40\n")
    steps, seconds, both = (
        f"--flagfile={tmp_path}/{it}.cfg" for it in ("steps", "seconds", "both")
    )
    assert steps_of(seconds)[1] == steps_of(steps, seconds)[1] == 30
    assert steps_of(seconds, steps) == ((7,), None)
    assert steps_of(both)[1] == 40


# --- refusals ----------------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "-0.0"])
def test_seconds_that_are_none_are_refused(folder, run_here, seconds):
    ran = run_here(*QUICK, f"--seconds={seconds}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("tf_nst: --seconds: expected a finite number above 0, received ")
    assert ran.err.count("\n") == 1


def test_text_is_refused(folder, run_here):
    ran = run_here(*QUICK, "--seconds=soon")
    assert ran.err == "tf_nst: --seconds: expected a finite number above 0, received 'soon'\n"


def test_seconds_and_steps_on_one_command_line_are_refused(folder, run_here):
    ran = run_here(*QUICK, "--seconds=30", "--steps=5")
    line = "tf_nst: --seconds and --steps: expected one of them, received 30.0 and 5\n"
    assert (ran.code, ran.err) == (2, line)


def test_too_few_seconds_are_refused_with_what_is_needed(folder, run_here):
    ran = run_here(*QUICK, "--size=32", "--seconds=100")
    line = r"tf_nst: --seconds: expected about (\d+) or more for a step at 32×24, received 100\n"
    needed = int(re.fullmatch(line, ran.err)[1])
    assert ran.code == 2 and needed > 180
    assert sorted(path.name for path in folder.iterdir()) == ["painting.png", "photo.png"]
    assert_fine(run_here(*QUICK, "--size=32", f"--seconds={needed + 100}"))


def test_less_than_a_step_for_each_scale_is_refused(folder, run_here):
    ran = run_here(*QUICK, "--size=64", "--scales=2", "--seconds=2")
    assert "for a step at 2 sizes up to 64×48 pixels, received 2\n" in ran.err


def test_workers_take_steps(tmp_path):
    with pytest.raises(UserError, match=r"^--strategy and --seconds: .* expected --steps"):
        steps_of("--strategy=workers", "--tile=64", "--seconds=30")
