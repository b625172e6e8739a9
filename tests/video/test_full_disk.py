"""A disk that takes no more frames: the run ends in a line, and what was painted stays."""

import errno
import os
from contextlib import contextmanager

import pytest
from film_inputs import FLAGS, write_inputs

from tf_nst.cli.main import main
from tf_nst.video.work_folder import WorkFolder

resource = pytest.importorskip("resource")
FULL = f"cannot be written: {os.strerror(errno.EFBIG)}"


@contextmanager
def largest_file(size: int):
    """No file may be larger than so many bytes, also of the processes that are started."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_film_ends_in_a_line_and_its_frames_stay(tmp_path, capsys):
    """Of 16 bits a painted frame is larger than the film's, which has room."""
    inputs = write_inputs(tmp_path, 3)
    given = [inputs / "clip", inputs / "style.png", "-o", inputs / "out"]
    with largest_file(3000):
        assert main(["tf-nst", "video", *map(str, given), *FLAGS]) == 1
    output, error = capsys.readouterr()
    assert FULL in error and f"goes on with the frames in {inputs / 'out.frames'}" in error
    assert error.count("\n") == 1 and "failed" not in output
    folder = WorkFolder(inputs / "out.frames")
    assert len(folder.film().times) == 3 and folder.frame(2).size == (24, 32)
    assert not folder.has_paint() and folder.record(0) == {}
