"""One export of few layers and few steps, loaded once."""

from types import SimpleNamespace

import pytest
import tensorflow as tf
from answering import counted
from certificate import CERTIFICATE, KEY

import tf_nst
from tf_nst.serving import retries

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
    bounds = {"max_megapixels": 0.05, "max_request_megapixels": 0.12, "max_pictures": 5}
    return tf_nst.export(output, painting, **bounds, **OPTIONS)


@pytest.fixture(scope="session")
def model(exported):
    """The loaded export."""
    return tf.saved_model.load(str(exported))


@pytest.fixture(scope="session")
def signatures(model) -> dict:
    """Its functions by name."""
    return model.signatures


@pytest.fixture
def certificate(tmp_path) -> SimpleNamespace:
    """Paths of PEM files: `.certificate`, and its `.key`."""
    files = SimpleNamespace(certificate=tmp_path / "certificate.pem", key=tmp_path / "key.pem")
    files.certificate.write_text(CERTIFICATE)
    files.key.write_text(KEY)
    return files


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """The pauses of the client in seconds, none of which is waited for."""
    lengths = []
    monkeypatch.setattr(retries.time, "sleep", lengths.append)
    return lengths
