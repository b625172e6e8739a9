"""Asks a TensorFlow Serving server for a picture, by REST or gRPC. REST needs no TensorFlow."""

import base64
import json
import math
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from tf_nst.config import ObjectiveConfig
from tf_nst.errors import NstError, RunError, UserError
from tf_nst.serving.rest import MOST_ANSWER_BYTES, error_text, post
from tf_nst.serving.retries import Unavailable, too_slow, with_retries
from tf_nst.serving.server import Server, grpc_target, rest_endpoint, secrets_hidden

MOST_LOSSES = 1000
SETTINGS = ("steps", "size", "style_weight", "content_weight")
INVALID = "the server's answer is not one of an export of tf_nst; expected image_bytes and losses"
EXTRA = 'pip install "tf_nst[serve]"'


class Request(NamedTuple):
    """A request: without a style it takes the one that was baked in, with its settings.

    Attributes:
      content, style: encoded pictures, upright.
      mask: the same, white where a style that is brought is painted; None: everywhere.
      steps, size: numbers; `size` in pixels of the long side.
      style_weight, content_weight: as the command's flags.
    """

    content: bytes
    style: bytes | None = None
    steps: int = 50
    size: int = 256
    style_weight: float = ObjectiveConfig.style_weight
    content_weight: float = ObjectiveConfig.content_weight
    mask: bytes | None = None

    @property
    def signature(self) -> str:
        """The name of the signature that answers."""
        if self.style is None:
            return "serving_default"
        return "stylize" if self.mask is None else "stylize_masked"

    @property
    def inputs(self) -> dict[str, object]:
        """The signature's inputs by name; bytes are encoded pictures."""
        content: dict[str, object] = {"content_bytes": [self.content]}
        if self.style is None:
            return content
        settings = {name: getattr(self, name) for name in SETTINGS}
        mask = {} if self.mask is None else {"mask_bytes": [self.mask]}
        return content | mask | {"style_bytes": self.style} | settings


class Answer(NamedTuple):
    """The painted picture, a PNG, and its losses in the order of the export's record."""

    image: bytes
    losses: list[float]


def ask_rest(server: Server, request: Request) -> Answer:
    """Asks by HTTP: the columnar form, since the row form would batch every input.

    Raises:
      UserError: the server refused the request; the message quotes it.
      RunError: no server, no answer in time, or none that can be read.
    """
    endpoint = rest_endpoint(server)
    body = {"signature_name": request.signature, "inputs": as_json(request.inputs)}
    data = json.dumps(body).encode()
    with secrets_hidden(server):
        return with_retries(
            server, lambda seconds: _rest_answer(post(server, endpoint, data, seconds))
        )


def as_json(value: object) -> object:
    """Bytes as TensorFlow Serving takes them in JSON."""
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {name: as_json(item) for name, item in value.items()}
    return value


def _rest_answer(body: bytes) -> Answer:
    try:
        outputs = json.loads(body)["outputs"]
        image = base64.b64decode(outputs["image_bytes"][0]["b64"], validate=True)
        return Answer(image, [float(value) for value in outputs["losses"][0]])
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError) as error:
        raise RunError(INVALID) from error


def ask_grpc(server: Server, request: Request) -> Answer:
    """Asks by gRPC. Raises as `ask_rest`, and UserError where the extra is not installed."""
    try:
        import grpc
        from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc
    except ImportError as error:
        raise UserError(
            f"--grpc: expected tensorflow-serving-api to be installed: {EXTRA}"
        ) from error
    target = grpc_target(server)
    message = predict_request(predict_pb2.PredictRequest(), server.model, request)
    metadata = [(name.lower(), value) for name, value in server.headers]

    def attempt(seconds: float) -> Answer:
        with _channel(grpc, server, target) as channel:
            stub = prediction_service_pb2_grpc.PredictionServiceStub(channel)
            try:
                return grpc_answer(stub.Predict(message, timeout=seconds, metadata=metadata))
            except grpc.RpcError as error:
                raise _grpc_refusal(error.code().name, error.details() or "", server) from error

    with secrets_hidden(server):
        return with_retries(server, attempt)


def _channel(grpc: ModuleType, server: Server, target: str) -> Any:
    options = [
        ("grpc.max_send_message_length", -1),
        ("grpc.max_receive_message_length", MOST_ANSWER_BYTES),
    ]
    if not server.tls:
        return grpc.insecure_channel(target, options)
    roots = Path(server.ca_file).read_bytes() if server.ca_file else None
    return grpc.secure_channel(target, grpc.ssl_channel_credentials(roots), options)


def predict_request(message: Any, model: str, request: Request) -> Any:
    """Fills a PredictRequest and returns it."""
    import tensorflow as tf

    message.model_spec.name = model
    message.model_spec.signature_name = request.signature
    for name, value in request.inputs.items():
        message.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    return message


def _grpc_refusal(code: str, details: str, server: Server) -> Exception:
    text = error_text(details.encode())
    if code == "UNAVAILABLE":
        return Unavailable(f"cannot be reached or is not ready ({code}: {text})")
    if code == "DEADLINE_EXCEEDED":
        return too_slow(server)
    kind: type[NstError] = UserError if code == "INVALID_ARGUMENT" else RunError
    return kind(f"the server refused ({code}): {text}")


def grpc_answer(response: Any) -> Answer:
    """The answer in a `PredictResponse`. Raises RunError where there is none."""
    import tensorflow as tf

    try:
        losses = response.outputs["losses"]
        # A tensor of few bytes may say that its one number stands for billions.
        if not 0 < math.prod(size.size for size in losses.tensor_shape.dim) <= MOST_LOSSES:
            raise RunError(INVALID)
        image = response.outputs["image_bytes"].string_val[0]
        return Answer(image, tf.make_ndarray(losses)[0].tolist())
    except (TypeError, ValueError, IndexError, AttributeError) as error:
        raise RunError(INVALID) from error
