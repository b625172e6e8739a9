"""What is painted already."""

import json
import shutil
from pathlib import Path

import pytest
from batches import TINY, write_folders, write_picture

from tf_nst.batch.done import JOB, is_done, job_digest
from tf_nst.batch.plan import Job

OUT = Path("out")


@pytest.fixture
def job(tmp_path, monkeypatch) -> Job:
    monkeypatch.chdir(write_folders(tmp_path))
    return Job("photos/a.png", "styles/s.png", "s/a.png", TINY)


def write_files(job: Job, record: object) -> None:
    """The files of a job as far as they are looked at."""
    (OUT / "s").mkdir(parents=True, exist_ok=True)
    for ending, text in {"png": "pixels", "json": json.dumps(record), "cfg": "flags"}.items():
        (OUT / job.output).with_suffix(f".{ending}").write_text(text)


def record_of(job: Job) -> dict:
    return {"file": "a.png", JOB: job_digest(job)}


def test_a_picture_with_its_record_and_flag_file_is_done(job):
    assert not is_done(job, "out")
    write_files(job, record_of(job))
    assert is_done(job, "out")


@pytest.mark.parametrize("ending", ["png", "json", "cfg"])
def test_a_picture_without_one_of_its_files_is_not_done(job, ending):
    write_files(job, record_of(job))
    (OUT / job.output).with_suffix(f".{ending}").unlink()
    assert not is_done(job, "out")


@pytest.mark.parametrize("record", [{}, {"file": "a.png"}, {"file": "b.png"}, [], "text", None])
def test_a_record_of_something_else_does_not_count(job, record):
    write_files(job, record)
    assert not is_done(job, "out")


def test_other_flags_and_other_files_are_another_job(job):
    digest = job_digest(job)
    assert job_digest(job._replace(flags=TINY | {"steps": "3"})) != digest
    assert job_digest(job._replace(style="styles/s.png:2,styles/t.png")) != digest
    write_picture(Path("photos/a.png"), seed=7)
    assert job_digest(job) != digest


def test_where_the_files_lie_does_not_matter(job):
    digest = job_digest(job)
    shutil.copytree("photos", "elsewhere")
    assert job_digest(job._replace(content="elsewhere/a.png")) == digest
    assert job_digest(job._replace(flags=dict(reversed(TINY.items())))) == digest


def test_files_among_the_flags_count_by_what_they_hold(job):
    write_picture(Path("mask.png"), seed=1)
    flags = TINY | {"mask": "mask.png", "init": "photos/b.png"}
    digest = job_digest(job._replace(flags=flags))
    assert job_digest(job._replace(flags=flags | {"init": "photos/a.png"})) != digest
    write_picture(Path("mask.png"), seed=2)
    assert job_digest(job._replace(flags=flags)) != digest


def test_a_folder_counts_by_its_pictures_and_no_other_file(job):
    job = job._replace(style="styles")
    digest = job_digest(job)
    for name in (".DS_Store", "Thumbs.db", "notes.txt", "._s.png"):
        Path("styles", name).write_bytes(b"a view")
    assert job_digest(job) == digest
    write_picture(Path("styles/u.png"))
    assert job_digest(job) != digest


def test_a_folder_without_pictures_is_for_others_to_refuse(job):
    Path("empty").mkdir()
    assert job_digest(job._replace(style="empty")) != job_digest(job)
