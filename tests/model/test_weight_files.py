"""Weights from files: every layout of Keras, what Keras itself saves, types and names."""

import pytest
from weight_files import LAYOUTS, TINY16, TINY19, assert_same, counting, load, sha256, written

pytestmark = pytest.mark.usefixtures("empty_cache")


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
@pytest.mark.parametrize("network", [TINY16, TINY19], ids=lambda network: network.name)
def test_every_layout_gives_the_numbers_written(tmp_path, layout, network):
    path = written(tmp_path / "w.h5", counting(network), layout)
    weights = load(path, network)
    assert_same(weights.arrays, counting(network))
    assert weights[:3] == ("file", path, sha256(path))


def test_only_the_convolutions_asked_for_are_loaded(tmp_path):
    expected = dict(list(counting(TINY19).items())[:3])
    path = written(tmp_path / "w.h5", expected)
    assert_same(load(path, names=("block2_conv1",)).arrays, expected)
    assert_same(
        load(written(path, counting(TINY19)), names=("block1_pool", "block2_conv1")).arrays,
        expected,
    )


@pytest.mark.parametrize("dtype", ["<f2", "<f8", ">f4"])
def test_other_floating_point_types_become_float32(tmp_path, dtype):
    arrays = {name: (kernel % 512, bias % 512) for name, (kernel, bias) in counting(TINY16).items()}
    stored = {name: (k.astype(dtype), b.astype(dtype)) for name, (k, b) in arrays.items()}
    assert_same(load(written(tmp_path / "w.h5", stored), TINY16).arrays, arrays)


def test_the_flag_is_an_absolute_path(tmp_path, monkeypatch):
    path = written(tmp_path / "w.h5", counting(TINY16))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load("w.h5", TINY16).flag == path
    assert load("~/w.h5", TINY16).flag == path


def test_a_file_named_like_a_mistyped_word_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path / "imagnet", counting(TINY16))
    assert load("imagnet", TINY16).flag == path


@pytest.fixture(scope="module")
def keras_model():
    import keras

    model = keras.Sequential([keras.Input((32, 32, 3))])
    for layer in TINY16.layers:
        if layer.kind == "convolution":
            model.add(keras.layers.Conv2D(layer.channels, 3, padding="same", name=layer.name))
        else:
            model.add(keras.layers.MaxPooling2D(name=layer.name))
    model.add(keras.layers.GlobalAveragePooling2D())
    model.add(keras.layers.Dense(3, name="predictions"))
    for name, pair in counting(TINY16).items():
        model.get_layer(name).set_weights(pair)
    model.compile("adam", "mse")
    model.optimizer.build(model.trainable_variables)
    return model


@pytest.mark.parametrize("name", ["x.weights.h5", "model.h5"])
def test_files_that_keras_saves_are_read(tmp_path, keras_model, name):
    path = str(tmp_path / name)
    (keras_model.save_weights if "weights" in name else keras_model.save)(path)
    assert_same(load(path, TINY16).arrays, counting(TINY16))


def test_legacy_weights_that_keras_saves_are_read(tmp_path, keras_model):
    legacy = pytest.importorskip("keras.src.legacy.saving.legacy_h5_format")
    path = written(tmp_path / "w.h5", keras_model, legacy.save_weights_to_hdf5_group)
    assert_same(load(path, TINY16).arrays, counting(TINY16))
