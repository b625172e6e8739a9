"""A disk that takes no more frames: the run ends in a line, and what was painted stays."""

import errno
import os
from contextlib import contextmanager

import numpy as np
import pytest
from film_inputs import FLAGS, pictures, write_inputs

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


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    return write_inputs(tmp_path_factory.mktemp("full"), 3)


def test_a_film_ends_in_a_line_and_goes_on_when_there_is_room(inputs, capsys):
    """Of 16 bits a painted frame is larger than the film's, which has room."""
    command = ["tf-nst", "video", f"{inputs}/clip", f"{inputs}/style.png", "-o", f"{inputs}/out"]
    command += [*FLAGS, "--preview"]
    with largest_file(3000):
        assert main(command) == 1
    output, error = capsys.readouterr()
    assert FULL in error and f"goes on with the frames in {inputs / 'out.frames'}" in error
    assert error.count("\n") == 1 and "failed" not in output
    folder = WorkFolder(inputs / "out.frames")
    assert len(folder.film().times) == 3 and not folder.has_paint()
    assert (folder.path / "preview" / "000000.png").exists() and folder.record(0) == {}
    assert main(command) == 0
    assert len(pictures(inputs / "out")) == 3 and not folder.path.exists()
    assert np.ptp(pictures(inputs / "out")[0]) > 50
