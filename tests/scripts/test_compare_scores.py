"""compare.py: choices as scores by hand, and the command from end to end."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from comparing import HOW, chosen, make_folders, write
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from comparison import scoring, trials

from tf_nst.errors import UserError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folders(tmp_path) -> list[str]:
    return make_folders(tmp_path)


def run_script(*arguments, cwd) -> subprocess.CompletedProcess:
    command = [sys.executable, str(ROOT / "scripts/compare.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)


# --- scores ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("successes", "count", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),  # (0.8 + 0.19207 -+ 1.95996 sqrt(0.016 + 0.0096036)) / 1.38415
        (0, 10, 0.0, 0.2775),
        (1, 1, 0.2065, 1.0),
    ],
)
def test_wilson_interval_by_hand(successes, count, low, high):
    assert scoring.wilson_interval(successes, count) == pytest.approx((low, high), abs=1e-4)


def test_answers_are_of_folders_not_of_sides(folders, tmp_path):
    comparisons = trials.make_trials(*folders, **HOW)
    always_first = chosen(comparisons, lambda trial: "left" if trial.left_is_first else "right")
    answers = scoring.read_answers(*folders, write(tmp_path / "a.json", always_first))
    assert [preferred for _, preferred, _ in answers] == ["first"] * 10
    always_left = write(tmp_path / "b.json", chosen(comparisons, lambda trial: "left"))
    answers = scoring.read_answers(*folders, always_left)
    assert sorted(preferred for _, preferred, _ in answers) == ["first"] * 5 + ["second"] * 5


def test_the_table_of_two_judges(folders, tmp_path, capsys):
    """The first prefers the first folder but for one picture; the second answers one trial."""
    comparisons = trials.make_trials(*folders, **HOW)
    equal = comparisons[1].name

    def choose(trial):
        if trial.name == equal:
            return "equal"
        return "left" if trial.left_is_first else "right"

    def answer_one(trial):
        return ("right" if trial.left_is_first else "left") if trial is comparisons[0] else None

    judges = [chosen(comparisons, choose), chosen(comparisons, answer_one)]
    paths = [write(tmp_path / f"{index}.json", judge) for index, judge in enumerate(judges)]
    scoring.print_scores(*folders, paths)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"| pictures | {folders[0]} | {folders[1]} | equal | ")
    assert lines[2] == "| all | 8 | 1 | 2 | 89% | 57% to 98% |"
    assert f"| {equal} | 0 | 0 | 2 |  |  |" in lines
    assert f"| {comparisons[0].name} | 2 | 1 | 0 | 67% | 21% to 94% |" in lines
    assert lines[-1].startswith("By side: left ") and lines[-1].endswith("equal 2")


def test_choices_that_are_refused(folders, tmp_path):
    comparisons = trials.make_trials(*folders, **HOW)
    record = chosen(comparisons, lambda trial: "left")
    path = write(tmp_path / "a.json", record)
    with pytest.raises(UserError, match="in the order and with the pictures that they had"):
        scoring.read_answers(*folders[::-1], path)
    write(tmp_path / "a.json", {**record, "choices": [record["choices"][0]] * 2})
    with pytest.raises(UserError, match=r"expected one choice each, received 001-.* twice"):
        scoring.read_answers(*folders, path)
    write(tmp_path / "a.json", chosen(comparisons, lambda trial: "both"))
    with pytest.raises(UserError, match="expected left, right, equal or null, received 'both'"):
        scoring.read_answers(*folders, path)
    damaged = (
        *("[]", "{", '{"seed": 1}', '{"seed": "1", "times": 2, "choices": []}', "[" * 100_000),
        '{"seed": 1, "times": 1, "choices": [["key", "choice"]]}',
        '{"seed": 1, "times": 1, "choices": [{"key": [], "choice": "left"}]}',
        '{"seed": 1, "times": 1000000000000, "choices": [{"key": "a", "choice": "left"}]}',
    )
    for text in damaged:
        Path(path).write_text(text)
        with pytest.raises(UserError, match=r"--choices: expected .* received .*a.json"):
            scoring.read_answers(*folders, path)


def test_choices_of_a_file_count_once(folders, tmp_path):
    path = write(tmp_path / "a.json", chosen(trials.make_trials(*folders, **HOW), lambda _: "left"))
    with pytest.raises(UserError, match=r"--choices: expected different files, .*a\.json twice"):
        scoring.print_scores(*folders, [path, path])


def test_choices_of_pictures_that_changed_are_refused(folders, tmp_path):
    path = write(tmp_path / "a.json", chosen(trials.make_trials(*folders, **HOW), lambda _: "left"))
    Image.new("RGB", (40, 30), "red").save(Path(folders[0]) / "picture0.png")
    with pytest.raises(UserError, match="with the pictures that they had"):
        scoring.read_answers(*folders, path)


# --- the command -----------------------------------------------------------------------------


def test_the_command_writes_and_scores(folders, tmp_path):
    ran = run_script(*folders, "--seed=4", "--sheets=sheets", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, "page.html: 10 comparisons\nsheets: as pictures\n")
    record = json.loads((tmp_path / "sheets/choices.json").read_text())
    for each in record["choices"]:
        each["choice"] = "left"
    path = write(tmp_path / "choices.json", record)
    ran = run_script(*folders, f"--choices={path}", cwd=tmp_path)
    assert ran.stdout.splitlines()[2] == "| all | 5 | 5 | 0 | 50% | 24% to 76% |"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "compare: expected two folders of pictures, received 0\n"),
        (["one", "two"], "compare: expected two folders of pictures, received one\n"),
    ],
)
def test_the_command_says_what_is_missing_in_one_line(arguments, message, tmp_path):
    ran = run_script(*arguments, cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (2, "", message)
