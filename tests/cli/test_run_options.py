"""Options that change the picture."""

import json

import numpy as np
import pytest
from command_line import (
    FILES,
    SHORT,
    assert_fine,
    fill,
    pixels,
)

from tf_nst.cli.run import main
from tf_nst.config.weighted import Weighted

pytestmark = pytest.mark.usefixtures("one_engine")

PLACES = {"content": "photo.png", "style": "painting.png", "output": "out.png"}
CHOOSING = (
    *SHORT,
    "--size=32",
    "--steps=5",
    "--optimizer=adam",
    "--precision=float32",
    "--content_weight=3",
    "--tv_weight=0.01",
)


@pytest.fixture(scope="module")
def plain(tmp_path_factory) -> np.ndarray:
    """The picture of CHOOSING alone."""
    folder = tmp_path_factory.mktemp("plain")
    fill(folder)
    files = [f"--{name}={folder / file}" for name, file in PLACES.items()]
    assert main(["tf-nst", *files, *CHOOSING]) == 0
    return pixels(folder / "out.png")


@pytest.mark.parametrize(
    "flag",
    [
        "--pooling=average",
        "--pooling=l2",
        "--content_loss=frobenius",
        "--style_statistic=mean_std",
        "--style_statistic=sliced@conv2_1,chained:0.5",
        "--tv_loss=absolute",
        "--tv_loss=1.25",
        "--laplacian_weight=1",
        "--init=blend:0.3",
        "--init=style_statistics",
        "--init=content",
        "--optimizer=sgd",
        "--average=0.5",
        "--learning_rate=0.01",
        "--seed=4",
        "--style_size=20",
    ],
)
def test_every_choice_paints_and_paints_something_else(folder, run_here, plain, flag):
    ran = run_here(*FILES, *CHOOSING, flag, "--output=other.png")
    assert_fine(ran)
    assert (pixels(folder / "other.png") != plain).any()


def test_another_optimizer_and_its_pairs_paint_something_else(folder, run_here, plain):
    for pairs in ("10", "1"):
        flags = ("--optimizer=lbfgs", f"--lbfgs_pairs={pairs}", f"--output={pairs}.png")
        assert_fine(run_here(*FILES, *CHOOSING, *flags))
    many, one = pixels(folder / "10.png"), pixels(folder / "1.png")
    assert (many != plain).any() and (one != plain).any() and (many != one).any()


def test_layers_and_statistics_with_weights_are_kept_in_the_record(folder, paint_here):
    statistics = (Weighted("gram", 2.0), Weighted("mean_std"))
    paint_here("--style_statistic=" + ",".join(map(str, statistics)), "--output=out.png")
    record = json.loads((folder / "out.json").read_text())
    assert record["settings"]["style_statistic"] == "gram:2.0,mean_std"
    weights = record["term_weights"]
    assert weights["style/gram/block1_conv1"] == 2 * weights["style/mean_std/block1_conv1"]
