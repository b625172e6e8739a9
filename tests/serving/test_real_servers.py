"""A real server of exports: every request gets its own picture, whatever happens beside it.

By REST it is kserve, and TensorFlow Serving where its binary is on the PATH, which speaks gRPC too;
beside kserve a test double of PredictionService answers by gRPC.
"""

import base64
import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from subprocess import PIPE

import numpy as np
import pytest
import tensorflow as tf
from answering import CLOSE, assert_same_picture, call, counted, decoded, encoded, grpc_double
from bad_requests import BAD_BODIES, BAD_REQUESTS, PHOTO, STYLED
from PIL import Image as Pillow
from servers import SERVERS, Refused, with_other_kernels
from tolerances import assert_within

import tf_nst
from tf_nst.cli.serve_client import main
from tf_nst.errors import UserError
from tf_nst.serving import retries
from tf_nst.serving.client import Request, ask_grpc, ask_rest
from tf_nst.serving.server import Server
from tf_nst.serving.warmup import write_warmup

PLAIN = Request(PHOTO)
# Requests after which, and over which, the memory of a server is looked at.
SETTLED, MEASURED = 100, 500
# The allocator's own back and forth is 20 MB or so; one layer's features kept of each request would
# be 400 MB.
FLAT_BYTES = 50e6


@pytest.fixture(scope="module")
def first(tmp_path_factory, options):
    """The folder of the version that is served first."""
    folder, options = tmp_path_factory.mktemp("first"), options | {"size": 64, "steps": 1}
    return tf_nst.export(folder, counted(40, 40, 31), max_megapixels=0.05, **options)


@pytest.fixture(scope="module", params=SERVERS)
def server(request, tmp_path_factory, first):
    models = tmp_path_factory.mktemp("served") / "nst"
    shutil.copytree(first, models / "1")
    running = SERVERS[request.param](models)
    try:
        running.launch()
        yield running
    finally:
        running.kill()


@pytest.fixture(scope="module")
def signatures(server, first):
    """Of the first version, loaded here, while the server loads it too."""
    loaded = tf.saved_model.load(str(first)).signatures
    server.wait_until_ready()
    return loaded


@pytest.fixture(scope="module")
def ask_by(server, signatures):
    """{"REST" or "gRPC": request -> answer}."""
    with grpc_double(signatures) as double:
        by_grpc = partial(ask_grpc, Server(server.grpc or double.address))
        yield {"REST": partial(ask_rest, Server(server.url)), "gRPC": by_grpc}


def assert_answers(answer, signatures, request: Request) -> None:
    """It is the picture that the loaded export makes of the request."""
    expected = call(signatures[request.signature], **request.inputs)
    assert_same_picture(answer.image, decoded(expected["image_bytes"][0]))
    assert_within(answer.losses, expected["losses"][0], CLOSE)


def different(index: int) -> Request:
    """A picture of another size and content for each index, by either signature."""
    photo = encoded(counted(20 + index % 9, 20 + index % 7, 1 + 2 * index))
    return STYLED._replace(content=photo) if index % 2 else Request(photo)


@pytest.mark.parametrize("way", ["REST", "gRPC"])
def test_64_requests_from_16_threads_get_each_their_own_picture(ask_by, signatures, way):
    requests = [different(index) for index in range(64)]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(ask_by[way], requests))
    assert len({answer.image for answer in answers}) == 64
    for answer, request in zip(answers, requests, strict=True):
        assert_answers(answer, signatures, request)


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
@pytest.mark.parametrize("way", ["REST", "gRPC"])
@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_a_bad_request_is_refused_with_a_line(ask_by, way, name):
    request, line = BAD_REQUESTS[name]
    with pytest.raises(UserError, match=rf"(?s)the server refused \(.*{line}"):
        ask_by[way](request)


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_that_is_no_request_is_the_callers_fault(server, name):
    url, headers = f"{server.url}/v1/models/nst:predict", {"Content-Type": "application/json"}
    http_request = urllib.request.Request(url, BAD_BODIES[name], headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(http_request, timeout=60)
    assert 400 <= caught.value.code < 500
    assert json.loads(caught.value.read())["error"]


def test_a_bad_picture_takes_only_the_others_of_its_request_with_it(ask_by, signatures):
    """Eight good requests beside eight bad ones."""
    requests = [Request(b"no picture") if index % 2 else different(index) for index in range(16)]

    def answer_of(request):
        try:
            return ask_by["REST"](request)
        except UserError as error:
            return str(error)

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(answer_of, requests))
    assert all("content_bytes: expected JPEG" in answer for answer in answers[1::2])
    for answer, request in zip(answers[::2], requests[::2], strict=True):
        assert_answers(answer, signatures, request)


