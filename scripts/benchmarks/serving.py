"""How an export answers inside one process: not a server, whose transport and threads add to it."""

import resource
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CLIENTS = (1, 4, 16)


def print_table(child, model, photo, pictures):
    """Size, start with and without warm-up, pictures a minute; `model` is a version's folder."""
    files = [path for path in Path(model).rglob("*") if path.is_file()]
    held = sum(path.stat().st_size for path in files if path.parent.name == "variables")
    size = sum(path.stat().st_size for path in files)
    print("| | |\n|---|---|")
    print(f"| size of the export | {size / 1e6:.1f} MB, {held / 1e6:.1f} MB of them variables |")
    for warm in (False, True):
        told = child("first requests", model, photo, warm)
        first, second = told["seconds"]
        what = f"after a warm-up of {told['warming']:.1f} s" if warm else "without warm-up"
        print(f"| loading | {told['loading']:.1f} s |")
        print(f"| first, second request {what} | {first:.1f} s, {second:.1f} s |", flush=True)
    for clients in CLIENTS:
        told = child("throughput", model, photo, clients, pictures)
        print(
            f"| {clients} clients, {pictures} pictures | {told['a minute']:.1f} pictures a minute, "
            f"at most {told['gigabytes']:.2f} GB |",
            flush=True,
        )


def measure_first_requests(model, photo, warm):
    """Seconds of loading, of the warm-up, and of the first two requests after it."""
    loaded, answer, loading = _loaded(model, photo)
    began = time.perf_counter()
    if warm:
        _warm_up(loaded, model)
    warming = time.perf_counter() - began
    return {"loading": loading, "warming": warming, "seconds": [_timed(answer) for _ in range(2)]}


def measure_throughput(model, photo, clients, pictures):
    """Pictures a minute of a warm model, asked by so many threads; memory of the process."""
    loaded, answer, _ = _loaded(model, photo)
    _warm_up(loaded, model)

    def ask_all():
        with ThreadPoolExecutor(clients) as threads:
            list(threads.map(lambda _: answer(), range(pictures)))

    seconds = _timed(ask_all)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return {"a minute": 60 * pictures / seconds, "gigabytes": peak}


def _timed(function):
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def _loaded(model, photo):
    """The model, a function that paints the photograph, the seconds of loading."""
    import tensorflow as tf

    began = time.perf_counter()
    loaded = tf.saved_model.load(model)
    seconds = time.perf_counter() - began
    data = tf.constant([Path(photo).read_bytes()])
    return loaded, lambda: loaded.signatures["serving_default"](content_bytes=data), seconds


def _warm_up(loaded, model):
    """Answers the warm-up records, as a server does before it says that it is ready."""
    import tensorflow as tf
    from tensorflow_serving.apis import prediction_log_pb2

    path = Path(model) / "assets.extra" / "tf_serving_warmup_requests"
    for record in tf.data.TFRecordDataset(str(path)):
        request = prediction_log_pb2.PredictionLog.FromString(record.numpy()).predict_log.request
        inputs = {name: tf.constant(tf.make_ndarray(it)) for name, it in request.inputs.items()}
        loaded.signatures[request.model_spec.signature_name](**inputs)


MEASUREMENTS = {"first requests": measure_first_requests, "throughput": measure_throughput}
