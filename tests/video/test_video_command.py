"""`tf-nst video`: from a film to a film, killed and gone on with; frames that fail."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from film_inputs import FLAGS, pictures, write_inputs

from tf_nst.cli.main import main

COMMAND = [sys.executable, "-c", "from tf_nst.cli.main import console; console()"]


def arguments(folder: Path, output: str, *flags: str) -> list[str]:
    """The command's arguments."""
    given = [folder / "clip", folder / "style.png", "-o", folder / output]
    return ["tf-nst", "video", *map(str, given), *FLAGS, *flags]


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    """A folder with a film, a style, and `whole`, the film painted without a break."""
    folder = write_inputs(tmp_path_factory.mktemp("films"))
    assert main(arguments(folder, "whole", "--preview")) == 0
    return folder


def test_all_frames_are_painted_and_the_work_folder_is_gone(inputs):
    painted = pictures(inputs / "whole")
    assert len(painted) == 5 and painted[0].shape == (24, 32, 3)
    assert not (inputs / "whole.frames").exists()


def test_the_record_says_what_was_painted(inputs):
    record = json.loads((inputs / "whole.json").read_text())
    assert record["film"]["frames"] == 5 and record["film"]["failed"] == {}
    assert record["film"]["shots"] == [[0, 5]]
    assert record["film"]["frame_steps"] == 2
    assert [frame["steps"] for frame in record["frames"]] == [3, 2, 2, 2, 2]
    assert record["first"]["settings"]["size"] == 32


def test_the_preview_is_a_strip_of_small_frames(inputs):
    from PIL import Image

    assert Image.open(inputs / "whole.preview.png").size == (32, 24)


@pytest.mark.posix
def test_a_killed_film_goes_on_to_the_same_frames(inputs):
    """SIGKILL after the second frame: nothing of the processes is asked."""
    command = [*COMMAND, *arguments(inputs, "killed")[1:]]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    paint = inputs / "killed.frames" / "paint"
    while len(list(paint.glob("*.png")) if paint.is_dir() else []) < 2:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert not (inputs / "killed").exists()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "1/5" not in done.stdout and "5/5" in done.stdout
    for one, other in zip(pictures(inputs / "killed"), pictures(inputs / "whole"), strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_flag_file_paints_the_same_again(inputs, capsys):
    flag_file = inputs / "whole.cfg"
    assert "tf-nst video --flagfile=whole.cfg" in flag_file.read_text()
    again = ["tf-nst", "video", f"--flagfile={flag_file}", f"--output={inputs / 'again'}"]
    assert main(again) == 0
    for one, other in zip(pictures(inputs / "again"), pictures(inputs / "whole"), strict=True):
        np.testing.assert_array_equal(one, other)
