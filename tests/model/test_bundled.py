"""The network in the box: its file is the row's, and a file that is not is refused in one line."""

import hashlib
import sys
from pathlib import Path

import numpy as np
import pytest

import tf_nst
from tf_nst.errors import UserError
from tf_nst.model import bundled
from tf_nst.model.bundled import BUNDLED, BundledFile, decode_codebook, load_bundled
from tf_nst.model.hdf5 import convolutions, kernel_shape
from tf_nst.model.networks import NETWORKS
from tf_nst.model.weights import load_weights

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from bundle_weights import encode

DATA = Path(tf_nst.__file__).parent / "model" / "data"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def counting(network) -> dict:
    """Kernels that count to 255 again and again, and biases: {layer: (kernel, bias)}."""
    arrays = {}
    for layer in convolutions(network.layers):
        shape = kernel_shape(layer)
        kernel = (np.arange(np.prod(shape)) % 256 - 100.0).reshape(shape)
        bias = np.arange(layer.channels) / 8
        arrays[layer.name] = (kernel.astype(np.float32), bias.astype(np.float32))
    return arrays


@pytest.fixture
def add(tmp_path, monkeypatch, tiny):
    """(arrays of a file, decoder) -> the path of tiny.npz, which is the row "tinynet" of the box.

    All of the box lies in `tmp_path` meanwhile.
    """
    monkeypatch.setattr(bundled, "bundled_path", lambda row: tmp_path / row.name)

    def write(coded, decode=decode_codebook) -> Path:
        path = tmp_path / "tiny.npz"
        np.savez(path, **coded)
        row = BundledFile(path.name, sha256(path), tiny, decode)
        monkeypatch.setitem(BUNDLED, "tinynet", row)
        return path

    return write


def refusal(network, layers) -> str:
    """The one line of a refusal of "tinynet"."""
    with pytest.raises(UserError) as caught:
        load_bundled("tinynet", network, layers)
    line = str(caught.value)
    assert line.startswith("--weights=tinynet: expected ") and "\n" not in line
    return line


# --- ImageNet's VGG19 ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def imagenet() -> dict:
    network = NETWORKS["vgg19"]
    return load_bundled("imagenet", network, network.layers)


@pytest.mark.parametrize("word", BUNDLED)
def test_the_file_in_the_package_is_that_of_the_row(word):
    assert sha256(DATA / BUNDLED[word].name) == BUNDLED[word].sha256


def test_the_box_holds_no_other_files():
    assert {path.name for path in DATA.iterdir()} == {row.name for row in BUNDLED.values()}


def test_arrays_have_the_shapes_of_the_table_and_are_finite_float32(imagenet):
    layers = convolutions(NETWORKS["vgg19"].layers)
    assert list(imagenet) == [layer.name for layer in layers]
    for layer in layers:
        kernel, bias = imagenet[layer.name]
        assert (kernel.shape, bias.shape) == (kernel_shape(layer), (layer.channels,))
        assert kernel.dtype == bias.dtype == np.float32
        assert np.isfinite(kernel).all() and np.isfinite(bias).all()
        assert kernel.std() > 0 and bias.std() > 0


def test_every_layer_has_a_table_of_its_own(imagenet):
    tables = [np.unique(kernel) for kernel, _ in imagenet.values()]
    assert all(200 < table.size <= 256 for table in tables)
    assert len({table.tobytes() for table in tables}) == len(tables)


# --- decoding --------------------------------------------------------------------------------


def test_codes_are_places_in_the_codebook():
    file = {
        "a_codes": np.array([[0, 1], [255, 2]], np.uint8),
        "a_codebook": np.arange(256, dtype=np.float32) / 4 - 2,
        "a_bias": np.array([5.0, 7.0], np.float32),
        "b_codebook": np.zeros(256, np.float32),
    }
    kernel, bias = decode_codebook(file, "a")
    np.testing.assert_array_equal(kernel, [[-2.0, -1.75], [61.75, -1.5]])
    np.testing.assert_array_equal(bias, [5.0, 7.0])
    assert kernel.dtype == bias.dtype == np.float32


