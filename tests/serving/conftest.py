"""One export of few layers and few steps, loaded once, and a smaller one for real servers."""

import shutil
from functools import partial
from types import SimpleNamespace

import pytest
import tensorflow as tf
from answering import counted, grpc_double
from certificate import CERTIFICATE, KEY
from servers import SERVERS

import tf_nst
from tf_nst.model.networks import NETWORKS, Network
from tf_nst.serving import model as building
from tf_nst.serving import retries
from tf_nst.serving import signatures as signing
from tf_nst.serving.grpc import ask_grpc
from tf_nst.serving.rest import ask_rest
from tf_nst.serving.server import Server

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
# What real servers load: two layers, in place of the first three of VGG16.
FEW_LAYERS = Network("few", (1, 1), (16, 16))
FEWEST = OPTIONS | {"network": "vgg16", "size": 64, "steps": 1}


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
def only(monkeypatch):
    """What is exported has one signature: its name -> None. The others, which are not asked, take
    as long each to trace, save and load."""

    def leave_out(name: str) -> None:
        def build(recipe, baked, limits, network):
            if name == "serving_default":
                function = signing.make_serving_default(recipe, baked, limits)
            else:
                function = signing.make_stylize_masked(recipe, limits, network)
            return {name: function.get_concrete_function()}

        monkeypatch.setattr(building, "build_signatures", build)

    return leave_out


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


@pytest.fixture(scope="session")
def first_version(tmp_path_factory):
    """The folder of the version that real servers answer with first."""
    folder = tmp_path_factory.mktemp("first")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(NETWORKS, "vgg16", FEW_LAYERS)
        return tf_nst.export(folder, counted(40, 40, 31), max_megapixels=0.05, **FEWEST)


@pytest.fixture(scope="session", params=SERVERS)
def real_server(request, tmp_path_factory, first_version):
    """A process, of each server that is installed, for all tests; it may not be ready yet."""
    models = tmp_path_factory.mktemp("served") / "nst"
    shutil.copytree(first_version, models / "1")
    running = SERVERS[request.param](models)
    try:
        running.launch()
        yield running
    finally:
        running.kill()


@pytest.fixture(scope="session")
def first_signatures(real_server, first_version) -> dict:
    """Of the first version, loaded here, while the server loads it too."""
    loaded = tf.saved_model.load(str(first_version)).signatures
    real_server.wait_until_ready()
    return loaded


@pytest.fixture(scope="session")
def ask_by(real_server, first_signatures) -> dict:
    """{"REST" or "gRPC": request -> answer}; gRPC of a test double where the server has none."""
    with grpc_double(first_signatures) as double:
        by_grpc = partial(ask_grpc, Server(real_server.grpc or double.address))
        yield {"REST": partial(ask_rest, Server(real_server.url)), "gRPC": by_grpc}
