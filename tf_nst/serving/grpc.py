"""Asks by gRPC, for which tensorflow-serving-api and TensorFlow are needed."""

import math
from pathlib import Path
from types import ModuleType
from typing import Any

from tf_nst.errors import RunError, UserError
from tf_nst.serving.client import (
    INVALID,
    MOST_ANSWER_BYTES,
    Answer,
    Request,
    error_text,
    refusal,
)
from tf_nst.serving.retries import Unavailable, too_slow, with_retries
from tf_nst.serving.server import Server, grpc_target

MOST_LOSSES = 1000
EXTRA = 'pip install "tf_nst[serve]"'


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
                raise _grpc_refusal(
                    error.code().name, (error.details() or "").encode(), server
                ) from error

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


def _grpc_refusal(code: str, body: bytes, server: Server) -> Exception:
    if code == "UNAVAILABLE":
        return Unavailable(f"cannot be reached or is not ready ({code}: {error_text(body)})")
    if code == "DEADLINE_EXCEEDED":
        return too_slow(server)
    return refusal(code, body, of_request=code == "INVALID_ARGUMENT")


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
