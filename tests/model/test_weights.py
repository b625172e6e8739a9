"""Weights from every layout of Keras, from its cache, the box and a seed; and every refusal."""

import hashlib
import os
import socket
import subprocess
import sys

import h5py
import numpy as np
import pytest

from tf_nst.errors import RunError, UserError
from tf_nst.model import weights as module
from tf_nst.model.bundled import BUNDLED
from tf_nst.model.download import KERAS_FILES, KerasFile, cache_path
from tf_nst.model.networks import NETWORKS, Network
from tf_nst.model.weights import load_weights

CHANNELS = (2, 2, 4, 4, 4)
TINY16 = Network("tiny16", NETWORKS["vgg16"].convolutions, CHANNELS)
TINY19 = Network("tiny19", NETWORKS["vgg19"].convolutions, CHANNELS)


def counting(network) -> dict:
    """Kernels and biases that count on from layer to layer: no two numbers are the same."""
    arrays, start = {}, 0
    for layer in network.layers:
        if layer.kind == "convolution":
            size = 9 * layer.channels_in * layer.channels
            kernel = np.arange(start, start + size, dtype=np.float32)
            bias = np.arange(start + size, start + size + layer.channels, dtype=np.float32)
            start += size + layer.channels
            kernel = kernel.reshape(3, 3, layer.channels_in, layer.channels)
            arrays[layer.name] = (kernel, bias)
    return arrays


def official(file, arrays):
    for name, (kernel, bias) in arrays.items():
        file[f"{name}/{name}_W_1:0"] = kernel
        file[f"{name}/{name}_b_1:0"] = bias
    file.create_group("block1_pool")


def keras_2(file, arrays):
    for name, (kernel, bias) in arrays.items():
        file[f"{name}/{name}/kernel:0"] = kernel
        file[f"{name}/{name}/bias:0"] = bias


def keras_2_model(file, arrays):
    keras_2(file.create_group("model_weights"), arrays)
    copies = {name: (-kernel, -bias) for name, (kernel, bias) in arrays.items()}
    keras_2(file.create_group("optimizer_weights/Adam"), copies)


def keras_2_with_top(file, arrays):
    keras_2(file, arrays)
    file["fc1/fc1/kernel:0"] = np.ones((5, 7), np.float32)
    file["fc1/fc1/bias:0"] = np.ones(7, np.float32)


def keras_3_early(file, arrays, prefix="layers"):
    for index, (kernel, bias) in enumerate(arrays.values()):
        group = f"{prefix}/conv2d_{index}/vars" if index else f"{prefix}/conv2d/vars"
        file[f"{group}/0"] = kernel
        file[f"{group}/1"] = bias
    file[f"{prefix}/dense/vars/0"] = np.ones((5, 7), np.float32)
    file[f"{prefix}/dense/vars/1"] = np.ones(7, np.float32)


def keras_3_preview(file, arrays):
    keras_3_early(file, arrays, prefix="_layer_checkpoint_dependencies")


def keras_3(file, arrays):
    """Numbered against the order of the layers, so that only the names can be right."""
    keras_3_early(file, dict(reversed(arrays.items())))
    for index, name in enumerate(reversed(arrays)):
        group = f"layers/conv2d_{index}/vars" if index else "layers/conv2d/vars"
        file[group].attrs["name"] = name
    file["layers/dense/vars"].attrs["name"] = "fc1"


LAYOUTS = (official, keras_2, keras_2_model, keras_2_with_top, keras_3_early, keras_3_preview)
LAYOUTS = (*LAYOUTS, keras_3)


def written(path, arrays, layout=official) -> str:
    with h5py.File(path, "w") as file:
        layout(file, arrays)
    return str(path)


def load(choice, network=TINY19, names=("block5_pool",), seed=0, lines=None):
    report = (lambda line: pytest.fail(f"reported: {line}")) if lines is None else lines.append
    return load_weights(choice, network, network.up_to(names), seed=seed, report=report)


def assert_same(arrays, expected):
    assert list(arrays) == list(expected)
    for name, pair in arrays.items():
        for array, wanted in zip(pair, expected[name], strict=True):
            assert array.dtype == np.float32
            np.testing.assert_array_equal(array, wanted)


def sha256(path) -> str:
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))


