"""How fast an export answers in this process: python scripts/benchmarks/serving.py MODEL PHOTO.

MODEL is a version's folder, PHOTO an encoded picture. Not a server: what its transport, its threads
and its other work cost is not in these figures. Each start is measured in a fresh process.
"""

import argparse
import multiprocessing
import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CLIENTS = (1, 4, 16)


def main() -> None:
    """Prints the figures, a line each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("photo", type=Path)
    parser.add_argument("--most", type=int, default=16, help="pictures at the most a figure")
    arguments = parser.parse_args()
    size = sum(path.stat().st_size for path in arguments.model.rglob("*") if path.is_file())
    print(f"size of the export    {size / 1e6:.1f} MB")
    _apart(_first_request, arguments, False)
    _apart(_first_request, arguments, True)
    for clients in CLIENTS:
        _apart(_throughput, arguments, clients)


def _apart(function, *arguments) -> None:
    """In a fresh process, so that nothing is warm and the memory is its own."""
    process = multiprocessing.get_context("spawn").Process(target=function, args=arguments)
    process.start()
    process.join()


def _load(model: Path):
    import tensorflow as tf

    began = time.perf_counter()
    loaded = tf.saved_model.load(str(model))
    return loaded, loaded.signatures["serving_default"], time.perf_counter() - began


def _warm_up(loaded, model: Path) -> None:
    """Answers the warm-up records, as a server does before it says that it is ready."""
    import tensorflow as tf
    from tensorflow_serving.apis import prediction_log_pb2

    path = model / "assets.extra" / "tf_serving_warmup_requests"
    for record in tf.data.TFRecordDataset(str(path)):
        request = prediction_log_pb2.PredictionLog.FromString(record.numpy()).predict_log.request
        inputs = {
            name: tf.constant(tf.make_ndarray(value)) for name, value in request.inputs.items()
        }
        loaded.signatures[request.model_spec.signature_name](**inputs)


def _first_request(arguments, warm: bool) -> None:
    import tensorflow as tf

    loaded, serve, load_seconds = _load(arguments.model)
    photo = tf.constant([arguments.photo.read_bytes()])
    warming = 0.0
    if warm:
        began = time.perf_counter()
        _warm_up(loaded, arguments.model)
        warming = time.perf_counter() - began
    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        serve(content_bytes=photo)
        seconds.append(time.perf_counter() - began)
    print(
        f"first, second request {seconds[0]:.2f} s, {seconds[1]:.2f} s "
        f"(load {load_seconds:.1f} s, warm-up {warming:.1f} s)"
    )


def _throughput(arguments, clients: int) -> None:
    import tensorflow as tf

    loaded, serve, _ = _load(arguments.model)
    _warm_up(loaded, arguments.model)
    photo = tf.constant([arguments.photo.read_bytes()])
    count = max(clients, arguments.most // 4)
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as threads:
        list(threads.map(lambda _: serve(content_bytes=photo), range(count)))
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(
        f"{clients:2d} clients            {60 * count / seconds:.1f} pictures a minute "
        f"({count} pictures, peak memory {peak / 1e9:.2f} GB)"
    )


if __name__ == "__main__":
    main()
