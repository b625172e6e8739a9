"""Pictures as bytes, what the command paints, and test doubles of TensorFlow Serving over a loaded
export.

The doubles speak the contract of the real server (REST: columnar `inputs`, base64 for names that
end in `_bytes`, {"error": ...}; gRPC: PredictRequest and PredictResponse). They are no server.
"""

import base64
import io
import json
import ssl
import threading
from concurrent import futures
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import grpc
import numpy as np
import tensorflow as tf
from PIL import Image as Pillow
from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

import tf_nst
from tf_nst.engine.events import Finished

# What paintings by equal options have in common is traced once.
ENGINE = tf_nst.Engine()
# Losses after a few steps in float32, of two graphs that sum in another order.
CLOSE = 1e-3


def counted(height: int, width: int, step: int = 7919) -> np.ndarray:
    """[H, W, 3] uint8 of counting numbers."""
    numbers = np.arange(height * width * 3) * step % 256
    return numbers.astype(np.uint8).reshape(height, width, 3)


def encoded(array: np.ndarray, kind: str = "PNG", **options) -> bytes:
    """An array as the bytes of an image file."""
    buffer = io.BytesIO()
    Pillow.fromarray(array).save(buffer, kind, **options)
    return buffer.getvalue()


def animated(kind: str) -> bytes:
    """Two frames."""
    frames = [Pillow.fromarray(counted(32, 40, step)) for step in (7, 11)]
    buffer = io.BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], duration=50)
    return buffer.getvalue()


def decoded(data: bytes) -> np.ndarray:
    """[H, W, 3] int of the bytes of an image file."""
    return np.asarray(Pillow.open(io.BytesIO(data)).convert("RGB")).astype(int)


def call(function, **inputs) -> dict[str, np.ndarray]:
    """Calls a signature with values of its input dtypes."""
    wanted = function.structured_input_signature[1]
    tensors = {name: tf.constant(value, wanted[name].dtype) for name, value in inputs.items()}
    return {name: value.numpy() for name, value in function(**tensors).items()}


def painted(content, style, **options):
    """The command's picture [H, W, 3] int and its losses, by the same network."""
    events = []
    listeners = (events.append,)
    image = tf_nst.stylize(content, style, listeners=listeners, engine=ENGINE, **options)
    final = next(event for event in events if isinstance(event, Finished))
    return np.asarray(image).astype(int), [float(value[0]) for value in final.values.values()]


def assert_same_picture(data: bytes, expected: np.ndarray) -> None:
    """Equal to within one of 255 levels."""
    assert data.startswith(b"\x89PNG")
    pixels = decoded(data)
    assert pixels.shape == expected.shape
    assert np.abs(pixels - expected).max() <= 1


def assert_answers(answer, signatures, request) -> None:
    """The answer is that of the export's signature."""
    expected = call(signatures[request.signature], **request.inputs)
    assert_same_picture(answer.image, decoded(expected["image_bytes"][0]))
    np.testing.assert_allclose(answer.losses, expected["losses"][0], rtol=CLOSE)


class RestDouble(BaseHTTPRequestHandler):
    """Answers one model's :predict. `server.answers` holds what is answered before, once each:
    (status, body), or None for a connection that breaks off."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.headers.append(self.headers)
        self.server.requests.append((self.path, json.loads(body)))
        if self.server.answers:
            prepared = self.server.answers.pop(0)
            return self._send(*prepared) if prepared else self.close_connection
        self._send(*self._predict(json.loads(body)))

    def _predict(self, body: dict) -> tuple[int, bytes]:
        function = self.server.signatures[body["signature_name"]]
        try:
            outputs = call(function, **{k: _from_json(v) for k, v in body["inputs"].items()})
        except tf.errors.InvalidArgumentError as error:
            return 400, json.dumps({"error": error.message}).encode()
        pictures = [
            {"b64": base64.b64encode(picture).decode()} for picture in outputs["image_bytes"]
        ]
        answer = {"image_bytes": pictures, "losses": outputs["losses"].tolist()}
        return 200, json.dumps({"outputs": answer}).encode()

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Silent."""


def _from_json(value):
    if isinstance(value, list):
        return [_from_json(item) for item in value]
    return base64.b64decode(value["b64"]) if isinstance(value, dict) else value


@contextmanager
def rest_double(signatures, answers=(), certificate=None):
    """A running double; its `.url`, and `.requests` and `.headers`, those that it received."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), RestDouble)
    server.signatures, server.answers, server.requests = signatures, list(answers), []
    server.headers, scheme = [], "http"
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.certificate, certificate.key)
        server.socket, scheme = context.wrap_socket(server.socket, server_side=True), "https"
    server.url = f"{scheme}://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


class GrpcDouble(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Answers Predict."""

    def __init__(self, signatures):
        self.signatures, self.requests, self.metadata = signatures, [], []

    def Predict(self, request, context):
        self.requests.append(request)
        self.metadata.append([tuple(pair) for pair in context.invocation_metadata()])
        function = self.signatures[request.model_spec.signature_name]
        inputs = {name: tf.make_ndarray(value) for name, value in request.inputs.items()}
        try:
            outputs = call(function, **inputs)
        except tf.errors.InvalidArgumentError as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, error.message)
        response = predict_pb2.PredictResponse(model_spec=request.model_spec)
        for name, value in outputs.items():
            response.outputs[name].CopyFrom(tf.make_tensor_proto(value))
        return response


@contextmanager
def grpc_double(signatures, certificate=None):
    """A running double; its `.address`, and `.requests` and `.metadata`, those that it received."""
    double = GrpcDouble(signatures)
    server = grpc.server(futures.ThreadPoolExecutor(2))
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(double, server)
    place = "127.0.0.1:0"
    if certificate:
        pair = (certificate.key.read_bytes(), certificate.certificate.read_bytes())
        port = server.add_secure_port(place, grpc.ssl_server_credentials([pair]))
    else:
        port = server.add_insecure_port(place)
    double.address = f"127.0.0.1:{port}"
    server.start()
    try:
        yield double
    finally:
        server.stop(None)