def test_a_row_and_a_file_add_a_network_to_the_box(add, tiny):
    expected = counting(tiny)
    path = add(encode(expected))
    weights = load_weights("tinynet", tiny, tiny.layers, seed=0, report=pytest.fail)
    assert weights[:4] == ("tinynet", "tinynet", sha256(path), tiny)
    assert list(weights.arrays) == list(expected)
    for name, pair in weights.arrays.items():
        for array, wanted in zip(pair, expected[name], strict=True):
            np.testing.assert_array_equal(array, wanted)


def test_only_the_layers_asked_for_are_decoded(add, tiny):
    decoded = []

    def decode(file, layer):
        decoded.append(layer)
        return decode_codebook(file, layer)

    add(encode(counting(tiny)), decode)
    arrays = load_bundled("tinynet", tiny, tiny.up_to(("block1_pool", "block2_conv1")))
    assert decoded == list(arrays) == ["block1_conv1", "block1_conv2", "block2_conv1"]


def test_a_file_may_end_with_the_deepest_layer_asked_for(add, tiny):
    arrays = {name: pair for name, pair in counting(tiny).items() if name.startswith("block1")}
    add(encode(arrays))
    assert list(load_bundled("tinynet", tiny, tiny.up_to(("block1_pool",)))) == list(arrays)
    line = refusal(tiny, tiny.layers)
    assert line.endswith("expected layers that tiny.npz has, received block2_conv1")


# --- refusals --------------------------------------------------------------------------------


def cut_short(path: Path) -> str:
    path.write_bytes(path.read_bytes()[:-1])
    return f"a file with sha256 {sha256(path)}"


def emptied(path: Path) -> str:
    path.write_bytes(b"")
    return f"a file with sha256 {hashlib.sha256().hexdigest()}"


def one_bit_turned(path: Path) -> str:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return f"a file with sha256 {sha256(path)}"


def removed(path: Path) -> str:
    path.unlink()
    return "no such file"


def a_folder_instead(path: Path) -> str:
    path.unlink()
    path.mkdir()
    return "no such file"


@pytest.mark.parametrize("damage", [cut_short, emptied, one_bit_turned, removed, a_folder_instead])
def test_a_damaged_package_is_to_be_installed_again(add, tiny, damage):
    path = add(encode(counting(tiny)))
    load_bundled("tinynet", tiny, tiny.layers)
    received = damage(path)
    line = refusal(tiny, tiny.layers)
    assert f"expected tiny.npz with sha256 {BUNDLED['tinynet'].sha256} in the package, " in line
    assert line.endswith(f"received {received}; install tf_nst again")


def test_a_file_that_may_not_be_read_is_to_be_installed_again(add, tiny, monkeypatch):
    add(encode(counting(tiny)))

    def deny(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "open", deny)
    line = refusal(tiny, tiny.layers)
    assert line.endswith("a file that cannot be read (Permission denied); install tf_nst again")


@pytest.mark.parametrize("content", [b"no archive", b"PK\x03\x04 not much of one"], ids=str)
def test_what_is_no_archive_is_to_be_installed_again(add, tiny, monkeypatch, content):
    """Even if its checksum is the row's."""
    path = add(encode(counting(tiny)))
    path.write_bytes(content)
    monkeypatch.setitem(BUNDLED, "tinynet", BUNDLED["tinynet"]._replace(sha256=sha256(path)))
    line = refusal(tiny, tiny.layers)
    assert "received a file that cannot be read (" in line
    assert line.endswith("; install tf_nst again")


def test_the_network_must_be_that_of_the_row(add, tiny):
    add(encode(counting(tiny)))
    other = tiny._replace(name="other")
    line = refusal(other, other.layers)
    assert (
        "expected --network=tiny, whose weights are in the package, received --network=other;"
        in line
    )
    assert "--weights=keras" in line
