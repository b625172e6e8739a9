"""Serves a folder of exports by kserve, in the REST contract of TensorFlow Serving:

python examples/kserve/server.py --model_dir=models/nst --model_name=nst --http_port=8501
"""

import argparse
import asyncio
import base64
import gc
import logging
from pathlib import Path

import kserve
import tensorflow as tf
from kserve import model_server
from kserve.errors import InvalidInput, ModelNotFound
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

WARMUP = "assets.extra/tf_serving_warmup_requests"
MOST_LOGGED = 500


class Export(kserve.Model):
    """The newest version in a folder of exports. It answers from when its warm-up is over."""

    def __init__(self, name: str, folder: Path):
        super().__init__(name)
        self.folder = folder

    def load(self) -> bool:
        """Until the newest version is warm, and where it cannot be loaded, the last one answers."""
        versions = [path for path in self.folder.iterdir() if path.name.isdecimal()]
        if not versions:
            raise ValueError(f"expected a folder of numbered versions, received {self.folder}")
        version = max(versions, key=lambda path: int(path.name))
        loaded = tf.saved_model.load(str(version))
        warm_up(loaded, version)
        self.export, self.ready = loaded, True
        # The last version's functions refer to each other, and keep its variables until they go.
        gc.collect()
        return self.ready

    async def predict(self, payload, headers=None) -> dict:
        """In a thread, so that the server goes on listening."""
        return await asyncio.to_thread(answer, self.export, payload)


class Exports(kserve.ModelRepository):
    """The server's models: POST /v2/repository/models/NAME/load loads the newest version."""

    async def load(self, name: str) -> bool:
        """In a thread, as above."""
        return await asyncio.to_thread(self.models[name].load)


class Server(kserve.ModelServer):
    """kserve's, on one address: by itself it listens on all of them."""

    def __init__(self, host: str):
        # kserve's gRPC speaks the V2 protocol, which an export does not.
        super().__init__(registered_models=Exports(), enable_grpc=False)
        self.host = host

    async def _serve(self) -> None:
        self._rest_server.config.host = self.host
        await super()._serve()


def refused_in_a_line(record: logging.LogRecord) -> bool:
    """Whether to log a record: always; of a refused request why, in place of a traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, InvalidInput | ModelNotFound):
        reason = " ".join(str(error).split())[:MOST_LOGGED]
        record.msg, record.args, record.exc_info = "refused: %s", (reason,), None
    return True


def warm_up(loaded, version: Path) -> None:
    """Answers the requests that lie beside an export for this."""
    for record in tf.data.TFRecordDataset(str(version / WARMUP)):
        request = PredictionLog.FromString(record.numpy()).predict_log.request
        inputs = {name: tf.make_ndarray(value) for name, value in request.inputs.items()}
        call(loaded.signatures[request.model_spec.signature_name], inputs)


def answer(loaded, payload) -> dict:
    """{"outputs": ...} for {"signature_name": ..., "inputs": {name: value}}; else InvalidInput."""
    try:
        signature = loaded.signatures[payload.get("signature_name", "serving_default")]
        outputs = call(signature, {name: decoded(it) for name, it in payload["inputs"].items()})
    except tf.errors.InvalidArgumentError as error:
        raise InvalidInput(error.message) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidInput(f"expected a signature's name and its inputs: {error}") from error
    return {"outputs": {name: encoded(value) for name, value in outputs.items()}}


def call(signature, inputs: dict) -> dict:
    """The outputs of a signature for values of its inputs by name, which become its dtypes."""
    expected = signature.structured_input_signature[1]
    return signature(**{name: tf.constant(it, expected[name].dtype) for name, it in inputs.items()})


def decoded(value):
    """Bytes in place of {"b64": ...}, in lists too."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    return base64.b64decode(value["b64"], validate=True) if isinstance(value, dict) else value


def encoded(tensor: tf.Tensor) -> list:
    """{"b64": ...} in place of bytes."""
    if tensor.dtype != tf.string:
        return tensor.numpy().tolist()
    return [{"b64": base64.b64encode(item).decode()} for item in tensor.numpy()]


def main() -> None:
    """Loads the newest version and serves it; --model_dir and --host, the others are kserve's."""
    parser = argparse.ArgumentParser(parents=[model_server.parser])
    parser.add_argument("--model_dir", default="/mnt/models", type=Path, help="folder of versions")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on; 0.0.0.0: all")
    arguments = parser.parse_args()
    if arguments.workers != 1:
        parser.error(f"--workers: expected 1, received {arguments.workers}")
    model = Export(arguments.model_name, arguments.model_dir)
    try:
        model.load()
    except (OSError, ValueError) as error:
        parser.error(f"--model_dir: {error}")
    logging.getLogger("kserve").addFilter(refused_in_a_line)
    Server(arguments.host).start([model])


if __name__ == "__main__":
    main()
