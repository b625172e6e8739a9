"""Requests that a server answers before it reports ready, so that the first one is warm.

TensorFlow Serving reads assets.extra/tf_serving_warmup_requests, a TFRecord of PredictionLog
messages (tensorflow_serving/apis/prediction_log.proto). They are few fields, written here by hand,
so that an export needs no package for it.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import tensorflow as tf

FILE = "tf_serving_warmup_requests"

# Field numbers of prediction_log.proto, predict.proto and model.proto.
_PREDICT_LOG, _REQUEST = 6, 1
_MODEL_SPEC, _INPUTS = 1, 2
_NAME, _SIGNATURE_NAME = 1, 3
_KEY, _VALUE = 1, 2


def write_warmup(folder: Path, model: str, requests: Mapping[str, Mapping[str, object]]) -> None:
    """Writes the file into `folder`/assets.extra.

    Args:
      folder: of one version of the model.
      model: its name.
      requests: {signature: {input: value}}, as many records as there are; values become tensors.
    """
    path = folder / "assets.extra" / FILE
    path.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for signature, inputs in requests.items():
            writer.write(prediction_log(model, signature, inputs))


def prediction_log(model: str, signature: str, inputs: Mapping[str, object]) -> bytes:
    """A PredictionLog message: one request to a signature of a model."""
    spec = _field(_NAME, model.encode()) + _field(_SIGNATURE_NAME, signature.encode())
    request = _field(_MODEL_SPEC, spec)
    for name, value in inputs.items():
        tensor = tf.make_tensor_proto(value).SerializeToString()
        request += _field(_INPUTS, _field(_KEY, name.encode()) + _field(_VALUE, tensor))
    return _field(_PREDICT_LOG, _field(_REQUEST, request))


def warmup_requests(size: int) -> dict[str, dict[str, object]]:
    """One small request for each signature, of a picture of `size` x `size` pixels, 1 step each
    where a request says how many."""
    grey = np.arange(size * size * 3) % 256
    picture = tf.constant(grey.reshape(size, size, 3), tf.uint8)
    encoded = tf.io.encode_png(picture).numpy()
    tensor = tf.cast(picture, tf.float32)[None].numpy() / 255.0
    one, style = np.float32(1.0), np.float32(10.0)
    styled = {
        "content_bytes": [encoded],
        "style_bytes": encoded,
        "steps": np.int32(1),
        "size": np.int32(size),
        "content_weight": one,
        "style_weight": style,
    }
    return {
        "serving_default": {"content_bytes": [encoded]},
        "stylize": styled,
        "stylize_masked": styled | {"mask_bytes": [encoded]},
        "stylize_tensor": {"content": tensor, "style": tensor},
    }


def _field(number: int, content: bytes) -> bytes:
    """A length-delimited field (Protocol Buffers, wire type 2)."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first; the high bit says that more follow."""
    octets = bytearray()
    while number > 127:
        octets.append(number & 127 | 128)
        number >>= 7
    octets.append(number)
    return bytes(octets)
