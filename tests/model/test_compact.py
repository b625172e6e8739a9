"""The compact network in the box: its file, its refusals, and features recorded for one input."""

import json
from pathlib import Path

import numpy as np
import pytest
import reference
import tensorflow as tf
from tolerances import assert_close

from tf_nst.errors import UserError
from tf_nst.model import compact
from tf_nst.model.compact import COMPACT, compact_network, load_compact
from tf_nst.model.networks import NETWORKS
from tf_nst.model.vgg import build_extractor
from tf_nst.model.weights import load_weights

VGG19 = NETWORKS["vgg19"]
LAYERS = ("block1_conv1", "block2_conv1", "block3_conv1", "block4_conv2", "block5_conv1")
RECORDED = Path(__file__).with_name("compact_features.json")


def features() -> dict[str, np.ndarray]:
    """The features [h, w, C] of LAYERS for a fixed picture of 32 x 48 counting numbers."""
    arrays = load_compact(VGG19, VGG19.up_to(LAYERS))
    extractor = build_extractor(compact_network(VGG19), LAYERS, arrays)
    found = extractor(tf.constant(reference.counting(32, 48)[None], tf.float32))
    return {name: value[0].numpy() for name, value in found.items()}


def summary(values: np.ndarray) -> list[float]:
    """What is recorded of a layer: mean, root mean square, and the largest feature."""
    return [float(np.mean(values)), float(np.sqrt(np.mean(values**2))), float(np.max(values))]


def test_the_features_are_those_recorded():
    recorded = json.loads(RECORDED.read_text())
    assert list(recorded) == list(LAYERS)
    for name, values in features().items():
        assert_close(np.array(summary(values)), np.array(recorded[name]), "float32")


def test_channels_are_those_of_the_table():
    for name, values in features().items():
        block = int(name[len("block")])
        assert values.shape[-1] == COMPACT["vgg19"].channels[block - 1]


def test_the_arrays_are_float32_and_finite():
    for kernel, bias in load_compact(VGG19, VGG19.up_to(LAYERS)).values():
        assert kernel.dtype == bias.dtype == np.float32
        assert np.isfinite(kernel).all() and np.isfinite(bias).all()


def test_only_the_layers_asked_for_are_loaded():
    assert list(load_compact(VGG19, VGG19.up_to(("block1_conv2",)))) == [
        "block1_conv1",
        "block1_conv2",
    ]


def test_a_file_that_was_tampered_with_is_refused(monkeypatch):
    changed = COMPACT["vgg19"]._replace(sha256="0" * 64)
    monkeypatch.setitem(compact.COMPACT, "vgg19", changed)
    with pytest.raises(UserError, match=r"--weights=compact: expected vgg19_half\.npz with sha256"):
        load_compact(VGG19, VGG19.up_to(LAYERS))


def test_a_network_without_a_sibling_is_refused():
    with pytest.raises(UserError, match=r"--weights=compact: expected --network among vgg19"):
        load_compact(NETWORKS["vgg16"], NETWORKS["vgg16"].layers)


def test_a_layer_that_is_too_deep_is_refused():
    with pytest.raises(UserError, match=r"expected layers up to block5_conv\d, received block5_"):
        load_compact(VGG19, VGG19.layers)


@pytest.mark.parametrize("choice", ["auto", "compact"])
def test_it_is_chosen_by_name_and_by_auto_where_nothing_is_cached(choice, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    lines = []
    layers = VGG19.up_to(("block1_conv1",))
    weights = load_weights(choice, VGG19, layers, seed=0, report=lines.append)
    assert (weights.source, weights.flag) == ("compact", "compact")
    assert weights.checksum == COMPACT["vgg19"].sha256
    assert weights.network == compact_network(VGG19)
    assert len(lines) == (choice == "auto")
    assert all("--weights=imagenet" in line for line in lines)


def test_auto_takes_random_weights_where_the_box_is_not_deep_enough(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    lines = []
    weights = load_weights("auto", VGG19, VGG19.layers, seed=0, report=lines.append)
    assert weights.source == "random" and weights.network == VGG19
    assert len(lines) == 1 and "random weights" in lines[0]


def test_a_missing_file_is_refused_and_passed_over_by_auto(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setitem(compact.COMPACT, "vgg19", COMPACT["vgg19"]._replace(name="none.npz"))
    layers = VGG19.up_to(("block1_conv1",))
    with pytest.raises(UserError, match=r"--weights=compact: none\.npz is missing"):
        load_compact(VGG19, layers)
    lines = []
    assert load_weights("auto", VGG19, layers, seed=0, report=lines.append).source == "random"


if __name__ == "__main__":
    RECORDED.write_text(json.dumps({k: summary(v) for k, v in features().items()}, indent=2) + "\n")
