"""`tf-nst info`: what there is to paint with, and completion for shells."""

import json
import os
import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

from tf_nst.cli.command import run_command
from tf_nst.cli.completion import SHELLS
from tf_nst.cli.flags import DEBUG
from tf_nst.cli.imports import import_tensorflow
from tf_nst.cli.output_flags import JSON
from tf_nst.cli.parsing import Values
from tf_nst.cli.terminal import answer, printable
from tf_nst.config.options import Option
from tf_nst.config.presets import PRESETS, preset_title
from tf_nst.config.value_types import Choice
from tf_nst.errors import NstError
from tf_nst.version import VERSION

USAGE = """\
tf-nst info [--json]
tf-nst info --completion=bash \\
    > ~/.local/share/bash-completion/completions/tf-nst
tf-nst info --completion=zsh > "${fpath[1]}/_tf-nst"

Prints versions, networks, weights, presets, devices, precision and memory."""
INFO_FLAGS = (
    Option("json", False, JSON.type, "print JSON"),
    Option(
        "completion", None, Choice(tuple(SHELLS)), "print a script that completes tf-nst in a shell"
    ),
    DEBUG,
)
TABLES = {"": INFO_FLAGS}
_PACKAGES = ("tensorflow", "keras", "numpy", "pillow")
# What the extras of setup.cfg bring.
_OPTIONAL = (
    "tifffile",
    "imagecodecs",
    "pillow-heif",
    "matplotlib",
    "scikit-image",
    "av",
    "opencv-python-headless",
    "starlette",
    "uvicorn",
    "apache-beam",
    "tensorflow-serving-api",
    "kserve",
)


def console() -> None:
    """The command alone."""
    sys.exit(main(sys.argv))


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    return run_command(argv, INFO_FLAGS, USAGE, show)


def show(values: Values) -> int:
    """Prints what parsed flags ask for; what needs TensorFlow last."""
    if values.completion:
        answer(SHELLS[values.completion](), end="")
        return 0
    if values.json:
        answer(json.dumps(dict(facts()), indent=2))
        return 0
    for name, value in facts():
        for line in _lines(value):
            answer(printable(f"{name:<12}{line}"))
            name = ""
    return 0


def facts() -> Iterator[tuple[str, str | dict[str, str]]]:
    """(name, text or {name: text}) of each fact, as soon as it is known."""
    yield "tf_nst", VERSION
    yield "python", f"{platform.python_version()}, {platform.platform()}"
    yield "packages", {name: _version(name) for name in _PACKAGES}
    yield "optional", {name: _version(name) for name in _OPTIONAL}
    yield "networks", _networks()
    yield "weights", _weights()
    yield "presets", {name: preset_title(name) for name in PRESETS}
    yield from _devices()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _networks() -> str:
    from tf_nst.model.networks import NETWORKS

    return ", ".join(NETWORKS)


def _weights() -> dict[str, str]:
    from tf_nst.model.bundled import BUNDLED
    from tf_nst.model.download import cache_path
    from tf_nst.model.networks import NETWORKS

    cached = [name for name, row in NETWORKS.items() if os.path.exists(cache_path(row))]
    bundled = {word: f"{row.network.name}, in the package" for word, row in BUNDLED.items()}
    downloaded = f"{' and '.join(cached) or 'none'} downloaded"
    return bundled | {"keras": downloaded, "random": "seeded"}


def _devices() -> Iterator[tuple[str, str]]:
    """What a run by default would paint with."""
    try:
        import_tensorflow()
        from tf_nst.engine.strategy import device_type, make_strategy, strategy_name
        from tf_nst.planning.memory import available_bytes
        from tf_nst.planning.precision import choose_precision

        strategy = make_strategy("auto", sys.maxsize, lambda line: None)
    except (ImportError, NstError) as error:
        yield "devices", f"unknown: {(str(error).splitlines() or ['no reason given'])[0]}"
        return
    yield "devices", strategy_name(strategy)
    precision = choose_precision("auto", "auto", device_type(strategy))
    yield "precision", f"{precision.dtype}, XLA {'on' if precision.xla else 'off'}"
    memory = available_bytes()
    yield "memory", "unknown" if memory is None else f"{memory / 1e9:.1f} GB for a run"


def _lines(value: str | dict[str, str]) -> list[str]:
    if isinstance(value, str):
        return [value]
    width = max(map(len, value)) + 2
    return [f"{name:<{width}}{text}" for name, text in value.items()]