def test_importing_loads_no_tensorflow_and_no_keras():
    code = (
        "import sys, tf_nst.model.weights as _;"
        "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


# Files


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


# Refusals

WITHOUT_A_DOWNLOAD = ("imagenet", "random", "PATH")


def refused_outright(choice, network=TINY19, names=("block5_pool",)) -> str:
    """The line of the refusal, after the checks that hold for all of them."""
    with pytest.raises(UserError) as caught:
        load(choice, network, names)
    line = str(caught.value)
    assert caught.value.exit_code == 2
    assert "\n" not in line
    assert line.startswith("--weights=") and "expected" in line and "received" in line
    return line


def refusal(choice, network=TINY19, names=("block5_pool",)) -> str:
    """The line of a refusal that names what needs no download."""
    line = refused_outright(choice, network, names)
    for word in WITHOUT_A_DOWNLOAD:
        assert f"--weights={word}" in line
    return line


@pytest.mark.parametrize(
    ("word", "nearest"), [("imagnet", "imagenet"), ("Keras", "keras"), ("randm", "random")]
)
def test_an_unknown_word_gets_the_nearest(word, nearest):
    assert f"received neither; nearest: --weights={nearest};" in refusal(word)


@pytest.mark.parametrize("word", ["auto", "compact"])
def test_a_word_of_an_earlier_version_is_told_what_to_write(word):
    line = refused_outright(word)
    assert line.startswith(f"--weights={word}: expected imagenet, keras, random or a path, ")
    assert "earlier version; --weights=imagenet, the default," in line


@pytest.mark.parametrize("word", ["auto", "compact"])
def test_a_file_named_like_a_word_of_an_earlier_version_is_taken_by_its_path(
    tmp_path, monkeypatch, word
):
    monkeypatch.chdir(tmp_path)
    path = written(tmp_path / word, counting(TINY16))
    assert load(f"./{word}", TINY16).flag == path


def test_an_empty_choice_is_refused():
    assert "received neither" in refusal("")


def test_a_missing_path_is_refused(tmp_path):
    line = refusal(str(tmp_path / "w.h5"))
    assert str(tmp_path / "w.h5") in line and "no file" in line


def test_a_refusal_says_where_the_right_file_is_and_where_it_belongs(tmp_path):
    network = NETWORKS["vgg19"]
    line = refusal(str(tmp_path / "w.h5"), network)
    assert KERAS_FILES["vgg19"].url in line and cache_path(network) in line


def test_a_directory_is_refused(tmp_path):
    assert "received a directory" in refusal(str(tmp_path))


def test_a_device_is_refused():
    assert "not a plain file" in refusal(os.devnull)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path, monkeypatch):
    path = written(tmp_path / "w.h5", counting(TINY19))

    def deny(*_):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("builtins.open", deny)
    assert "cannot be read (Permission denied)" in refusal(path)


def test_an_empty_file_is_refused(tmp_path):
    (tmp_path / "w.h5").touch()
    assert "received an empty file" in refusal(str(tmp_path / "w.h5"))


def test_a_file_that_is_not_hdf5_is_refused(tmp_path):
    (tmp_path / "w.h5").write_text("<!DOCTYPE html>\n<html>\n")
    line = refusal(str(tmp_path / "w.h5"))
    assert "not HDF5 (it begins with b'<!DOCTYPE ht')" in line


def test_a_name_of_two_lines_still_gives_one(tmp_path):
    refusal(str(tmp_path / "two\nlines.h5"))


@pytest.mark.parametrize("kept", [0.2, 0.9])
def test_a_truncated_file_is_refused(tmp_path, kept):
    path = written(tmp_path / "w.h5", counting(TINY19))
    os.truncate(path, int(os.path.getsize(path) * kept))
    assert "truncated or damaged" in refusal(path)


def test_damaged_data_are_refused(tmp_path):
    path = tmp_path / "w.h5"
    arrays = counting(TINY19)
    with h5py.File(path, "w") as file:
        for name, (kernel, bias) in arrays.items():
            file.create_dataset(f"{name}/kernel", data=kernel, compression="gzip")
            file[f"{name}/bias"] = bias
        chunk = file["block1_conv1/kernel"].id.get_chunk_info(0)
    with open(path, "r+b") as file:
        file.seek(chunk.byte_offset)
        file.write(b"\xff" * chunk.size)
    assert "truncated or damaged" in refusal(str(path))


@pytest.mark.parametrize("layout", [official, keras_3], ids=lambda layout: layout.__name__)
@pytest.mark.parametrize("lost", ["block1_conv1", "block5_conv2"])
def test_missing_layers_are_named(tmp_path, layout, lost):
    arrays = counting(TINY19)
    del arrays[lost]
    line = refusal(written(tmp_path / "w.h5", arrays, layout))
    assert f"received a file without {lost};" in line


def test_a_kernel_without_a_bias_is_a_missing_layer(tmp_path):
    path = written(tmp_path / "w.h5", counting(TINY19))
    with h5py.File(path, "r+") as file:
        del file["block2_conv1/block2_conv1_b_1:0"]
    assert "received a file without block2_conv1;" in refusal(path)


def test_a_file_with_no_known_layer_names_what_is_missing(tmp_path):
    path = written(tmp_path / "w.h5", {"dense": (np.ones((3, 3)), np.ones(3))})
    assert "received a file without block1_conv1;" in refusal(path, names=("block1_conv1",))


