"""The warm-up records, written by hand, are what tensorflow-serving-api reads and an export
answers."""

import numpy as np
import tensorflow as tf
from answering import call
from tensorflow_serving.apis import prediction_log_pb2

from tf_nst.serving.warmup import FILE, prediction_log


def test_a_message_equals_the_one_that_the_package_builds():
    log = prediction_log_pb2.PredictionLog()
    request = log.predict_log.request
    request.model_spec.name, request.model_spec.signature_name = "nst", "stylize"
    inputs = {"long": [b"x" * 70_000, b""], "steps": np.int32(300), "weight": np.float32(0.5)}
    for name, value in inputs.items():
        request.inputs[name].CopyFrom(tf.make_tensor_proto(value))
    read = prediction_log_pb2.PredictionLog.FromString(prediction_log("nst", "stylize", inputs))
    assert read == log


def test_the_records_of_an_export_are_answered(exported, signatures):
    path = exported / "assets.extra" / FILE
    requests = {}
    for record in tf.data.TFRecordDataset(str(path)):
        request = prediction_log_pb2.PredictionLog.FromString(record.numpy()).predict_log.request
        assert request.model_spec.name == "nst"
        requests[request.model_spec.signature_name] = request.inputs
    assert set(requests) == {"serving_default", "stylize", "stylize_masked", "stylize_tensor"}
    for name, inputs in requests.items():
        values = {key: tf.make_ndarray(value) for key, value in inputs.items()}
        assert np.isfinite(call(signatures[name], **values)["losses"]).all()
