"""Serves a folder of exports by kserve, in the REST contract of TensorFlow Serving:

python examples/kserve/server.py --model_dir=models/nst --model_name=nst --http_port=8501
"""

import argparse
import asyncio
import base64
from pathlib import Path

import kserve
import tensorflow as tf
from kserve import model_server
from kserve.errors import InvalidInput
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

WARMUP = "assets.extra/tf_serving_warmup_requests"


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
        return self.ready

    async def predict(self, payload, headers=None) -> dict:
        """In a thread, so that the server goes on listening."""
        return await asyncio.to_thread(answer, self.export, payload)


class Exports(kserve.ModelRepository):
    """The server's models: POST /v2/repository/models/NAME/load loads the newest version."""

    async def load(self, name: str) -> bool:
        """In a thread, as above."""
        return await asyncio.to_thread(self.models[name].load)


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
    """Loads the newest version and serves it; the flags are kserve's own and --model_dir."""
    parser = argparse.ArgumentParser(parents=[model_server.parser])
    parser.add_argument("--model_dir", default="/mnt/models", type=Path, help="folder of versions")
    arguments = parser.parse_args()
    model = Export(arguments.model_name, arguments.model_dir)
    try:
        model.load()
    except (OSError, ValueError) as error:
        parser.error(f"--model_dir: {error}")
    # kserve's gRPC speaks the V2 protocol, which an export does not.
    server = kserve.ModelServer(registered_models=Exports(), enable_grpc=False)
    server.start([model])


if __name__ == "__main__":
    main()
