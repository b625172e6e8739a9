"""Weights that are refused: words that are none, and paths where no whole file is."""

import os

import h5py
import pytest
from weight_files import TINY16, TINY19, counting, load, refusal, refused_outright, written

from tf_nst.model.download import KERAS_FILES, cache_path
from tf_nst.model.networks import NETWORKS

pytestmark = pytest.mark.usefixtures("empty_cache")


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
