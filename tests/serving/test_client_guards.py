"""What the client does not do: wait for ever, read without end, trust or tell whom it need not."""

import contextlib
import socket
import ssl
import threading

import pytest
import tensorflow as tf
from answering import assert_answers, counted, encoded, grpc_double, rest_double
from tensorflow_serving.apis import predict_pb2

from tf_nst.errors import RunError, UserError
from tf_nst.serving import grpc, rest
from tf_nst.serving.client import Request
from tf_nst.serving.grpc import ask_grpc
from tf_nst.serving.rest import ask_rest
from tf_nst.serving.server import Server

DEFAULT = Request(encoded(counted(30, 44)))
# Seconds that a thread is waited for.
PATIENCE = 60


def drip(connection: socket.socket, start: bytes) -> None:
    """An answer that never ends, a byte at a time."""
    with connection, contextlib.suppress(OSError):
        connection.sendall(start)
        while True:
            connection.sendall(b"a")
            threading.Event().wait(0.05)


BYTE_BY_BYTE = pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"]
)


@BYTE_BY_BYTE
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_answers_byte_by_byte_is_left_after_the_timeout(certificate, start, scheme):
    """In its headers and in its body: each byte comes in time, the answer does not. Neither thread
    goes on, since the connection is closed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.certificate, certificate.key)

    def serve():
        connection = listening.accept()[0]
        with connection, contextlib.suppress(OSError):
            if scheme == "https":
                connection = context.wrap_socket(connection, server_side=True)
            drip(connection, start)

    before = set(threading.enumerate())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        url = f"{scheme}://127.0.0.1:{listening.getsockname()[1]}"
        files = str(certificate.certificate) if scheme == "https" else None
        with pytest.raises(RunError, match=r"no answer in 0\.3 s"):
            ask_rest(Server(url, timeout=0.3, ca_file=files), DEFAULT)
        for thread in set(threading.enumerate()) - before:
            thread.join(PATIENCE)
            assert not thread.is_alive()


def test_a_connection_that_is_made_after_the_end_is_ended():
    near, far = socket.socketpair()
    with near, far:
        connections = rest.Connections()
        connections.end()
        connections.add(near)
        assert far.recv(1) == b""


def test_an_answer_of_too_many_bytes_is_not_read(signatures, monkeypatch):
    monkeypatch.setattr(rest, "MOST_ANSWER_BYTES", 99)
    with rest_double(signatures, [(200, b"a" * 100)]) as double:
        with pytest.raises(RunError, match="the answer: expected at most 99 bytes, received more"):
            ask_rest(Server(double.url), DEFAULT)
    monkeypatch.setattr(grpc, "MOST_ANSWER_BYTES", 99)
    with grpc_double(signatures) as double:
        with pytest.raises(RunError, match=r"refused \(RESOURCE_EXHAUSTED\)"):
            ask_grpc(Server(double.address), DEFAULT)
    assert len(double.requests) == 1


def test_a_tensor_that_stands_for_billions_of_losses_is_no_answer():
    response = predict_pb2.PredictResponse()
    response.outputs["image_bytes"].CopyFrom(tf.make_tensor_proto([b"PNG"]))
    response.outputs["losses"].CopyFrom(tf.make_tensor_proto([[1.0]]))
    for size in response.outputs["losses"].tensor_shape.dim:
        size.size = 100_000
    with pytest.raises(RunError, match="the server's answer is not one of an export"):
        grpc.grpc_answer(response)


HEADERS = (("Authorization", "Bearer tok3n"), ("X-Other", "a b"))


def test_headers_are_sent_and_not_shown(signatures):
    answers = [(400, b'{"error": "Bearer tok3n is old, and so is pa55word"}')]
    with rest_double(signatures, answers) as double:
        url = double.url.replace("//", "//me:pa55word@")
        with pytest.raises(UserError, match=r"\): \*\*\* is old, and so is \*\*\*$"):
            ask_rest(Server(url, headers=HEADERS[1:] + HEADERS[:1]), DEFAULT)
    headers = double.headers[0]
    assert headers["X-Other"] == "a b"
    assert headers["Authorization"].startswith("Basic ")


def test_headers_are_metadata_of_grpc(signatures):
    with grpc_double(signatures) as double:
        ask_grpc(Server(double.address, headers=HEADERS), DEFAULT)
    assert ("authorization", "Bearer tok3n") in double.metadata[0]


@pytest.mark.parametrize("trusted", [True, False])
def test_tls(signatures, certificate, trusted):
    """gRPC and REST, by a certificate that is trusted because it is named, or is not."""
    files = str(certificate.certificate) if trusted else None
    with (
        grpc_double(signatures, certificate) as over_grpc,
        rest_double(signatures, (), certificate) as over_rest,
    ):
        for ask, address in ((ask_grpc, over_grpc.address), (ask_rest, over_rest.url)):
            server = Server(address, retries=0, tls=True, ca_file=files)
            if trusted:
                assert_answers(ask(server, DEFAULT), signatures, DEFAULT)
            else:
                with pytest.raises(RunError, match="cannot be reached"):
                    ask(server, DEFAULT)