def test_unnamed_convolutions_of_another_number_are_no_vgg(tmp_path):
    arrays = dict(list(counting(TINY19).items())[:15])
    path = written(tmp_path / "w.h5", arrays, keras_3_early)
    assert "without block1_conv1;" in refusal(path, names=("block1_conv1",))


def test_convolutions_of_other_names_are_no_vgg(tmp_path):
    arrays = {f"conv_{name}": pair for name, pair in counting(TINY19).items()}
    path = written(tmp_path / "w.h5", arrays, keras_3)
    assert "without block1_conv1;" in refusal(path, names=("block1_conv1",))


ANY_LAYOUT = pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)


@ANY_LAYOUT
@pytest.mark.parametrize("names", [("block1_conv1",), ("block5_pool",)], ids=str)
def test_the_file_of_vgg16_for_vgg19_gets_a_hint(tmp_path, layout, names):
    line = refusal(written(tmp_path / "w.h5", counting(TINY16), layout), TINY19, names)
    assert "without block3_conv4, block4_conv4, block5_conv4" in line
    assert "--network=vgg16" in line


@ANY_LAYOUT
@pytest.mark.parametrize("names", [("block1_conv1",), ("block5_pool",)], ids=str)
def test_the_file_of_vgg19_for_vgg16_gets_a_hint(tmp_path, layout, names):
    line = refusal(written(tmp_path / "w.h5", counting(TINY19), layout), TINY16, names)
    assert "also holds block3_conv4, block4_conv4, block5_conv4" in line
    assert "--network=vgg19" in line


def test_a_file_of_an_unknown_network_gets_no_hint(tmp_path):
    other = Network("other", (3, 2, 3, 3, 3), CHANNELS)
    line = refusal(written(tmp_path / "w.h5", counting(other)), TINY16)
    assert "also holds block1_conv3;" in line
    assert "--network" not in line


@pytest.mark.parametrize(
    ("part", "shape", "expected"),
    [(0, (3, 3, 4, 2), (3, 3, 2, 4)), (0, (5, 5, 2, 4), (3, 3, 2, 4)), (1, (3,), (4,))],
)
def test_another_shape_is_refused_with_both_shapes(tmp_path, part, shape, expected):
    arrays = counting(TINY19)
    pair = list(arrays["block3_conv1"])
    pair[part] = np.ones(shape, np.float32)
    arrays["block3_conv1"] = tuple(pair)
    line = refusal(written(tmp_path / "w.h5", arrays))
    assert "block3_conv1" in line
    assert f"of shape {expected}, received {shape};" in line


@pytest.mark.parametrize("part", [0, 1])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(tmp_path, part, value):
    arrays = counting(TINY19)
    arrays["block4_conv2"][part].flat[-1] = value
    line = refusal(written(tmp_path / "w.h5", arrays))
    assert "block4_conv2" in line and "NaN or infinite" in line
    load(written(tmp_path / "w.h5", arrays), names=("block4_conv1",))


def test_integers_are_refused(tmp_path):
    arrays = counting(TINY19)
    arrays["block1_conv1"] = tuple(array.astype(np.uint16) for array in arrays["block1_conv1"])
    line = refusal(written(tmp_path / "w.h5", arrays))
    assert "block1_conv1 with a floating-point kernel, received uint16" in line


def test_names_that_are_not_utf8_are_passed_over(tmp_path):
    path = written(tmp_path / "w.h5", counting(TINY19))
    with h5py.File(path, "r+") as file:
        file[b"\xff\xfe"] = np.ones(3)
    assert_same(load(path).arrays, counting(TINY19))


# Random


def test_random_weights_depend_on_seed_and_layer_alone():
    whole, part = load("random", seed=7), load("random", seed=7, names=("block2_conv1",))
    assert list(part.arrays) == ["block1_conv1", "block1_conv2", "block2_conv1"]
    assert_same(part.arrays, {name: whole.arrays[name] for name in part.arrays})
    assert_same(load("random", seed=7).arrays, whole.arrays)
    kernels = [kernel for kernel, _ in whole.arrays.values() if kernel.shape == (3, 3, 4, 4)]
    kernels += [load("random", seed=8).arrays["block5_conv4"][0]]
    for index, kernel in enumerate(kernels):
        assert not any(np.array_equal(kernel, other) for other in kernels[:index])


