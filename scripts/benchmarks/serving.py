"""How an export answers inside one process: not a server, whose transport and threads add to it.

Seconds of the processor stand beside those of the clock, which other work on the machine draws out.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.peak import peak_bytes

CLIENTS = (1, 4, 16)


def print_table(child, model, photo, pictures):
    """Size, start with and without warm-up, pictures a minute; `model` is a version's folder."""
    files = [path for path in Path(model).rglob("*") if path.is_file()]
    variables = sum(path.stat().st_size for path in files if path.parent.name == "variables")
    size = sum(path.stat().st_size for path in files)
    print("| | |\n|---|---|")
    print(
        f"| size of the export | {size / 1e6:.1f} MB, {variables / 1e6:.1f} MB of them variables |"
    )
    for warm in (False, True):
        result = child("first requests", model, photo, warm)
        what = f"after a warm-up of {_spelled(result['warming'])}" if warm else "without warm-up"
        print(f"| loading | {_spelled(result['loading'])} |")
        for name in ("first", "second"):
            print(f"| {name} request {what} | {_spelled(result[name])} |", flush=True)
    for clients in CLIENTS:
        result = child("throughput", model, photo, clients, pictures)
        print(
            f"| {clients} clients, {pictures} pictures "
            f"| {result['a minute']:.1f} pictures a minute, "
            f"{result['processor']:.1f} s of the processor each, {result['gigabytes']:.2f} GB |",
            flush=True,
        )


def _spelled(seconds):
    clock, processor = seconds
    return f"{clock:.1f} s ({processor:.1f} s of the processor)"


def measure_first_requests(model, photo, warm):
    """Seconds of the clock and of the processor: of loading, of the warm-up, and of the first two
    requests after it."""
    loaded, answer, loading = _loaded(model, photo)
    warming = _timed(lambda: _warm_up(loaded, model)) if warm else None
    first, second = (_timed(answer) for _ in range(2))
    return {"loading": loading, "warming": warming, "first": first, "second": second}


def measure_throughput(model, photo, clients, pictures):
    """Pictures a minute of a warm model, asked by so many threads; seconds of the processor that
    each took; memory of the process."""
    loaded, answer, _ = _loaded(model, photo)
    _warm_up(loaded, model)

    def ask_all():
        with ThreadPoolExecutor(clients) as threads:
            list(threads.map(lambda _: answer(), range(pictures)))

    clock, processor = _timed(ask_all)
    peak = peak_bytes() / 1e9
    return {
        "a minute": 60 * pictures / clock,
        "processor": processor / pictures,
        "gigabytes": peak,
    }


def _timed(function):
    began = _clocks()
    function()
    return _since(began)


def _clocks():
    return time.perf_counter(), time.process_time()


def _since(began):
    return tuple(now - then for now, then in zip(_clocks(), began, strict=True))


def _loaded(model, photo):
    """The model, a function that paints the photograph, the seconds of loading."""
    import tensorflow as tf

    began = _clocks()
    loaded = tf.saved_model.load(model)
    seconds = _since(began)
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
