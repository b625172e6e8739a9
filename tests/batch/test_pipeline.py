"""The batch by Apache Beam, in this process by FnApiRunner."""

import json
from pathlib import Path

import pytest
from apache_beam.io.localfilesystem import LocalFileSystem
from batches import FLAGS, TINY, values_of, write_folders, write_picture

from tf_nst.batch.command import main
from tf_nst.batch.pipeline import SHARES, deal, key_of, run_pipeline
from tf_nst.batch.plan import Job
from tf_nst.batch.remote import list_anywhere, paint_anywhere
from tf_nst.engine.engine import Engine
from tf_nst.errors import UserError

BEAM = ["--runner=FnApiRunner", *FLAGS]


@pytest.fixture
def here(tmp_path, monkeypatch):
    write_folders(tmp_path, styles=("s",))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_pipeline_paints_skips_and_reports(here, capfd):
    (here / "photos" / "b.png").write_bytes(b"")
    assert main(["tf-nst", "photos", "styles", "out", *BEAM]) == 1
    printed = capfd.readouterr().err.splitlines()[-1]
    assert printed.startswith("tf_nst: 1 painted, 1 failed, the first that failed is s/b.png")
    lines = [json.loads(line) for line in (here / "out" / "report.jsonl").read_text().splitlines()]
    assert {line["picture"]: line["status"] for line in lines} == {
        "s/a.png": "painted",
        "s/b.png": "failed",
    }
    assert (here / "out" / "s" / "a.json").exists()
    write_picture(here / "photos" / "b.png", seed=5)
    statuses = {
        it.picture: it.status for it in run_pipeline(values_of("photos", "styles", "out", *BEAM))
    }
    assert statuses == {"s/a.png": "skipped", "s/b.png": "painted"}


def test_jobs_of_one_style_and_shape_have_the_same_first_parts_of_the_key(here):
    write_picture(here / "photos" / "c.png", 32, 24)
    jobs = [Job(f"photos/{name}.png", "styles/s.png", f"s/{name}.png", TINY) for name in "abc"]
    a, b, c = (json.loads(key_of(0, job))[:2] for job in jobs)
    assert a == b != c
    assert json.loads(key_of(0, jobs[0]._replace(content="gone.png")))[1] is None


def test_a_few_jobs_of_each_style_are_spread_evenly():
    styles = [f"styles/{name}.png" for name in "ab"]
    jobs = [
        Job(f"photos/{number:04}.png", style, f"s/{number:04}.png", TINY)
        for number in range(SHARES + 1)
        for style in styles
    ]
    dealt = list(deal(jobs))
    assert [job for _, job in dealt] == jobs
    for style in styles:
        shares = [share for share, job in dealt if job.style == style]
        assert shares == [*range(SHARES), 0]


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--runner=Nonesuch"], "--runner: expected FnApiRunner or another .* received Nonesuch"),
        (["--runner=no.such.Runner"], "--runner: expected FnApiRunner"),
        ([*BEAM, "--runner_options='"], "--runner_options: expected options as a shell has them"),
    ],
)
def test_what_beam_cannot_run_is_refused(here, flags, line):
    with pytest.raises(UserError, match=line):
        run_pipeline(values_of("photos", "styles", "out", *flags))


def test_a_file_system_that_is_not_installed_is_refused(here):
    with pytest.raises(UserError, match="--photos: nowhere://p cannot be read"):
        run_pipeline(values_of("nowhere://p", "styles", "out", *BEAM))


def test_a_batch_of_processes_and_a_runner_is_refused(here, capfd):
    assert main(["tf-nst", "photos", "styles", "out", *BEAM, "--processes=2"]) == 2
    assert "--processes and --runner" in capfd.readouterr().err


# --- other file systems -----------------------------------------------------------------------


class Mirrored(LocalFileSystem):
    """mirror://PATH is the file at /PATH."""

    @classmethod
    def scheme(cls):
        return "mirror"

    def _local(self, path):
        return path.replace("mirror:/", "", 1)

    def join(self, base, *parts):
        return "/".join([base.rstrip("/"), *parts])

    def match(self, patterns, limits=None):
        results = super().match([self._local(pattern) for pattern in patterns], limits)
        for result, pattern in zip(results, patterns, strict=True):
            result.pattern = pattern
            for item in result.metadata_list:
                item.path = f"mirror:/{item.path}"
        return results

    def open(self, path, *more, **options):
        return super().open(self._local(path), *more, **options)

    def create(self, path, *more, **options):
        return super().create(self._local(path), *more, **options)

    def exists(self, path):
        return super().exists(self._local(path))

    def mkdirs(self, path):
        return super().mkdirs(self._local(path))

    def rename(self, sources, targets):
        return super().rename(
            *([self._local(path) for path in paths] for paths in (sources, targets))
        )


@pytest.fixture(scope="module")
def engine():
    return Engine()


def mirrored(path: Path) -> str:
    return f"mirror:/{path}"


def test_folders_and_patterns_of_another_file_system_stand_for_pictures(here):
    (here / "photos" / "inner").mkdir()
    (here / "photos" / "notes.txt").write_text("no picture")
    photos = mirrored(here / "photos")
    assert list_anywhere(photos, "--photos") == [f"{photos}/a.png", f"{photos}/b.png"]
    assert list_anywhere(f"{photos}/b*", "--photos") == [f"{photos}/b.png"]
    assert list_anywhere(f"{photos}/a*.png", "--photos") == [f"{photos}/a.png"]
    assert list_anywhere(f"{photos}/b.png", "--photos") == [f"{photos}/b.png"]
    assert list_anywhere("photos/a.png", "--photos") == [str(here / "photos" / "a.png")]
    with pytest.raises(UserError, match="--photos: expected a folder of pictures, received mirror"):
        list_anywhere(f"{photos}/inner", "--photos")


def test_pictures_of_another_file_system_are_painted_there(here, engine):
    photos, out = mirrored(here / "photos"), mirrored(here / "out")
    flags = TINY | {"init": f"{photos}/b.png"}
    job = Job(f"{photos}/a.png", "styles/s.png", "s/a.png", flags)
    result = paint_anywhere(job, out, engine)
    assert (result.status, result.reason) == ("painted", "")
    assert sorted(path.name for path in (here / "out" / "s").iterdir()) == [
        "a.cfg",
        "a.json",
        "a.png",
    ]
    record = json.loads((here / "out" / "s" / "a.json").read_text())
    assert record["inputs"]["content"]["name"] == f"{photos}/a.png"
    assert record["settings"]["init"] == f"{photos}/b.png"
    assert f"--content={photos}/a.png\n" in (here / "out" / "s" / "a.cfg").read_text()
    assert paint_anywhere(job, out, engine).status == "skipped"
    assert (
        paint_anywhere(job._replace(flags=flags | {"steps": "1"}), out, engine).status == "painted"
    )


def test_a_picture_that_another_file_system_lacks_has_failed(here, engine):
    job = Job(mirrored(here / "gone.png"), "styles/s.png", "s/gone.png", TINY)
    result = paint_anywhere(job, "out", engine)
    assert (result.status, "gone.png cannot be read" in result.reason) == ("failed", True)


def test_a_broken_picture_is_named_by_its_address(here, engine):
    (here / "photos" / "b.png").write_bytes(b"")
    address = mirrored(here / "photos" / "b.png")
    result = paint_anywhere(Job(address, "styles/s.png", "s/b.png", TINY), "out", engine)
    assert result.reason.startswith(f"--content: {address} is empty")
