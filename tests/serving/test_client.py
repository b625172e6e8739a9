"""The client against test doubles of the server, over the loaded export."""

import json
import socket

import pytest
import tensorflow as tf
from answering import assert_answers, call, counted, encoded, grpc_double, rest_double
from tensorflow_serving.apis import predict_pb2

from tf_nst.errors import RunError, UserError
from tf_nst.serving import grpc, rest, retries
from tf_nst.serving.client import Request
from tf_nst.serving.grpc import ask_grpc
from tf_nst.serving.rest import ask_rest
from tf_nst.serving.server import Server

PHOTO, STYLE = encoded(counted(30, 44)), encoded(counted(40, 34, 31))
DEFAULT = Request(PHOTO)
MASK = encoded(counted(30, 44)[..., 0])
STYLED = Request(PHOTO, STYLE, steps=2, size=40, style_weight=3.0, content_weight=0.5)
MASKED = STYLED._replace(mask=MASK)
EACH = pytest.mark.parametrize(
    "request_", [DEFAULT, STYLED, MASKED], ids=lambda request_: request_.signature
)
BUSY = (503, b'{"error": "not ready"}')


@pytest.fixture(autouse=True)
def no_waiting(pauses):
    """None of the pauses is waited for."""


@EACH
def test_rest(signatures, request_):
    with rest_double(signatures) as double:
        answer = ask_rest(Server(double.url), request_)
    assert_answers(answer, signatures, request_)
    path, body = double.requests[0]
    assert path == "/v1/models/nst:predict"
    assert body["signature_name"] == request_.signature
    assert "instances" not in body


@EACH
def test_grpc(signatures, request_):
    with grpc_double(signatures) as double:
        answer = ask_grpc(Server(double.address), request_)
    assert_answers(answer, signatures, request_)
    assert double.requests[0].model_spec.name == "nst"


def test_predict_messages_survive_their_own_bytes(signatures):
    """PredictRequest built, parsed and answered; PredictResponse built and parsed."""
    built = grpc.predict_request(predict_pb2.PredictRequest(), "nst", STYLED)
    parsed = predict_pb2.PredictRequest.FromString(built.SerializeToString())
    inputs = {name: tf.make_ndarray(value) for name, value in parsed.inputs.items()}
    outputs = call(signatures[parsed.model_spec.signature_name], **inputs)
    response = predict_pb2.PredictResponse()
    for name, value in outputs.items():
        response.outputs[name].CopyFrom(tf.make_tensor_proto(value))
    again = predict_pb2.PredictResponse.FromString(response.SerializeToString())
    assert_answers(grpc.grpc_answer(again), signatures, STYLED)


# --- what the server says, and patience ------------------------------------------------------


@pytest.mark.parametrize("double_of", [rest_double, grpc_double])
def test_a_refusal_quotes_the_server_and_is_not_tried_again(signatures, double_of):
    with double_of(signatures) as double:
        ask, address = (
            (ask_rest, double.url) if double_of is rest_double else (ask_grpc, double.address)
        )
        with pytest.raises(UserError) as caught:
            ask(Server(address), STYLED._replace(steps=99))
    assert str(caught.value).startswith("the server refused (")
    assert str(caught.value).endswith("): steps: expected 1 to 3, received 99")
    assert len(double.requests) == 1


def test_a_server_that_is_not_ready_is_tried_again_after_longer_pauses(signatures, pauses):
    with rest_double(signatures, [BUSY, BUSY, None]) as double:
        assert_answers(ask_rest(Server(double.url), DEFAULT), signatures, DEFAULT)
    assert len(double.requests) == 4
    assert pauses == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("requested", "pause"),
    [("7", 7.0), ("0", 0.5), ("86400", 30.0), ("-1", 0.5), ("1e9", 0.5), ("soon", 0.5)],
)
def test_a_pause_that_the_server_asks_for_is_kept_up_to_a_limit(pauses, requested, pause):
    error = rest.http_refusal(503, b"not ready", requested)
    outcomes = [error, None]

    def attempt(seconds):
        if outcomes[0] is not None:
            raise outcomes.pop(0)
        return "answer"

    assert retries.with_retries(Server("http://host"), attempt) == "answer"
    assert pauses == [pause]


