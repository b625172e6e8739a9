"""A real server of exports: every request gets its own picture, whatever happens beside it.

By REST it is kserve, and TensorFlow Serving where its binary is on the PATH, which speaks gRPC too;
beside kserve a test double of PredictionService answers by gRPC.
"""

import base64
import json
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from subprocess import PIPE

import pytest
from answering import assert_answers, assert_same_picture, call, counted, decoded, encoded
from bad_requests import BAD_BODIES, BAD_REQUESTS, PHOTO, PLAIN, different
from PIL import Image as Pillow
from servers import Kserve

from tf_nst.cli.serve_client import main
from tf_nst.errors import UserError
from tf_nst.serving.client import Request

# Requests after which, and over which, the memory of a server is looked at.
SETTLED, MEASURED = 100, 500
# The allocator's own back and forth is 20 MB or so; the first layer's features kept of each request
# would be 105 MB.
FLAT_BYTES = 50e6


@pytest.mark.parametrize("way", ["REST", "gRPC"])
def test_64_requests_from_16_threads_get_each_their_own_picture(ask_by, first_signatures, way):
    requests = [different(index) for index in range(64)]
    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(ask_by[way], requests))
    assert len({answer.image for answer in answers}) == 64
    for answer, request in zip(answers, requests, strict=True):
        assert_answers(answer, first_signatures, request)


@pytest.mark.filterwarnings("ignore:overflow encountered in cast")
@pytest.mark.parametrize("way", ["REST", "gRPC"])
@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_a_bad_request_is_refused_with_a_line(ask_by, way, name):
    request, line = BAD_REQUESTS[name]
    with pytest.raises(UserError, match=rf"(?s)the server refused \(.*{line}"):
        ask_by[way](request)


@pytest.mark.parametrize("name", BAD_BODIES)
def test_a_body_that_is_no_request_is_the_callers_fault(real_server, name):
    url, headers = f"{real_server.url}/v1/models/nst:predict", {"Content-Type": "application/json"}
    http_request = urllib.request.Request(url, BAD_BODIES[name], headers)
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(http_request, timeout=60)
    assert 400 <= caught.value.code < 500
    assert json.loads(caught.value.read())["error"]


def test_kserve_logs_a_refusal_in_a_line_and_no_traceback(real_server, ask_by):
    if not isinstance(real_server, Kserve):
        pytest.skip("not its own log")
    before = len(real_server.log.read_text())
    with pytest.raises(UserError):
        ask_by["REST"](Request(b"no picture"))
    lines = real_server.log.read_text()[before:].splitlines()
    assert len([line for line in lines if "refused: " in line and "content_bytes: " in line]) == 1
    assert not [line for line in lines if "Traceback" in line]


def test_kserve_listens_on_this_machine_alone(real_server, first_signatures):
    if not isinstance(real_server, Kserve):
        pytest.skip("its container is what others reach")
    assert real_server.addresses() == {"127.0.0.1"}


def test_a_bad_picture_takes_only_the_others_of_its_request_with_it(ask_by, first_signatures):
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
        assert_answers(answer, first_signatures, request)


def test_the_client_command_paints_through_it(real_server, first_signatures, tmp_path):
    photo, output = tmp_path / "photo.png", tmp_path / "painted.png"
    photo.write_bytes(PHOTO)
    command = [
        "tf-nst-client",
        f"--content={photo}",
        f"--output={output}",
        f"--url={real_server.url}",
    ]
    assert main(command) == 0
    with Pillow.open(output) as picture:
        assert picture.size == (64, 44)
    expected = call(first_signatures["serving_default"], **PLAIN.inputs)
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
def test_a_client_that_is_killed_leaves_the_server_as_it_was(
    real_server, ask_by, first_signatures, share
):
    body = json.dumps({"inputs": {"content_bytes": [_b64(PHOTO)] * 8}}).encode()
    head = b"POST /v1/models/nst:predict HTTP/1.1\r\nHost: localhost\r\n"
    head += b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    command = [sys.executable, "-c", LEAVING, str(real_server.port)]
    clients = [subprocess.Popen(command, stdin=PIPE, stdout=PIPE) for _ in range(4)]
    for client in clients:
        client.stdin.write(head + body[: int(share * len(body))])
        client.stdin.close()
    for client in clients:
        assert client.stdout.readline().strip() == b"sent"
        client.kill()
        client.wait()
        client.stdout.close()
    assert_answers(ask_by["REST"](PLAIN), first_signatures, PLAIN)


def _b64(data: bytes) -> dict:
    return {"b64": base64.b64encode(data).decode()}


def test_memory_is_flat_over_500_requests(real_server, ask_by, record_property):
    sizes = {}
    with ThreadPoolExecutor(4) as threads:
        for count in range(SETTLED, MEASURED + 1, SETTLED):
            requests = (
                Request(encoded(counted(64, 64, 1 + 2 * index))) for index in range(SETTLED)
            )
            list(threads.map(ask_by["REST"], requests))
            sizes[count] = real_server.resident_bytes()
    table = "\n".join(f"| {count} | {size / 1e6:.1f} MB |" for count, size in sizes.items())
    record_property("table", f"| requests | memory of the server |\n|---|---|\n{table}")
    assert sizes[MEASURED] - sizes[SETTLED] < FLAT_BYTES
