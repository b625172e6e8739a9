"""`tf-nst batch`: whole runs, in processes of their own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from batches import FLAGS, write_folders, write_picture
from PIL import Image

from tf_nst.batch.command import main
from tf_nst.cli.main import main as tf_nst
from tf_nst.cli.run import main as paint

ARGUMENTS = ["batch", "photos", "styles", "out", *FLAGS]


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A folder whose batch was painted once: b is broken, c is of another shape."""
    folder = write_folders(tmp_path_factory.mktemp("batch"), photos=("a", "b"), styles=("s",))
    write_picture(folder / "photos" / "c.png", 32, 24)
    (folder / "photos" / "b.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    before = Path.cwd()
    os.chdir(folder)
    yield folder
    os.chdir(before)


@pytest.fixture(scope="module")
def ran(here):
    """The exit code of its batch, and what it printed, by a process of its own."""
    code = "import sys; from tf_nst.cli.main import main; sys.exit(main(sys.argv))"
    return subprocess.run([sys.executable, "-c", code, *ARGUMENTS], capture_output=True, text=True)


def lines_of(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_the_batch_paints_what_it_can_and_says_what_it_cannot(ran, here):
    assert ran.returncode == 1
    assert "batch    3 pictures\n" in ran.stdout
    last = "2 painted, 1 failed, the first that failed is s/b.png: --content: photos/b.png is"
    assert last in ran.stderr
    assert ran.stderr.endswith("(out/report.jsonl)\n")
    names = {path.relative_to(here / "out").as_posix() for path in (here / "out").rglob("*.*")}
    pictures = {f"s/{name}.{ending}" for name in "ac" for ending in ("png", "json", "cfg")}
    assert names == {"journal.jsonl", "report.jsonl", *pictures}


def test_the_report_and_the_journal_have_each_picture(ran, here):
    report = {line["picture"]: line for line in lines_of(here / "out" / "report.jsonl")}
    assert list(report) == ["s/a.png", "s/b.png", "s/c.png"]
    assert [line["status"] for line in report.values()] == ["painted", "failed", "painted"]
    assert report["s/b.png"]["reason"].startswith("--content: photos/b.png is")
    journal = [(it["picture"], it["what"]) for it in lines_of(here / "out" / "journal.jsonl")]
    assert sorted(journal) == [
        *[("s/a.png", "begun"), ("s/a.png", "painted")],
        *[("s/b.png", "begun"), ("s/b.png", "failed")],
        *[("s/c.png", "begun"), ("s/c.png", "painted")],
    ]


def test_record_flag_file_and_pixels_are_those_of_a_single_run(ran, here):
    flags = ["--content=photos/a.png", "--style=styles/s.png", "--output=single/a.png"]
    (here / "single").mkdir()
    assert paint(["tf-nst", *flags, *FLAGS]) == 0
    batch, single = (
        json.loads((here / folder / "a.json").read_text()) for folder in ("out/s", "single")
    )
    assert len(batch.pop("job")) == 64
    assert batch.keys() == single.keys()
    assert batch["settings"] == single["settings"]
    assert batch["inputs"]["content"]["name"] == "../../photos/a.png"
    flags = [(here / folder / "a.cfg").read_text() for folder in ("out/s", "single")]
    assert flags[0].replace("../../", "../") == flags[1]
    pixels = [
        np.asarray(Image.open(here / folder / "a.png"), int) for folder in ("out/s", "single")
    ]
    # Sums are in another order with another number of threads.
    assert np.abs(pixels[0] - pixels[1]).max() <= 1


def test_what_is_there_is_skipped_without_tensorflow(ran, here, capfd):
    (here / "photos" / "b.png").rename(here / "b.png")
    before = {path: path.stat().st_mtime_ns for path in (here / "out" / "s").iterdir()}
    try:
        assert tf_nst(["tf-nst", *ARGUMENTS]) == 0
    finally:
        (here / "b.png").rename(here / "photos" / "b.png")
    assert capfd.readouterr().out.splitlines() == [
        "batch    2 pictures, 2 of them there already",
        "done: 2 skipped (out/report.jsonl)",
    ]
    assert {path: path.stat().st_mtime_ns for path in (here / "out" / "s").iterdir()} == before


# --- ends before the end ----------------------------------------------------------------------


def painted(out: Path) -> int:
    return len(list(out.glob("s/*.cfg")))


def wait_until(condition) -> None:
    end = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    names = [f"{number:02}" for number in range(40)]
    return write_folders(tmp_path_factory.mktemp("many"), photos=names, styles=("s",))


def start(folder: Path) -> subprocess.Popen:
    code = "import sys; from tf_nst.cli.main import main; sys.exit(main(sys.argv))"
    return subprocess.Popen(
        [sys.executable, "-c", code, *ARGUMENTS, "--processes=1"],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def children(process: subprocess.Popen) -> list[int]:
    """Its processes that paint."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(process.pid)], capture_output=True, text=True
    ).stdout.splitlines()
    return [int(line.split()[0]) for line in listed if "tf_nst.batch.worker" in line]


def test_killed_processes_are_replaced_and_ctrl_c_ends_with_the_picture_in_hand(many):
    process, out = start(many), many / "out"
    wait_until(lambda: painted(out) >= 2)
    os.kill(children(process)[0], signal.SIGKILL)
    wait_until(lambda: any(line["what"] == "died" for line in lines_of(out / "journal.jsonl")))
    count = painted(out)
    wait_until(lambda: painted(out) > count)
    os.killpg(process.pid, signal.SIGINT)
    printed, _ = process.communicate()
    assert process.returncode == 130
    count = painted(out)
    assert f"stopped: {count} painted, {40 - count} left; the same command continues" in printed
    report = lines_of(out / "report.jsonl")
    assert max(line["attempts"] for line in report) == 2
    assert not list(out.rglob("*.tmp"))


def test_a_batch_that_is_killed_goes_on_and_paints_nothing_twice(many):
    out = many / "out"
    process, count = start(many), painted(out)
    wait_until(lambda: painted(out) >= count + 2 or process.poll() is not None)
    worker = children(process)
    process.kill()
    process.communicate()
    # The process that painted for it ends by itself, at once.
    wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in worker))
    count = painted(out)
    before = {path: path.stat().st_mtime_ns for path in out.glob("s/*.cfg")}
    process = start(many)
    printed, _ = process.communicate()
    assert (process.returncode, painted(out)) == (0, 40)
    assert f"batch    40 pictures, {count} of them there already" in printed
    assert {path: path.stat().st_mtime_ns for path in before} == before
    journal = [it["picture"] for it in lines_of(out / "journal.jsonl") if it["what"] == "painted"]
    assert len(set(journal)) == len(journal)
    assert not list(out.rglob("*.tmp"))


# --- bad input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["photos", "styles"], "--out: expected a folder, received nothing"),
        (["photos", "gone", "out"], "--styles: expected a folder, a pattern or a picture"),
        (["photos", "styles", "photos/a.png"], "--out: expected a folder, received photos/a.png"),
        (["photos", "styles", "file/x"], "--out: the folder file/x cannot be made"),
        (["photos", "styles", "gs://b/x"], "--out: expected --runner with a path of another file"),
        (["gs://b/x", "styles", "x"], "--photos: expected --runner with a path of another file"),
        (["photos", "styles", "x", "--runner_options=-x"], "--runner_options: expected --runner"),
        (
            ["photos", "styles", "x", "--runner=FnApiRunner"],
            "--runner: FnApiRunner needs Apache Beam; expected it to be installed: "
            'pip install "tf_nst[beam]"',
        ),
    ],
)
def test_bad_input_is_one_line(tmp_path, monkeypatch, capfd, arguments, line):
    monkeypatch.chdir(write_folders(tmp_path))
    Path("file").touch()
    monkeypatch.setattr("tf_nst.batch.command.find_spec", lambda name: None)
    assert main(["tf-nst", *arguments]) == 2
    assert capfd.readouterr().err.startswith(f"tf_nst: {line}")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "photos", "styles"]