def test_pauses_grow_no_longer_than_a_limit_and_never_past_the_timeout(pauses):
    def attempt(seconds):
        raise retries.Unavailable("is not ready")

    with pytest.raises(RunError, match="is not ready; tried 101 times"):
        retries.with_retries(Server("http://host", timeout=1000.0, retries=100), attempt)
    assert pauses[:8] == [0.5, 1, 2, 4, 8, 16, 30, 30] and set(pauses[8:]) == {30}
    with pytest.raises(RunError, match="is not ready; tried once"):
        retries.with_retries(Server("http://host", timeout=0.4), attempt)


def test_patience_ends(signatures):
    with rest_double(signatures, [BUSY] * 9) as double:
        with pytest.raises(RunError, match=r"is not ready \(HTTP 503: not ready\); tried 3 times"):
            ask_rest(Server(double.url, retries=2), DEFAULT)
    assert len(double.requests) == 3


@pytest.mark.parametrize(
    ("status", "body", "line"),
    [
        (429, b"", r"\(HTTP 429\): nothing more"),
        (502, b"", r"\(HTTP 502\): nothing more"),
        (504, b"", r"\(HTTP 504\): nothing more"),
        (307, b"", r"\(HTTP 307\): nothing more"),
        (200, b"[" * 100_000, "the server's answer is not one of an export"),
        (
            200,
            b'{"outputs": {"image_bytes": [{"b64": ""}], "losses": [[1' + b"0" * 400 + b"]]}}",
            "is not",
        ),
        (404, b'{"error": "Servable not found"}', r"\(HTTP 404\): Servable not found"),
        (500, b"<html>\n oh </html>", r"\(HTTP 500\): <html> oh </html>"),
        (500, b"", r"\(HTTP 500\): nothing more"),
        (200, b"no JSON", "the server's answer is not one of an export"),
        (200, b'{"outputs": [1.0]}', "the server's answer is not one of an export"),
        (200, b'{"outputs": {"image_bytes": [], "losses": []}}', "the server's answer is not"),
        (200, b'{"error": "x"}', "the server's answer is not one of an export"),
    ],
)
def test_other_answers_are_reported_at_once(signatures, status, body, line):
    with rest_double(signatures, [(status, body)]) as double:
        with pytest.raises(RunError, match=line):
            ask_rest(Server(double.url), DEFAULT)
    assert len(double.requests) == 1


@pytest.fixture
def deaf_port():
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_a_slow_rest_server_is_left_after_the_timeout(deaf_port):
    with pytest.raises(RunError, match=r"no answer in 0\.2 s; expected one, or a larger --timeout"):
        ask_rest(Server(f"http://127.0.0.1:{deaf_port}", timeout=0.2), DEFAULT)


def test_a_slow_grpc_server_is_left_after_the_timeout(deaf_port):
    with pytest.raises(RunError, match=r"no answer in 0\.2 s"):
        ask_grpc(Server(f"127.0.0.1:{deaf_port}", timeout=0.2), DEFAULT)


@pytest.mark.parametrize(("ask", "scheme"), [(ask_rest, "http://"), (ask_grpc, "")])
def test_no_server_is_reported_after_all_attempts(ask, scheme, pauses):
    with socket.create_server(("127.0.0.1", 0)) as gone:
        address = f"{scheme}127.0.0.1:{gone.getsockname()[1]}"
    with pytest.raises(RunError, match=r"cannot be reached .*; tried 2 times"):
        ask(Server(address, retries=1), DEFAULT)
    assert pauses == [0.5]


def test_without_the_extra_grpc_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "tensorflow_serving.apis", None)
    with pytest.raises(UserError, match="--grpc: expected tensorflow-serving-api to be installed"):
        ask_grpc(Server("localhost:8500"), DEFAULT)


# --- messages --------------------------------------------------------------------------------


def test_json_holds_bytes_as_base64():
    body = json.loads(json.dumps(rest.as_json(STYLED.inputs)))
    assert set(body["style_bytes"]) == {"b64"}
    assert [set(item) for item in body["content_bytes"]] == [{"b64"}]
    assert (body["steps"], body["size"]) == (2, 40)
