"""Ctrl-C, SIGTERM and SIGHUP: the picture so far during the steps, one line before them."""

import json
import os
import re
import shlex
import signal
import time

import numpy as np
import pytest
from command_line import FILES, SHORT, finish, snapshot, start_fresh
from PIL import Image as Pillow

from tf_nst.cli.command import run_command
from tf_nst.cli.flags import DEBUG
from tf_nst.cli.stop import Stop
from tf_nst.io.images import Image

pytestmark = pytest.mark.usefixtures("one_engine")

MANY = (*FILES, "--output=out.png", "--size=32", "--steps=1000000", *SHORT, "--optimizer=adam")
SIGNALS = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
BEFORE = "tf_nst: stopped before there was a picture\n"

# Says when it is about to begin.
UP = """
import sys
from tf_nst.cli.run import main
print("up", flush=True)
sys.exit(main(sys.argv))
"""

# Writing the picture takes long.
SLOW_TO_WRITE = """
import sys, time
from tf_nst.io.images import Image
from tf_nst.cli.run import main
def encode(image, path, *options):
    print("writing", path, flush=True)
    if "preview" not in str(path):
        time.sleep(60)
    return b"", ()
Image.encode = encode
sys.exit(main(sys.argv))
"""


@pytest.fixture(autouse=True)
def hearing():
    """This process hears Ctrl-C as Python does by default: where the tests run in the background it
    may be ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def wait_until(true, seconds: float = 90.0) -> None:
    """Returns once `true()` is."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def wait_for_line(process, begin: str) -> None:
    """Reads stdout up to a line that begins so."""
    for line in process.stdout:
        if line.startswith(begin):
            return
    pytest.fail(f"no line begins with {begin!r}: {process.stderr.read()}")


# --- during the steps ------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), [SIGNALS[0], SIGNALS[2]])
def test_a_signal_during_the_steps_writes_the_picture_so_far(folder, paint_here, number, code):
    process = start_fresh(folder, *MANY, "--preview_every=2")
    preview = folder / "out.preview.png"
    wait_until(lambda: preview.exists() or process.poll() is not None)
    process.send_signal(number)
    ran = finish(process)
    assert (ran.code, ran.err) == (code, "")
    last, going_on = ran.out.splitlines()[-2:]
    assert (
        going_on == f"to continue: {shlex.join(['tf-nst', *MANY, '--preview_every=2', '--resume'])}"
    )
    steps = int(re.match(r"stopped after (\d+) steps, the picture so far is out\.png ", last)[1])
    record = json.loads((folder / "out.json").read_text())
    assert 2 <= steps < 1000000 and record["steps_made"] == steps
    assert {len(values) for values in record["losses"].values()} == {steps}
    assert record["final"] == {}
    with Pillow.open(folder / "out.png") as picture:
        picture.load()
        assert picture.size == (32, 24)
    assert not list(folder.glob(".tf_nst*"))
    assert paint_here("--flagfile=out.cfg", "--output=again.png").code == 0
    with Pillow.open(folder / "out.png") as one, Pillow.open(folder / "again.png") as other:
        np.testing.assert_array_equal(one, other)


def test_a_second_signal_quits_at_once_with_the_code_of_the_first(folder):
    process = start_fresh(folder, *MANY, "--preview_every=2", code=SLOW_TO_WRITE)
    wait_for_line(process, "writing out.preview.png")
    process.send_signal(signal.SIGTERM)
    wait_for_line(process, "writing out.png")
    before, began = snapshot(folder), time.monotonic()
    process.send_signal(signal.SIGINT)
    ran = finish(process)
    assert time.monotonic() - began < 30
    assert (ran.code, ran.err) == (143, "")
    assert snapshot(folder) == before


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_while_the_picture_is_written_does_not_lose_it(
    folder, paint_here, monkeypatch, number, code
):
    encode = Image.encode

    def interrupted(*args):
        os.kill(os.getpid(), number)
        return encode(*args)

    monkeypatch.setattr(Image, "encode", interrupted)
    ran = paint_here("--output=out.png")
    assert (ran.code, ran.err) == (code, "")
    assert ran.out.splitlines()[-1].startswith("painted out.png ")
    Pillow.open(folder / "out.png").load()
    assert json.loads((folder / "out.json").read_text())["steps_made"] == 2


# --- before and after ------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_before_the_steps_is_one_line(folder, number, code):
    before = snapshot(folder)
    process = start_fresh(folder, *MANY, code=UP)
    wait_for_line(process, "up")
    time.sleep(0.5)
    process.send_signal(number)
    ran = finish(process)
    assert (ran.code, ran.err) == (code, BEFORE)
    assert snapshot(folder) == before


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_while_the_network_is_built_is_one_line(
    folder, paint_here, monkeypatch, number, code
):
    def prepare(*args, **kwargs):
        os.kill(os.getpid(), number)
        # Another thread may take the signal; Python then hears of it between two of these.
        for _ in range(200):
            time.sleep(0.05)

    monkeypatch.setattr("tf_nst.cli.painter.prepare", prepare)
    before = snapshot(folder)
    ran = paint_here("--output=out.png")
    assert (ran.code, ran.err) == (code, BEFORE)
    assert snapshot(folder) == before


def test_a_run_leaves_the_handlers_of_signals_as_they_were(folder, paint_here):
    before = [signal.getsignal(number) for number, _ in SIGNALS]
    assert paint_here("--output=out.png").code == 0
    assert [signal.getsignal(number) for number, _ in SIGNALS] == before


# --- the flag itself -------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_stop_remembers_the_first_signal(number, code):
    before = signal.getsignal(number)
    with Stop() as stop:
        assert stop.signum == 0
        os.kill(os.getpid(), number)
        assert (stop.signum, stop.exit_code) == (number, code)
    assert signal.getsignal(number) is before


@pytest.mark.parametrize(("first", "code"), SIGNALS)
@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGHUP])
def test_stop_quits_at_the_second_signal(tmp_path, first, second, code):
    ran = finish(
        start_fresh(
            tmp_path,
            code=f"""
import os
from tf_nst.cli.stop import Stop
from tf_nst.io.replacing import stage
with Stop():
    os.kill(os.getpid(), {int(first)})
    stage("half.png", b"half")
    print("heard", flush=True)
    os.kill(os.getpid(), {int(second)})
    print("still here", flush=True)
""",
        )
    )
    assert (ran.code, ran.out, ran.err) == (code, "heard\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [number for number, _ in SIGNALS])
def test_an_ignored_signal_stays_ignored(number):
    """As SIGHUP is under nohup."""
    before = signal.signal(number, signal.SIG_IGN)
    try:
        with Stop() as stop:
            os.kill(os.getpid(), number)
            assert stop.signum == 0
        assert (
            run_command(["tf-nst"], (DEBUG,), "", lambda _: os.kill(os.getpid(), number) or 0) == 0
        )
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        signal.signal(number, before)


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_before_a_run_goes_on_says_how_it_does(
    folder, run_here, monkeypatch, number, code
):
    def find(values, config):
        os.kill(os.getpid(), number)
        for _ in range(200):
            time.sleep(0.05)

    (folder / "out.state").touch()
    monkeypatch.setattr("tf_nst.cli.run.find_state", find)
    ran = run_here(*MANY, "--resume")
    going_on = f"to continue: {shlex.join(['tf-nst', *MANY, '--resume'])}"
    assert (ran.code, ran.err) == (code, f"tf_nst: stopped before the run continued; {going_on}\n")
