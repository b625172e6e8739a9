"""Asks a TensorFlow Serving server for a picture, by REST or gRPC. REST needs no TensorFlow."""

import base64
import http.client
import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import NamedTuple

from tf_nst.config import ObjectiveConfig
from tf_nst.errors import NstError, RunError, UserError

# Statuses of a server, or a proxy before it, that cannot answer now.
RETRIED = (429, 502, 503, 504)
FIRST_PAUSE = 0.5
SETTINGS = ("steps", "size", "style_weight", "content_weight")
INVALID = "the server's answer is not one of an export of tf_nst; expected image_bytes and losses"
EXTRA = 'pip install "tf_nst[serve]"'


class Request(NamedTuple):
    """A request: without a style it takes the one that was baked in, with its settings.

    Attributes:
      content, style: encoded pictures, upright.
      steps, size: numbers; `size` in pixels of the long side.
      style_weight, content_weight: as the command's flags.
    """

    content: bytes
    style: bytes | None = None
    steps: int = 50
    size: int = 256
    style_weight: float = ObjectiveConfig.style_weight
    content_weight: float = ObjectiveConfig.content_weight

    @property
    def signature(self) -> str:
        """The name of the signature that answers."""
        return "serving_default" if self.style is None else "stylize"

    @property
    def inputs(self) -> dict[str, object]:
        """The signature's inputs by name; bytes are encoded pictures."""
        content = {"content_bytes": [self.content]}
        if self.style is None:
            return content
        settings = {name: getattr(self, name) for name in SETTINGS}
        return content | {"style_bytes": self.style} | settings


class Answer(NamedTuple):
    """The painted picture, a PNG, and its losses in the order of the export's record."""

    image: bytes
    losses: list[float]


class Server(NamedTuple):
    """A server, and how long to wait for it.

    Attributes:
      address: of REST `http://host:port`, of gRPC `host:port`.
      model: its name there.
      timeout: seconds that an answer may take.
      retries: further attempts where the server cannot be reached or is busy; each pause is twice
        as long as the one before. A request that timed out is not sent again: the server
        may still be working on it.
    """

    address: str
    model: str = "nst"
    timeout: float = 300.0
    retries: int = 3


class _Unavailable(Exception):
    """A failure after which another attempt may succeed."""


def ask_rest(server: Server, request: Request) -> Answer:
    """Asks by HTTP: the columnar form, since the row form would batch every input.

    Raises:
      UserError: the server refused the request; the message quotes it.
      RunError: no server, no answer in time, or none that can be read.
    """
    parts = urllib.parse.urlsplit(server.address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UserError(f"--url: expected http://HOST:PORT, received {server.address!r}")
    url = f"{server.address.rstrip('/')}/v1/models/{server.model}:predict"
    body = {"signature_name": request.signature, "inputs": _as_json(request.inputs)}
    data = json.dumps(body).encode()
    return _with_retries(server, lambda: _rest_answer(_post(url, data, server.timeout)))


def _as_json(value: object) -> object:
    """Bytes as TensorFlow Serving takes them in JSON."""
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [_as_json(item) for item in value]
    if isinstance(value, dict):
        return {name: _as_json(item) for name, item in value.items()}
    return value


def _post(url: str, data: bytes, timeout: float) -> bytes:
    http_request = urllib.request.Request(url, data, {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(http_request, timeout=timeout) as response:
            return response.read()
    except urllib.error.HTTPError as error:
        raise _refusal(error.code, _error_text(error.read())) from error
    except TimeoutError as error:
        raise _too_slow(timeout) from error
    except urllib.error.URLError as error:
        if isinstance(error.reason, TimeoutError):
            raise _too_slow(timeout) from error
        raise _Unavailable(f"cannot be reached ({error.reason})") from error
    except (ConnectionError, http.client.HTTPException) as error:
        raise _Unavailable(f"broke off ({type(error).__name__})") from error


def _error_text(body: bytes) -> str:
    """The server's message on an error, in one line."""
    try:
        text = str(json.loads(body)["error"])
    except (ValueError, KeyError, TypeError):
        text = body.decode(errors="replace")
    refused = re.search(r"assertion failed: \[(.*?)\]\s*(?:\[\[|$)", text, re.DOTALL)
    return " ".join((refused[1] if refused else text).split())[:500] or "nothing more"


def _refusal(code: int, text: str) -> Exception:
    if code in RETRIED:
        return _Unavailable(f"is busy (HTTP {code}: {text})")
    kind = UserError if code == 400 else RunError
    return kind(f"the server refused (HTTP {code}): {text}")


def _too_slow(timeout: float) -> RunError:
    return RunError(f"no answer in {timeout:g} s; expected one, or a larger --timeout")


def _rest_answer(body: bytes) -> Answer:
    try:
        outputs = json.loads(body)["outputs"]
        image = base64.b64decode(outputs["image_bytes"][0]["b64"], validate=True)
        return Answer(image, [float(value) for value in outputs["losses"][0]])
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise RunError(INVALID) from error


def _with_retries(server: Server, attempt: Callable[[], Answer]) -> Answer:
    for number in range(server.retries + 1):
        try:
            return attempt()
        except _Unavailable as error:
            reason = error
        if number < server.retries:
            time.sleep(FIRST_PAUSE * 2**number)
    times = "once" if server.retries == 0 else f"{server.retries + 1} times"
    raise RunError(f"the server at {server.address} {reason}; tried {times}")


def ask_grpc(server: Server, request: Request) -> Answer:
    """Asks by gRPC. Raises as `ask_rest`, and UserError where the extra is not installed."""
    try:
        import grpc
        from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc
    except ImportError as error:
        raise UserError(
            f"--grpc: expected tensorflow-serving-api to be installed: {EXTRA}"
        ) from error
    message = predict_request(predict_pb2.PredictRequest(), server.model, request)
    endless = [(f"grpc.max_{way}_message_length", -1) for way in ("send", "receive")]

    def attempt():
        with grpc.insecure_channel(server.address, endless) as channel:
            stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
            try:
                return _grpc_answer(stub.Predict(message, timeout=server.timeout))
            except grpc.RpcError as error:
                raise _grpc_refusal(error.code().name, error.details(), server) from error

    return _with_retries(server, attempt)


def predict_request(message, model: str, request: Request):
    """Fills a PredictRequest and returns it."""
    import tensorflow as tf

    message.model_spec.name = model
    message.model_spec.signature_name = request.signature
    for name, value in request.inputs.items():
        message.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    return message


def _grpc_refusal(code: str, details: str, server: Server) -> Exception:
    text = _error_text(details.encode())
    if code in ("UNAVAILABLE", "RESOURCE_EXHAUSTED"):
        return _Unavailable(f"cannot be reached or is busy ({code}: {text})")
    if code == "DEADLINE_EXCEEDED":
        return _too_slow(server.timeout)
    kind: type[NstError] = UserError if code == "INVALID_ARGUMENT" else RunError
    return kind(f"the server refused ({code}): {text}")


def _grpc_answer(response) -> Answer:
    import tensorflow as tf

    try:
        image = tf.make_ndarray(response.outputs["image_bytes"])[0]
        return Answer(image, tf.make_ndarray(response.outputs["losses"])[0].tolist())
    except (TypeError, ValueError, IndexError) as error:
        raise RunError(INVALID) from error