def test_random_kernels_are_he_normal_and_biases_zero():
    arrays = load("random", NETWORKS["vgg19"], ("block2_conv1",)).arrays
    for kernel, bias in arrays.values():
        fan_in = np.prod(kernel.shape[:3])
        assert kernel.dtype == bias.dtype == np.float32
        assert bias.shape == kernel.shape[3:] and not bias.any()
        error = 4 / np.sqrt(2 * kernel.size)  # four standard errors of a deviation
        assert kernel.std() == pytest.approx(np.sqrt(2 / fan_in), rel=error)
        assert abs(kernel.mean()) < 4 * np.sqrt(2 / fan_in / kernel.size)


def test_random_weights_are_the_same_in_every_version():
    kernel = load("random", seed=3).arrays["block1_conv1"][0]
    expected = [0.05995429, -0.08779635, 0.07997838]
    np.testing.assert_allclose(kernel.ravel()[:3], expected, rtol=1e-6)


def test_random_checksum_is_that_of_the_numbers():
    weights = load("random", seed=7)
    content = b"".join(array.tobytes() for pair in weights.arrays.values() for array in pair)
    assert weights[:3] == ("random", "random", hashlib.sha256(content).hexdigest())
    assert load("random", seed=8).checksum != weights.checksum


# ImageNet, in the box


@pytest.fixture
def no_download(monkeypatch):
    monkeypatch.setattr(module, "download", lambda *_, **__: pytest.fail("downloaded"))


@pytest.mark.usefixtures("no_download")
def test_imagenet_is_the_network_in_the_box_and_knows_no_cache(monkeypatch):
    for name in ("cache_path", "is_cached"):
        monkeypatch.setattr(module, name, lambda *_: pytest.fail("looked into the cache"))
    weights = load("imagenet", NETWORKS["vgg19"], ("block1_conv2",))
    assert weights[:3] == ("imagenet", "imagenet", BUNDLED["imagenet"].sha256)
    assert weights.network == NETWORKS["vgg19"]
    assert list(weights.arrays) == ["block1_conv1", "block1_conv2"]


def test_imagenet_of_another_network_is_refused_and_told_where_there_is_one():
    line = refused_outright("imagenet", NETWORKS["vgg16"], ("block1_conv1",))
    assert line.startswith("--weights=imagenet: expected --network=vgg19, ")
    assert "received --network=vgg16; --weights=keras downloads" in line


# Keras' own file


@pytest.fixture
def published(monkeypatch, tmp_path):
    """A file of TINY19 that can be fetched, and its row in the table."""
    path = written(tmp_path / "published.h5", counting(TINY19))
    with open(path, "rb") as file:
        md5 = hashlib.md5(file.read()).hexdigest()
    url = (tmp_path / "published.h5").as_uri()
    monkeypatch.setitem(KERAS_FILES, "tiny19", KerasFile(url, md5))
    return path


@pytest.fixture
def unheard(monkeypatch):
    """The address of a file of TINY19 where every connection is refused."""
    monkeypatch.setenv("no_proxy", "*")
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/tiny19.h5"
        monkeypatch.setitem(KERAS_FILES, "tiny19", KerasFile(url, "0" * 32))
        yield url


def put_in_cache(content: bytes) -> str:
    path = cache_path(TINY19)
    os.makedirs(os.path.dirname(path))
    with open(path, "wb") as file:
        file.write(content)
    return path


def content_of(path) -> bytes:
    with open(path, "rb") as file:
        return file.read()


@pytest.mark.usefixtures("no_download")
def test_keras_cached_file_is_taken_in_silence(published):
    path = put_in_cache(content_of(published))
    weights = load("keras")
    assert weights[:3] == ("keras", "keras", sha256(path))
    assert_same(weights.arrays, counting(TINY19))


def test_keras_file_is_downloaded_to_the_cache(published):
    lines = []
    weights = load("keras", lines=lines)
    assert weights[:3] == ("keras", "keras", sha256(published))
    assert_same(weights.arrays, counting(TINY19))
    assert content_of(cache_path(TINY19)) == content_of(published)
    assert lines[0].startswith("downloading file:")


def test_a_damaged_cached_file_is_told_and_downloaded_again(published):
    path, lines = put_in_cache(b"damaged"), []
    assert load("keras", lines=lines).source == "keras"
    assert path in lines[0] and "is damaged" in lines[0] and "again" in lines[0]
    assert content_of(path) == content_of(published)


def test_a_refused_connection_is_told_in_one_line_with_what_to_do(unheard):
    with pytest.raises(RunError) as caught:
        load("keras", lines=[])
    line = str(caught.value)
    assert line.startswith(f"--weights=keras: cannot download {unheard}: ")
    assert "\n" not in line and "Connection refused" in line
    assert f"put the file at {cache_path(TINY19)} by hand" in line
    assert "without a download: --weights=imagenet (VGG19, in the box)" in line
    assert not os.path.exists(cache_path(TINY19))


def test_keras_file_of_a_network_without_one_is_refused():
    assert "received tiny16;" in refusal("keras", TINY16)
