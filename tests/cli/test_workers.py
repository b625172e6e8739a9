"""Two processes on loopback paint one picture; one that is left alone says so."""

import json
import socket
import subprocess

import numpy as np
import pytest
from command_line import assert_fine, finish, pixels, settings, start_fresh
from PIL import Image

FLAGS = (
    *("--content=photo.png", "--style=painting.png", "--weights=random", "--size=96", "--scales=2"),
    *("--content_layers=conv2_1", "--style_layers=conv1_1,conv2_1"),
    *("--tile=32", "--precision=float32"),
)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    """photo.png and painting.png."""
    folder = tmp_path_factory.mktemp("workers")
    rng = np.random.default_rng(0)
    for name, size in (("photo", (96, 72)), ("painting", (64, 64))):
        noise = rng.integers(0, 256, (size[1], size[0], 3), np.uint8)
        Image.fromarray(noise).save(folder / f"{name}.png")
    return folder


def cluster_of(count: int) -> list[str]:
    """Addresses that were free a moment ago."""
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    addresses = [f"127.0.0.1:{each.getsockname()[1]}" for each in sockets]
    for each in sockets:
        each.close()
    return addresses


def pair(folder, *flags: str) -> list[subprocess.Popen]:
    cluster = {"worker": cluster_of(2)}
    tasks = ({"type": "worker", "index": index} for index in range(2))
    return [
        start_fresh(
            folder,
            *(*FLAGS, "--strategy=workers", *flags),
            TF_CONFIG=json.dumps({"cluster": cluster, "task": task}),
        )
        for task in tasks
    ]


@pytest.fixture
def run_in(pictures, run_here, monkeypatch):
    """Runs the command in this process in the folder of the pictures: *flags -> Ran."""
    monkeypatch.chdir(pictures)
    return lambda *flags: run_here(*FLAGS, *flags)


def test_two_workers_paint_what_one_process_paints(pictures, run_in):
    """To a level: sums of other windows are added in another order."""
    workers = pair(pictures, "--steps=4", "--output=both.png")
    alone = run_in("--steps=4", "--output=alone.png")
    first, second = map(finish, workers)
    for ran in (alone, first, second):
        assert_fine(ran)
    assert "worker 2 of 2 is done" in second.out and "painted" not in second.out
    both, one = (np.int32(pixels(pictures / f"{name}.png")) for name in ("both", "alone"))
    assert np.abs(both - one).max() <= 1
    assert settings(pictures / "both.cfg")["strategy"] == "workers"


def test_a_worker_that_is_left_alone_says_so_and_both_go_on_to_the_same_pixels(pictures):
    flags = ("--steps=16", "--scales=1", "--output=lost.png")
    first, second = pair(pictures, *flags)
    try:
        assert next((line for line in first.stdout if line.startswith("step ")), "")
    finally:
        second.kill()
    ran = finish(first)
    second.communicate()
    assert ran.code == 1
    (line,) = ran.err.splitlines()
    assert "another worker was lost" in line and "to continue: tf-nst --content=photo.png " in line
    assert (pictures / "lost.state").exists()
    assert pixels(pictures / "lost.png").shape == (72, 96, 3)
    assert json.loads((pictures / "lost.json").read_text())["steps_made"] < 16

    for worker in pair(pictures, *flags, "--resume"):
        assert_fine(finish(worker))
    for worker in pair(pictures, *flags[:2], "--output=unbroken.png"):
        assert_fine(finish(worker))
    assert not (pictures / "lost.state").exists()
    assert np.array_equal(pixels(pictures / "lost.png"), pixels(pictures / "unbroken.png"))


def test_workers_without_a_cluster_are_refused(run_in, monkeypatch):
    monkeypatch.delenv("TF_CONFIG", raising=False)
    ran = run_in("--strategy=workers", "--steps=2")
    assert ran.code == 2
    assert "TF_CONFIG, received none" in ran.err and len(ran.err.splitlines()) == 1
