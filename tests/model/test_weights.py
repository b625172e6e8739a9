"""Weights by a word: from a seed, from the box, and from the cache of Keras."""

import hashlib
import os
import socket
import subprocess
import sys

import numpy as np
import pytest
from weight_files import (
    TINY16,
    TINY19,
    assert_same,
    counting,
    load,
    refusal,
    refused_outright,
    sha256,
    written,
)

from tf_nst.errors import RunError
from tf_nst.model import weights as module
from tf_nst.model.bundled import BUNDLED
from tf_nst.model.download import KERAS_FILES, KerasFile, cache_path
from tf_nst.model.networks import NETWORKS

pytestmark = pytest.mark.usefixtures("empty_cache")


def test_importing_loads_no_tensorflow_and_no_keras():
    code = (
        "import sys, tf_nst.model.weights as _;"
        "sys.exit(any(name in sys.modules for name in ('tensorflow', 'keras')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


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
    assert "without a download: --weights=imagenet (VGG19, in the package)" in line
    assert not os.path.exists(cache_path(TINY19))


def test_keras_file_of_a_network_without_one_is_refused():
    assert "received tiny16;" in refusal("keras", TINY16)