def test_the_client_command_paints_through_it(server, signatures, tmp_path):
    photo, output = tmp_path / "photo.png", tmp_path / "painted.png"
    photo.write_bytes(PHOTO)
    command = ["tf-nst-client", f"--content={photo}", f"--output={output}", f"--url={server.url}"]
    assert main(command) == 0
    with Pillow.open(output) as picture:
        assert picture.size == (64, 44)
    expected = call(signatures["serving_default"], **PLAIN.inputs)
    assert_same_picture(output.read_bytes(), decoded(expected["image_bytes"][0]))


LEAVING = """
import socket, sys
port, sent = int(sys.argv[1]), sys.stdin.buffer.read()
connection = socket.create_connection(("127.0.0.1", port))
connection.sendall(sent)
print("sent", flush=True)
connection.recv(1)
connection.recv(10**9)
"""


@pytest.mark.parametrize("share", [0.5, 1.0], ids=["while sending", "while waiting"])
def test_a_client_that_is_killed_leaves_the_server_as_it_was(server, ask_by, signatures, share):
    body = json.dumps({"inputs": {"content_bytes": [_b64(PHOTO)] * 8}}).encode()
    head = b"POST /v1/models/nst:predict HTTP/1.1\r\nHost: localhost\r\n"
    head += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    command = [sys.executable, "-c", LEAVING, str(server.port)]
    clients = [subprocess.Popen(command, stdin=PIPE, stdout=PIPE) for _ in range(4)]
    for client in clients:
        client.stdin.write(head + body[: int(share * len(body))])
        client.stdin.close()
    for client in clients:
        assert client.stdout.readline().strip() == b"sent"
        client.kill()
        client.wait()
        client.stdout.close()
    assert_answers(ask_by["REST"](PLAIN), signatures, PLAIN)


def _b64(data: bytes) -> dict:
    return {"b64": base64.b64encode(data).decode()}


def test_memory_is_flat_over_500_requests(server, ask_by, record_property):
    sizes = {}
    with ThreadPoolExecutor(4) as threads:
        for count in range(SETTLED, MEASURED + 1, SETTLED):
            requests = (
                Request(encoded(counted(64, 64, 1 + 2 * index))) for index in range(SETTLED)
            )
            list(threads.map(ask_by["REST"], requests))
            sizes[count] = server.resident_bytes()
    table = "\n".join(f"| {count} | {size / 1e6:.1f} MB |" for count, size in sizes.items())
    record_property("table", f"| requests | memory of the server |\n|---|---|\n{table}")
    assert sizes[MEASURED] - sizes[SETTLED] < FLAT_BYTES


def test_a_version_whose_warm_up_fails_is_not_served(server, first, ask_by, signatures):
    """So a version is warm before it answers, and until then the one before it does."""
    broken = server.models / "2"
    shutil.copytree(first, broken)
    write_warmup(broken, "nst", {"serving_default": {"content_bytes": [b"no picture"]}})
    with pytest.raises(Refused):
        server.reload()
    assert_answers(ask_by["REST"](PLAIN), signatures, PLAIN)
    shutil.rmtree(broken)


@pytest.fixture(scope="module")
def newer(server, first, signatures):
    """Four requests; what they are answered while another version takes over, four times each; and
    what afterwards."""
    requests, ask = [different(index) for index in range(4)], partial(ask_rest, Server(server.url))
    with_other_kernels(first, server.models / "3")
    with ThreadPoolExecutor(4) as threads:
        meanwhile = [threads.submit(ask, request) for request in requests * 4]
        server.reload()
    return requests, [one.result() for one in meanwhile], [ask(request) for request in requests]


def test_a_new_version_takes_over_between_requests(newer, signatures):
    """Each answer is the old version's or the new one's."""
    requests, meanwhile, afterwards = newer
    for index, (request, new) in enumerate(zip(requests, afterwards, strict=True)):
        old = call(signatures[request.signature], **request.inputs)["losses"][0]
        assert np.abs(new.losses / old - 1).max() > 10 * CLOSE
        for answer in meanwhile[index::4]:
            nearest = min(
                old, np.array(new.losses), key=lambda it: np.abs(it - answer.losses).max()
            )
            assert_within(answer.losses, nearest, CLOSE)


def test_a_server_that_is_killed_and_started_again_answers_who_waited(server, newer, monkeypatch):
    requests, _, expected = newer
    monkeypatch.setattr(retries, "LONGEST_PAUSE", 1.0)
    patient = partial(ask_rest, Server(server.url, retries=300))
    with ThreadPoolExecutor(4) as threads:
        waiting = [threads.submit(patient, request) for request in requests]
        server.kill()
        server.launch()
        answers = [one.result() for one in waiting]
    for answer, before in zip(answers, expected, strict=True):
        assert_same_picture(answer.image, decoded(before.image))
        assert_within(answer.losses, before.losses, CLOSE)
