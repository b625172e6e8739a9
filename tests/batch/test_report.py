"""The journal and the report."""

import json

import pytest

from tf_nst.batch import report
from tf_nst.batch.report import (
    FAILED,
    PAINTED,
    SKIPPED,
    Journal,
    Result,
    outlook,
    summary,
    write_report,
)
from tf_nst.errors import RunError, UserError

RESULTS = [
    Result("s/a.png", PAINTED, "", 1.5, ("a note",)),
    Result("s/b.png", SKIPPED),
    Result("s/c.png", FAILED, "no image", 0.1, attempts=2),
]


def test_the_report_has_a_line_for_each_picture(tmp_path):
    write_report(str(tmp_path), RESULTS)
    lines = (tmp_path / "report.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {
            "picture": "s/a.png",
            "status": "painted",
            "seconds": 1.5,
            "notes": ["a note"],
            "attempts": 1,
        },
        {"picture": "s/b.png", "status": "skipped", "attempts": 1},
        {
            "picture": "s/c.png",
            "status": "failed",
            "reason": "no image",
            "seconds": 0.1,
            "attempts": 2,
        },
    ]


@pytest.mark.parametrize(
    ("counts", "line"),
    [
        ((3, 0, 0), "3 pictures"),
        ((3, 2, 0), "3 pictures, 2 of them there already"),
        ((3, 1, 2), "3 pictures, 1 of them there already, 2 painted again, since "),
    ],
)
def test_the_outlook_says_what_is_there_and_what_is_painted_again(counts, line):
    text = outlook(*counts)
    assert text.startswith(line)
    assert ("their flags or files have changed" in text) == bool(counts[2])


def test_the_summary_counts(tmp_path):
    assert summary([*RESULTS, RESULTS[0]]) == "2 painted, 1 skipped, 1 failed"
    assert summary([]) == ""


def test_the_journal_goes_on_after_the_batch_before(tmp_path):
    for name in ("a.png", "caf\udce9.png"):
        journal = Journal(str(tmp_path))
        journal.write(name, "begun", attempt=1)
        journal.close()
    lines = (tmp_path / "journal.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"picture": "a.png", "what": "begun", "attempt": 1},
        {"picture": "caf\udce9.png", "what": "begun", "attempt": 1},
    ]


def test_two_batches_do_not_paint_into_one_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(report, "PATIENCE", 0.0)
    journal = Journal(str(tmp_path))
    with pytest.raises(UserError, match="--out: expected a folder that no other run paints into"):
        Journal(str(tmp_path))
    journal.close()
    Journal(str(tmp_path)).close()


def test_folders_under_the_names_of_journal_and_report_are_refused(tmp_path):
    (tmp_path / "journal.jsonl").mkdir()
    (tmp_path / "report.jsonl").mkdir()
    with pytest.raises(UserError, match=r"--out: .*journal.jsonl is a folder"):
        Journal(str(tmp_path))
    with pytest.raises(RunError, match=r"report.jsonl is a folder"):
        write_report(str(tmp_path), RESULTS)
