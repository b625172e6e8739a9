"""The mutator of pictures: always the same damage, and what counts as a failure."""

import stat
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"
sys.path.insert(0, str(SCRIPTS))

import fuzz_pictures  # noqa: E402
from fuzzing import worker  # noqa: E402
from fuzzing.damage import damaged  # noqa: E402
from fuzzing.seeds import make_seeds  # noqa: E402


def run(monkeypatch, *flags) -> int:
    monkeypatch.setattr(sys, "argv", ["fuzz_pictures.py", *flags])
    return fuzz_pictures.main()


def test_every_seed_is_a_picture(tmp_path):
    for name, data in make_seeds().items():
        (tmp_path / "a").write_bytes(data)
        assert worker.outcome_of(tmp_path / "a")[0] == "picture", name


def test_the_same_number_is_the_same_damage():
    seeds = make_seeds()
    files = [damaged(seeds, 0, index) for index in range(2 * len(seeds))]
    assert files == [damaged(seeds, 0, index) for index in range(2 * len(seeds))]
    assert len(set(files)) > 1.9 * len(seeds) and not set(files[:9]) & set(seeds.values())


def test_damaged_files_are_pictures_or_lines(monkeypatch, capfd):
    assert run(monkeypatch, "--files=60", "--first=100") == 0
    assert capfd.readouterr().out.startswith("60 damaged files: ")


def test_damaged_files_are_pictures_or_lines_in_a_graph(monkeypatch, capfd):
    assert run(monkeypatch, "--files=150", "--reader=export", "--gigabytes=0.5") == 0
    assert capfd.readouterr().out.startswith("150 damaged files: ")


@pytest.mark.parametrize(
    ("last", "outcome"), [("kill -ALRM $$", "hang"), ("kill -SEGV $$", "crash")]
)
def test_a_worker_that_dies_is_a_failure_and_another_goes_on(
    monkeypatch, tmp_path, capfd, last, outcome
):
    """A stand-in: it reads one file, and dies of the next, but of the last file."""
    stand_in = tmp_path / "python"
    stand_in.write_text(
        "#!/bin/sh\nfirst=${2#--first=}\n"
        'echo "[$first, \\"picture\\", \\"\\"]"\n' + f"[ $first = 2 ] || {last}\n"
    )
    stand_in.chmod(stand_in.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(stand_in))
    assert run(monkeypatch, "--files=3") == 1
    out = capfd.readouterr().out
    assert f"2 picture, 0 line, 0 traceback, {int(outcome == 'crash')} crash" in out
    assert f"file 1: {outcome}" in out


def test_an_exception_is_a_failure(monkeypatch, tmp_path):
    def broken(path):
        raise KeyError("broken")

    monkeypatch.setattr(worker, "read_image", broken)
    outcome, text = worker.outcome_of(tmp_path / "a")
    assert outcome == "traceback" and "KeyError" in text
