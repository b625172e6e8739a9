"""What is counted of a batch that was killed; that it goes on, .ci/run tries."""

import json
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def batches(monkeypatch):
    """The module of the script."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    import kills.batches

    return kills.batches


def lines(items: list[dict]) -> str:
    return "".join(json.dumps(item) + "\n" for item in items)


@pytest.fixture
def folder(batches, tmp_path):
    """A batch of five pictures, the last of them broken: 0 to 2 are whole, of 3 a file is there."""
    batches.make_folders(tmp_path / "batch", 5, 1)
    out = tmp_path / "batch" / "out" / "noise"
    out.mkdir(parents=True)
    for number in range(4):
        photo = tmp_path / "batch" / "photos" / f"{number:05}.png"
        (out / photo.name).write_bytes(photo.read_bytes())
        (out / photo.name).with_suffix(".json").write_text("{}")
        if number < 3:
            (out / photo.name).with_suffix(".cfg").touch()
    (out / ".tf_nst-1.tmp").touch()
    whats = [(0, "begun"), (0, "painted"), (1, "begun"), (1, "begun"), (1, "painted")]
    whats += [(2, "begun"), (2, "painted"), (2, "begun"), (2, "painted"), (4, "begun")]
    journal = [{"picture": f"noise/{number:05}.png", "what": what} for number, what in whats]
    (out.parent / "journal.jsonl").write_text(lines(journal))
    report = [{"picture": "noise/00004.png", "status": "failed"}]
    (out.parent / "report.jsonl").write_text(lines(report))
    return tmp_path / "batch"


def test_pictures_are_made_and_some_of_them_broken(batches, folder):
    sizes = [path.stat().st_size for path in sorted((folder / "photos").iterdir())]
    assert len(sizes) == 5
    assert sizes[4] < sizes[2]
    assert abs(sizes[0] - sizes[2]) < 100


def test_what_is_lost_or_painted_twice_is_counted(batches, folder):
    whole = batches.whole_pictures(folder / "out")
    assert sorted(path.stem for path in whole) == ["00000", "00001", "00002"]
    outcome = batches.outcome_of(folder, 7, whole, set())
    assert outcome == batches.Outcome(
        kills=7, painted=3, failed=1, lost=1, twice=1, again=2, leftovers=1
    )
    rewritten = {folder / "out" / "noise" / "00000.png"}
    assert batches.outcome_of(folder, 7, whole, rewritten).twice == 2
