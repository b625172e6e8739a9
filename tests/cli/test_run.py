"""Whole runs: what is printed, what is written, and that NAME.cfg paints the same picture again."""

import hashlib
import json
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from command_line import (
    FILES,
    SHORT,
    assert_fine,
    counted,
    fill,
    finish,
    parsed,
    pixels,
    settings,
    snapshot,
    start_fresh,
)
from PIL import Image as Pillow

from tf_nst.cli.flags import PAINT_FLAGS, config_from_flags
from tf_nst.config import StylizeConfig, options_from_config
from tf_nst.config.paths import join_paths
from tf_nst.io.areas import Places
from tf_nst.model.bundled import BUNDLED
from tf_nst.model.networks import NETWORKS
from tf_nst.model.weights import load_weights
from tf_nst.version import VERSION

pytestmark = pytest.mark.usefixtures("one_engine")
STEPS = 5


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One run with relative paths in a fresh process, with ordinary layers."""
    folder = tmp_path_factory.mktemp("a folder with spaces, # and ä")
    fill(folder)
    (folder / "sub").mkdir()
    flags = ("--output=sub/out.png", "--size=48", f"--steps={STEPS}", "--weights=random")
    ran = finish(start_fresh(folder, *FILES, *flags, "--seed=3", "--init=noise"))
    return SimpleNamespace(folder=folder, sub=folder / "sub", ran=ran)


@pytest.fixture(scope="module")
def record(whole) -> dict:
    """NAME.json of the whole run."""
    return json.loads((whole.sub / "out.json").read_text(encoding="utf-8"))


# --- what is printed --------------------------------------------------------------------------


def test_a_run_exits_0_with_an_empty_stderr(whole):
    assert whole.ran.err == ""
    assert whole.ran.code == 0


def test_a_run_prints_its_lines_in_order(whole):
    starting, *lines = whole.ran.out.splitlines()
    assert starting == "starting TensorFlow"
    first_words = [line.split()[0] for line in lines[:5]]
    assert first_words == ["device", "network", "content", "style", "memory"]
    assert re.fullmatch(r"device   .+, (float32|bfloat16), XLA (on|off)", lines[0])
    assert lines[1] == "network  vgg19, random weights, max pooling"
    assert lines[2] == "content  photo.png, 64×48 -> 48×36"
    assert lines[3] == "style    painting.png, 40×40 -> 40×40"
    assert re.fullmatch(r"memory   about \d+\.\d GB; the steps take about \d+ (s|min|h)", lines[4])
    assert lines[5] == "48×36: preparing the steps"
    steps = [int(re.match(r"step (\d+)/5  48×36  ", line)[1]) for line in lines[6:-1]]
    assert steps == sorted(set(steps)) and steps[0] == 1 and steps[-1] == STEPS
    assert re.fullmatch(
        r"painted sub/out\.png \(loss [\d.]+, \d+ s; out\.json, out\.cfg\)", lines[-1]
    )


def test_a_run_writes_the_picture_its_record_and_its_flag_file_only(whole):
    assert sorted(path.name for path in whole.sub.iterdir()) == ["out.cfg", "out.json", "out.png"]
    assert sorted(path.name for path in whole.folder.iterdir()) == [
        "painting.png",
        "photo.png",
        "sub",
    ]
    with Pillow.open(whole.sub / "out.png") as picture:
        assert (picture.size, picture.mode) == ((48, 36), "RGB")


def test_the_script_is_the_command(folder):
    script = Path(__file__).parents[2] / "scripts" / "run.py"
    code = f"import runpy, sys; runpy.run_path({str(script)!r}, run_name='__main__')"
    ran = finish(start_fresh(folder, "--help", code=code))
    assert ran.code == 0 and "--content" in ran.out and ran.err == ""


# --- the record -------------------------------------------------------------------------------


def test_the_record_holds_versions_device_sizes_and_time(record, whole):
    assert record["tf_nst"] == VERSION
    assert record["versions"].keys() == {"python", "tensorflow", "keras", "numpy", "pillow"}
    assert record["device"] in whole.ran.out.splitlines()[1]
    assert record["sizes"] == {
        "picture": [48, 36],
        "content": [64, 48],
        "style": [40, 40],
        "style_measured": [40, 40],
    }
    assert record["seconds"] > 0


def test_the_record_holds_resolved_settings(record):
    flags = record["settings"]
    assert flags["precision"] in ("float32", "bfloat16") and flags["xla"] in ("on", "off")
    assert flags["strategy"] in ("cpu", "gpu", "mirrored", "tpu")
    assert (flags["seed"], flags["size"], flags["style_size"]) == (3, 48, 40)
    assert (flags["steps"], flags["learning_rate"], flags["average"]) == (str(STEPS), 1.0, 0.0)
    assert "auto" not in flags.values() and None not in flags.values()


def test_the_record_holds_source_and_sha256_of_the_weights(record):
    network = NETWORKS["vgg19"]
    cut = network.up_to(("block5_conv1",))
    arrays = load_weights("random", network, cut, seed=3, report=pytest.fail).arrays
    digest = hashlib.sha256()
    for kernel, bias in arrays.values():
        digest.update(kernel.tobytes() + bias.tobytes())
    assert record["weights"] == {"source": "random", "sha256": digest.hexdigest()}


def test_the_record_holds_every_term_at_every_step_and_at_the_end(record):
    terms = {
        *(f"content/mean_squared/block{block}_conv2" for block in (3, 4)),
        *(f"style/gram/block{block}_conv1" for block in range(1, 6)),
        *(f"style/wasserstein/block{block}_conv1" for block in range(1, 6)),
        "variation/squared/image",
    }
    assert record["losses"].keys() == record["final"].keys() == terms
    assert record["term_weights"].keys() == terms
    assert record["steps_made"] == STEPS
    assert record["scales"] == [{"width": 48, "height": 36, "steps": STEPS}]
    for values in record["losses"].values():
        assert len(values) == STEPS and np.isfinite(values).all()
    weights = record["term_weights"]
    first = sum(weights[name] * record["losses"][name][0] for name in terms)
    last = sum(weights[name] * record["final"][name] for name in terms)
    assert last < first


# --- the flag file ----------------------------------------------------------------------------


def test_the_flag_file_holds_resolved_values_and_paths_that_start_at_it(whole):
    flags = settings(whole.sub / "out.cfg")
    assert "auto" not in flags.values() and "None" not in flags.values()
    assert flags.keys() == {flag.name for flag in PAINT_FLAGS} - {
        *Places._fields,
        *("checkpoint_seconds", "debug", "overwrite", "preset", "preview_every", "resume"),
        *("bits", "json", "monitor", "quality", "quiet", "seconds", "sidecars", "verbose"),
    }
    assert flags["weights"] == "random" and flags["seed"] == "3"
    assert (flags["steps"], flags["scales"]) == (str(STEPS), "1")
    files = {name: flags[name] for name in ("content", "style", "output")}
    expected = {"content": "../photo.png", "style": "../painting.png", "output": "./out.png"}
    assert files == expected


def test_the_flag_file_paints_the_same_pixels_from_another_folder(
    whole, tmp_path, run_here, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    cfg = whole.sub / "out.cfg"
    again = tmp_path / "again.png"
    before = snapshot(whole.folder)
    ran = run_here(f"--flagfile={cfg}", f"--output={again}")
    assert_fine(ran)
    np.testing.assert_array_equal(pixels(again), pixels(whole.sub / "out.png"))
    assert snapshot(whole.folder) == before
    photographs = {"content": "photo.png", "style": "painting.png"}
    same = {flag: str(whole.folder / name) for flag, name in photographs.items()}
    same["style"] = join_paths([same["style"]])
    assert settings(tmp_path / "again.cfg") == settings(cfg) | same | {"output": "./again.png"}


@pytest.mark.parametrize(
    ("weight", "left_out"),
    [
        ("--tv_weight=0", {"tv_loss"}),
        ("--content_weight=0", {"content_layers", "content_loss"}),
        ("--style_weight=0", {"style_layers", "style_statistic"}),
    ],
)
def test_a_flag_file_without_a_term_can_be_read_again(folder, run_here, weight, left_out):
    layers = [flag for flag in SHORT if flag[2:].split("=")[0] not in left_out]
    few = ("--size=32", "--steps=1", "--optimizer=adam")
    ran = run_here(*FILES, *layers, *few, weight, "--output=one.png")
    assert_fine(ran)
    assert left_out.isdisjoint(settings(folder / "one.cfg"))
    options = json.loads((folder / "one.json").read_text())["settings"]
    expected = {
        name: default if name in left_out else options.get(name)
        for name, default in options_from_config(StylizeConfig()).items()
    }
    # Its scales are those that there were.
    assert (options["scales"], expected["steps"]) == (0, "1")
    read = options_from_config(config_from_flags(parsed("--flagfile=one.cfg")))
    assert read == expected | {"scales": 1}


def test_a_flag_file_keeps_a_start_given_as_a_file(folder, paint_here, run_here, monkeypatch):
    Pillow.fromarray(255 - counted(48, 64)).save(folder / "start.png")
    paint_here("--init=start.png", "--output=one.png")
    (folder / "elsewhere").mkdir()
    monkeypatch.chdir(folder / "elsewhere")
    ran = run_here("--flagfile=../one.cfg", "--output=two.png")
    assert_fine(ran)
    one, two = pixels(folder / "one.png"), pixels(folder / "elsewhere" / "two.png")
    np.testing.assert_array_equal(one, two)


def test_a_run_may_write_over_what_a_run_wrote(folder, paint_here):
    assert paint_here("--output=out.png").code == 0
    first = pixels(folder / "out.png")
    assert paint_here("--output=out.png", "--steps=4").code == 0
    assert (pixels(folder / "out.png") != first).any()
    assert json.loads((folder / "out.json").read_text())["steps_made"] == 4


# --- weights ----------------------------------------------------------------------------------


def test_the_weights_by_default_are_imagenets_in_the_box(folder, run_here):
    """Without a cache, and without a line about a download."""
    layers = [flag for flag in SHORT if not flag.startswith("--weights")]
    few = ("--size=48", "--steps=2", "--optimizer=adam")
    ran = run_here(*FILES, *layers, *few, "--output=out.png")
    assert_fine(ran)
    assert "network  vgg19, imagenet weights, max pooling" in ran.out.splitlines()
    assert settings(folder / "out.cfg")["weights"] == "imagenet"
    record = json.loads((folder / "out.json").read_text())
    assert record["weights"] == {"source": "imagenet", "sha256": BUNDLED["imagenet"].sha256}
    assert record["settings"]["weights"] == "imagenet"
    assert not (folder.parent / "keras" / "models").exists() and "download" not in ran.out
