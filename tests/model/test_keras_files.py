"""The files of Keras: their table, their place in the cache, and their checksums."""

import hashlib
import inspect
import os

import pytest
from loopback import CONTENT, MD5

from tf_nst.errors import UserError
from tf_nst.model.download import KERAS_FILES, cache_path, checksum, is_cached
from tf_nst.model.networks import NETWORKS, Network


def test_the_table_is_that_of_keras():
    from keras.src.applications import vgg16, vgg19

    for module, name in ((vgg16, "vgg16"), (vgg19, "vgg19")):
        assert KERAS_FILES[name].url == module.WEIGHTS_PATH_NO_TOP
        assert f'file_hash="{KERAS_FILES[name].md5}"' in inspect.getsource(module)
    assert KERAS_FILES["vgg16"].md5 != KERAS_FILES["vgg19"].md5


def test_the_cache_is_that_of_keras(monkeypatch, tmp_path):
    name = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("KERAS_HOME", raising=False)
    assert cache_path(NETWORKS["vgg19"]) == str(tmp_path / ".keras" / "models" / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_HOME", "elsewhere")
    assert cache_path(NETWORKS["vgg19"]) == str(tmp_path / "elsewhere" / "models" / name)


def test_a_network_without_a_file_of_keras_is_refused():
    with pytest.raises(UserError, match="expected a network among vgg16, vgg19, received tiny"):
        cache_path(Network("tiny", (1,) * 5, (1,) * 5))


def test_a_file_counts_as_cached_only_with_the_right_checksum(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setitem(KERAS_FILES, "vgg19", KERAS_FILES["vgg19"]._replace(md5=MD5))
    path = tmp_path / "models" / os.path.basename(cache_path(NETWORKS["vgg19"]))
    assert not is_cached(NETWORKS["vgg19"])
    path.mkdir(parents=True)
    assert not is_cached(NETWORKS["vgg19"])
    path.rmdir()
    path.write_bytes(CONTENT)
    assert is_cached(NETWORKS["vgg19"])
    path.write_bytes(CONTENT[:-1])
    assert not is_cached(NETWORKS["vgg19"])


def test_checksum_is_that_of_hashlib(tmp_path):
    (tmp_path / "file").write_bytes(CONTENT)
    assert checksum(str(tmp_path / "file"), "sha256") == hashlib.sha256(CONTENT).hexdigest()
