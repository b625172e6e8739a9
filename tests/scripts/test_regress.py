"""Two commits compared: ratios by turns, what is flagged, and the file of ratios."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"

# A worker whose step takes as long as a file in the checkout says.
WORKER = """
import sys
from pathlib import Path
from benchmarks.turns import answer

def turns(checkout):
    seconds = float((Path(checkout) / "seconds").read_text())
    while True:
        yield {"import": 1.0, "help": 1.0, "trace": 1.0, "step": seconds, "request": 1.0}

answer(turns(sys.argv[1]))
"""


@pytest.fixture
def regress(monkeypatch, tmp_path):
    """The module of the scripts, with a worker of a few lines."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    monkeypatch.setenv("PYTHONPATH", str(SCRIPTS))
    from benchmarks import regress

    worker = tmp_path / "worker.py"
    worker.write_text(WORKER)
    monkeypatch.setattr(regress, "WORKER", worker)
    return regress


@pytest.fixture
def repository(regress, monkeypatch, tmp_path) -> Path:
    """Three commits, tagged by the seconds that a step of each takes."""
    folder = tmp_path / "repository"
    folder.mkdir()

    def git(*arguments):
        names = ("-c", "user.name=me", "-c", "user.email=me@example.org")
        subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)

    git("init")
    for seconds in ("1.0", "1.05", "1.5"):
        (folder / "seconds").write_text(seconds)
        git("add", ".")
        git("commit", "-m", seconds)
        git("tag", f"v{seconds}")
    monkeypatch.setattr(regress, "ROOT", folder)
    return folder


def table(capsys) -> list[list[str]]:
    lines = capsys.readouterr().out.splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_a_regression_is_flagged_and_the_exit_code_says_so(regress, repository, capsys):
    with pytest.raises(SystemExit) as end:
        regress.print_table(["v1.0", "v1.5"], ["64"], 2, "")
    assert end.value.code == 1
    same = "1.00 (1.00 to 1.00)"
    assert table(capsys) == [
        ["import", "0", same, ""],
        ["help", "0", same, ""],
        ["trace", "64", same, ""],
        ["step", "64", "1.50 (1.50 to 1.50)", "slower"],
        ["request", "64", same, ""],
    ]


def test_a_ratio_up_to_a_tenth_is_none_and_the_file_has_ratios_alone(regress, repository, tmp_path):
    path = tmp_path / "ratios.csv"
    for _ in range(2):
        regress.print_table(["v1.0", "v1.05"], ["64"], 1, str(path))
    lines = path.read_text().splitlines()
    assert lines[0] == "base,head,measure,pixels,rounds,ratio,least,most"
    assert len(lines) == 1 + 2 * 5
    assert lines[4].split(",")[2:] == ["step", "64", "1", "1.050", "1.050", "1.050"]


def test_what_was_checked_out_is_removed(regress, repository):
    regress.print_table(["HEAD", "HEAD"], ["64"], 1, "")
    listed = subprocess.run(
        ["git", "worktree", "list"], cwd=repository, capture_output=True, text=True, check=True
    )
    assert len(listed.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    ("commits", "line"),
    [
        ([], "expected BASE HEAD, received nothing"),
        (["HEAD"], "expected BASE HEAD, received HEAD"),
        (["HEAD", "nowhere"], "git rev-parse failed"),
    ],
)
def test_what_is_no_pair_of_commits_is_refused(regress, repository, commits, line):
    with pytest.raises(SystemExit, match=line):
        regress.print_table(commits, ["64"], 1, "")


@pytest.mark.parametrize(
    ("ratios", "regressed"), [([1.0, 1.1, 1.9], False), ([1.0, 1.2, 1.2], True)]
)
def test_the_median_decides(regress, ratios, regressed):
    assert regress.Row("step", 64, np.array(ratios)).regressed == regressed


def test_the_worker_measures_the_checkout_that_it_is_given(monkeypatch, tmp_path):
    """Its imports come from there, not from what is installed, and Python's own from Python."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    from benchmarks import regress

    (tmp_path / "tf_nst").mkdir()
    code = "import statistics; raise SystemExit(f'the checkout {statistics.median([1, 2, 9])}')"
    (tmp_path / "tf_nst" / "__init__.py").write_text(code)
    done = subprocess.run(
        regress.worker_command(tmp_path, "picture", 32), input="\n", capture_output=True, text=True
    )
    assert done.stderr.strip().endswith("the checkout 2")
