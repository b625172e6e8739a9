"""Runs the HLO modules of a folder on jax's own device, and times them: python run.py FOLDER

python run.py FOLDER [--only=NAME,...] [--counts=4,...] [--calls=10] [--hlo=FOLDER]
    [--results=FOLDER]

`python scripts/bench.py program --dump=FOLDER` wrote the folder, this file with it. Needs jax
(0.11.2 ran) and NumPy, no TensorFlow. Arguments are those of NAME.npz where there is one beside
NAME.pb; else random numbers like those of a run, so that its times count and its pictures do not.
A module that fails is a row that says so.
"""

import argparse
import json
import re
import statistics
import time
from pathlib import Path

import jax
import numpy as np
from jax._src.interpreters import mlir as jax_mlir
from jax._src.lib import xla_client
from jax.extend.mlir import hlo_to_stablehlo
from jaxlib.mlir import ir

WARM_UPS = 2
_COPY = re.compile(r"mhlo\.copy (%\S+) : (tensor<[^>]*>)")


def main():
    """Prints the device, and a row for each module and count of steps, as soon as it is there."""
    arguments = _arguments()
    jax.config.update("jax_enable_x64", True)  # Adam counts in int64
    device = jax.devices()[0]
    print(f"{device.device_kind}, {device.client.platform_version.splitlines()[0]}", end=", ")
    print(f"jax {jax.__version__}\n")
    print(
        "| module | precision of its products | compile s | peak MB by the compiler "
        "| steps asked for | steps made | finite | ms a call | least, most | steps a second |\n"
        + "|---" * 10
        + "|"
    )
    for path in sorted(Path(arguments.folder).glob("*.pb"), key=_by_name(arguments.only)):
        if arguments.only and path.stem not in arguments.only:
            continue
        try:
            _print_rows(path, device, arguments)
        except Exception as error:
            print(f"| {path.stem} | failed: {' '.join(str(error).split())[:300]} |", flush=True)


def _arguments():
    def names(text):
        return text.split(",")

    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--only", type=names, default=[], help="modules, in this order")
    parser.add_argument("--counts", type=names, default=["4"], help="steps of a call")
    parser.add_argument("--calls", type=int, default=10, help="of which the median is printed")
    parser.add_argument("--hlo", default="", help="a folder for what the compiler made of each")
    parser.add_argument("--results", default="", help="a folder for what a call of each returns")
    return parser.parse_args()


def _by_name(only):
    return lambda path: (only.index(path.stem) if path.stem in only else 0, path.stem)


def _print_rows(path, device, arguments):
    description = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    module = hlo_to_stablehlo(path.read_bytes())
    began = time.perf_counter()
    executable = _compiled(module, device)
    seconds = time.perf_counter() - began
    head = f"| {path.stem} | {_precision(path)} | {seconds:.0f} | {_peak(executable)} "
    values = _values(path, description, device)
    for count in map(int, arguments.counts):
        values[description["count"]] = jax.device_put(np.int32(count), device)
        calls, results = _timed(executable, values, arguments.calls)
        steps, finite = (np.asarray(results[description[name]]) for name in ("steps", "finite"))
        median = statistics.median(calls)
        print(
            f"{head}| {count} | {steps} | {'yes' if finite else 'no'} | {1e3 * median:.2f} "
            f"| {1e3 * min(calls):.2f}, {1e3 * max(calls):.2f} | {steps / median:.1f} |",
            flush=True,
        )
        if arguments.results:
            np.savez(Path(arguments.results, f"{path.stem}-{count}"), *map(np.asarray, results))
    if arguments.hlo:
        text = executable.hlo_modules()[0].to_string()
        Path(arguments.hlo, f"{path.stem}.txt").write_text(text, encoding="utf-8")


def _compiled(module, device):
    with jax_mlir.make_ir_context():
        # Plugins for accelerators refuse mhlo.copy, by which the module hands its arguments on; a
        # reshape to the same shape is nothing to any compiler.
        text = _COPY.sub(r"stablehlo.reshape \1 : (\2) -> \2", str(ir.Module.parse(module)))
        parsed = ir.Module.parse(text)
    options = xla_client.CompileOptions()
    options.num_replicas = options.num_partitions = 1
    return device.client.compile_and_load(parsed, xla_client.DeviceList((device,)), options)


def _precision(path):
    """What the module says of its products: DEFAULT leaves float32 to the compiler, which takes
    TF32 on GPUs that have it; HIGHEST is float32."""
    text = xla_client.XlaComputation(path.read_bytes()).as_hlo_text()
    return "HIGHEST" if "operand_precision={highest,highest}" in text else "DEFAULT"


def _peak(executable):
    """Megabytes of arguments, results and all between; "unknown" where the compiler is silent."""
    stats = executable.get_compiled_memory_stats()
    sizes = (stats.argument_size_in_bytes, stats.output_size_in_bytes, stats.temp_size_in_bytes)
    return f"{sum(sizes) / 1e6:.0f}" if any(sizes) else "unknown"


def _values(path, description, device):
    """The arguments on the device: those of the module's .npz, or random ones."""
    stored = path.with_suffix(".npz")
    arguments = description["arguments"]
    if stored.exists():
        with np.load(stored) as file:
            arrays = [file[str(index)] for index in range(len(arguments))]
    else:
        arrays = [_random(each, seed) for seed, each in enumerate(arguments)]
    dtypes = [jax.numpy.dtype(each["dtype"]) for each in arguments]
    return [
        jax.device_put(array.astype(dtype), device)
        for array, dtype in zip(arrays, dtypes, strict=True)
    ]


def _random(argument, seed):
    """An argument's values where its description has them, else random numbers like them."""
    if "values" in argument:
        return np.array(argument["values"]).reshape(argument["shape"])
    numbers = np.random.default_rng(seed).standard_normal(argument["shape"], np.float32)
    numbers = argument["mean"] + argument["deviation"] * numbers
    return np.clip(numbers, argument["least"], argument["most"])


def _timed(executable, values, calls):
    """Seconds of each call, and the results of the last."""
    seconds = []
    for _ in range(WARM_UPS + calls):
        began = time.perf_counter()
        results = executable.execute(values)
        jax.block_until_ready(results)
        seconds.append(time.perf_counter() - began)
    return seconds[WARM_UPS:], results


if __name__ == "__main__":
    main()
