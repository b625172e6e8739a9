"""The command run in this process, in a folder with two pictures."""

from functools import partial
from pathlib import Path

import pytest
from command_line import FILES, QUICK, SHORT, Ran, fill

from tf_nst.cli.run import main


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """The working directory: photo.png and painting.png, and an empty cache of Keras' elsewhere."""
    here = tmp_path / "here"
    here.mkdir()
    fill(here)
    monkeypatch.chdir(here)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return here


@pytest.fixture
def run_here(capfd):
    """Runs the command in this process: *flags -> Ran, descriptors 1 and 2 captured."""

    def run(*flags: str) -> Ran:
        capfd.readouterr()
        code = main(["tf-nst", *flags])
        return Ran(code, *capfd.readouterr())

    return run


@pytest.fixture(scope="module")
def module_engine():
    """An engine for all runs of a module."""
    from tf_nst.engine.engine import Engine

    return Engine()


@pytest.fixture
def one_engine(module_engine, monkeypatch):
    """Runs in this process share an engine: what they have in common is traced once.

    For tests of what is around the painting; that an engine's pictures are those of an engine of
    their own is tested in tests/engine/test_engine.py.
    """
    from tf_nst.cli import painter

    monkeypatch.setattr(painter, "prepare", partial(painter.prepare, engine=module_engine))


@pytest.fixture
def paint_here(run_here):
    """Paints photo.png at 32 pixels in 2 steps with these flags besides: *flags -> Ran.

    Adam's step is traced in half the time of L-BFGS', which takes over where a flag says so.
    """
    return lambda *flags: run_here(*FILES, *QUICK, *SHORT, *flags)
