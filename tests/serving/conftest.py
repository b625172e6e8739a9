"""One export of few layers and few steps, loaded once."""

import pytest
import tensorflow as tf
from answering import counted

import tf_nst

OPTIONS = {
    "size": 48,
    "steps": 3,
    "weights": "random",
    "precision": "float32",
    "content_layers": "conv2_1",
    "style_layers": "conv1_1,conv2_1:2",
    # Its graphs are traced and first called in half the time of L-BFGS'.
    "optimizer": "adam",
}


@pytest.fixture(scope="session")
def options() -> dict:
    """Of the export; the command takes the same."""
    return OPTIONS


@pytest.fixture(scope="session")
def painting():
    """The style that is baked in, 40 x 40."""
    return counted(40, 40, 104729)


@pytest.fixture(scope="session")
def exported(tmp_path_factory, painting):
    """The folder of the version."""
    output = tmp_path_factory.mktemp("models") / "nst"
    return tf_nst.export(output, painting, max_megapixels=0.05, **OPTIONS)


@pytest.fixture(scope="session")
def model(exported):
    """The loaded export."""
    return tf.saved_model.load(str(exported))


@pytest.fixture(scope="session")
def signatures(model) -> dict:
    """Its functions by name."""
    return model.signatures
