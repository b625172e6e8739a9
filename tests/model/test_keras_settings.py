"""Keras' settings for other programs change nothing, or a line names the setting."""

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_nst.errors import UserError
from tf_nst.model.keras_on_tensorflow import check_backend, chosen_backend
from tf_nst.model.vgg import build_extractor

LAYERS = ("block1_conv1", "block3_conv1")
SETTINGS = [
    lambda: keras.config.set_image_data_format("channels_first"),
    lambda: keras.config.set_floatx("float64"),
    lambda: keras.config.set_floatx("float16"),
    lambda: keras.config.set_dtype_policy("mixed_float16"),
    lambda: keras.config.set_dtype_policy("float64"),
]


@pytest.fixture
def restored():
    """Puts Keras' settings back."""
    yield
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    keras.config.set_dtype_policy("float32")


def features(tiny, arrays, dtype: str, picture: np.ndarray) -> dict[str, np.ndarray]:
    """The features of a new network."""
    choices = {"pooling": "average", "padding": "edge", "dtype": dtype}
    extractor = build_extractor(tiny, LAYERS, arrays, **choices)
    return {name: value.numpy() for name, value in extractor(tf.constant(picture)).items()}


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_layout_floatx_and_policy_change_no_feature(tiny, tiny_arrays, content, dtype):
    expected = features(tiny, tiny_arrays, dtype, content)
    for change in SETTINGS:
        change()
        for name, value in features(tiny, tiny_arrays, dtype, content).items():
            assert value.dtype == expected[name].dtype
            np.testing.assert_array_equal(value, expected[name])


@pytest.fixture
def without_keras(monkeypatch, tmp_path):
    """As if Keras was not imported yet, with an empty home of it."""
    monkeypatch.delitem(sys.modules, "keras")
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("text", [None, "", "[]", "{}", '{"backend": "tensorflow"}'])
def test_tensorflow_is_the_backend_where_nothing_else_is_set(without_keras, text):
    if text is not None:
        (without_keras / "keras.json").write_text(text)
    check_backend()


def test_another_backend_is_one_line_that_names_the_setting(without_keras, monkeypatch):
    path = without_keras / "keras.json"
    path.write_text('{"backend": "torch"}')
    assert chosen_backend() == ("torch", str(path))
    with pytest.raises(UserError, match=r"keras\.json: expected tensorflow, received torch; set "):
        check_backend()
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with pytest.raises(UserError, match=r"^KERAS_BACKEND: expected tensorflow, received jax; "):
        check_backend()
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    check_backend()


@pytest.mark.parametrize("text", ['{"floatx": "bad"}', '{"image_data_format": 1}', "[]"])
def test_settings_that_keras_refuses_are_one_line_that_names_the_file(tmp_path, text):
    (tmp_path / "keras.json").write_text(text)
    code = """
from tf_nst.errors import UserError
try:
    import tf_nst.model.keras_on_tensorflow
except UserError as error:
    print(error)
"""
    environment = os.environ | {"KERAS_HOME": str(tmp_path)}
    said = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)
    assert said.startswith(f"{tmp_path}/keras.json: expected settings that Keras takes, received")


def test_a_backend_that_is_imported_already_counts(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    check_backend()
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(UserError, match=r"^keras\.backend: expected tensorflow, received jax; "):
        check_backend()
