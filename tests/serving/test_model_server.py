"""The client and a server: doubles, and TensorFlow Serving's own where it is on the PATH."""

import json
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from urllib.error import URLError

import numpy as np
import pytest
from answering import call, counted, decoded, encoded, grpc_double, rest_double

from tf_nst.errors import UserError
from tf_nst.serving.client import Request, ask_grpc, ask_rest
from tf_nst.serving.server import Server

BINARY = "tensorflow_model_server"
PHOTO, STYLE = encoded(counted(30, 44)), encoded(counted(40, 34, 31))
REQUESTS = {
    "serving_default": Request(PHOTO),
    "stylize": Request(PHOTO, STYLE, steps=2, size=40, style_weight=3.0, content_weight=0.5),
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return listening.getsockname()[1]


def wait_until_ready(url: str, process: subprocess.Popen) -> None:
    """The model's state is AVAILABLE after its warm-up."""
    until = time.monotonic() + 300
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/v1/models/nst", timeout=5) as answer:
                if json.load(answer)["model_version_status"][0]["state"] == "AVAILABLE":
                    return
        except (URLError, OSError, KeyError, ValueError):
            pass
        time.sleep(0.2)
    pytest.fail(f"{BINARY} is not ready, exit code {process.poll()}")


@contextmanager
def real_server(exported, _):
    """TensorFlow Serving on free ports: its REST address and its gRPC address."""
    rest, grpc = free_port(), free_port()
    command = [
        *(BINARY, f"--rest_api_port={rest}", f"--port={grpc}", "--model_name=nst"),
        *(f"--model_base_path={exported.parent}", "--rest_api_timeout_in_ms=300000"),
    ]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until_ready(f"http://127.0.0.1:{rest}", process)
            yield f"http://127.0.0.1:{rest}", f"127.0.0.1:{grpc}"
        finally:
            process.terminate()


@contextmanager
def doubles(_, signatures):
    """The test doubles: their REST address and their gRPC address."""
    with rest_double(signatures) as rest, grpc_double(signatures) as grpc:
        yield rest.url, grpc.address


SERVERS = {"doubles": doubles} | ({BINARY: real_server} if shutil.which(BINARY) else {})


@pytest.fixture(scope="module", params=SERVERS)
def addresses(request, exported, signatures):
    with SERVERS[request.param](exported, signatures) as both:
        yield both


@pytest.mark.parametrize("name", REQUESTS)
def test_rest_and_grpc_answer_as_the_export_does(addresses, signatures, name):
    expected = call(signatures[name], **REQUESTS[name].inputs)
    for ask, address in zip((ask_rest, ask_grpc), addresses, strict=True):
        answer = ask(Server(address), REQUESTS[name])
        assert np.abs(decoded(answer.image) - decoded(expected["image_bytes"][0])).max() <= 1
        np.testing.assert_allclose(answer.losses, expected["losses"][0], rtol=1e-3)


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (Request(b"no picture"), "content_bytes: expected"),
        (REQUESTS["stylize"]._replace(steps=99), "steps: expected 1 to 3, received 99"),
    ],
)
def test_a_refusal_is_the_exports_and_the_server_lives_on(addresses, request_, line):
    for ask, address in zip((ask_rest, ask_grpc), addresses, strict=True):
        with pytest.raises(UserError, match=line):
            ask(Server(address), request_)
        assert ask(Server(address), REQUESTS["serving_default"]).image
