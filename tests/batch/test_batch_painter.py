"""A job of a batch, painted in this process."""

from pathlib import Path

from batches import TINY, write_folders, write_picture

from tf_nst.batch import painter
from tf_nst.batch.done import is_done
from tf_nst.batch.plan import Job
from tf_nst.cli.main import main
from tf_nst.engine.engine import Engine


def test_a_photograph_that_is_replaced_meanwhile_is_painted_again(tmp_path, monkeypatch):
    """What is there is what was read, not what the file holds by now."""
    monkeypatch.chdir(write_folders(tmp_path))
    job = Job("photos/a.png", "styles/s.png", "s/a.png", TINY)
    prepare = painter.prepare

    def prepare_later(*arguments, **named):
        write_picture(Path("photos/a.png"), seed=9)
        return prepare(*arguments, **named)

    monkeypatch.setattr(painter, "prepare", prepare_later)
    engine = Engine()
    assert painter.paint(job, "out", engine).status == "painted"
    assert not is_done(job, "out")
    monkeypatch.setattr(painter, "prepare", prepare)
    assert painter.paint(job, "out", engine).status == "painted"
    assert is_done(job, "out")


def test_a_flag_without_its_value_is_one_line(capsys):
    assert main(["tf-nst", "batch", "photos", "styles", "out", "--size"]) == 2
    error = capsys.readouterr().err
    assert "--size: expected a value, received nothing" in error and error.count("\n") == 1
