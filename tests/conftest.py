"""What all tests share: a quiet, strict TensorFlow, a tiny network, counting-number images, and
which tests are left out without a file of weights."""

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path

# Before TensorFlow is imported. Strict: what autograph cannot convert is an error, not left as is.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("AUTOGRAPH_STRICT_CONVERSION", "1")

# Commands that tests start hear a hang-up and Ctrl-C, whatever this run was started under: a shell
# has its jobs in the background ignore Ctrl-C.
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)

import numpy as np
import pytest
from reference import counting

from tf_nst.model.networks import Network
from tf_nst.model.weights import load_weights

TINY = Network("tiny", (2, 2, 4, 4, 4), (4, 4, 8, 8, 8))
# The files that take longest, the longest first: of several processes that run the tests none is
# left alone with one of these at the end.
LONGEST = (
    "serving/test_served.py",
    "planning/test_memory_of_runs.py",
    "video/test_video_command.py",
    "video/test_paint_clip.py",
    "serving/test_real_servers.py",
    "studio/test_page.py",
    "studio/test_live_painting.py",
    "studio/test_live_studio.py",
    "engine/test_mirrored.py",
    "test_painting_hard_styles.py",
    "serving/test_served_exports.py",
    "engine/test_engine.py",
    "engine/test_graph.py",
    "cli/test_workers.py",
    "test_painting_areas.py",
    "engine/test_program.py",
    "cli/test_resume_command.py",
    "cli/test_signals.py",
    "objective/test_masks.py",
    "viz/test_explain.py",
    "notebooks/test_colab.py",
    "test_memory_over_runs.py",
    "cli/test_scales.py",
    "cli/test_replay.py",
    "serving/test_exported_statistics.py",
    "scripts/test_dumped_programs.py",
    "scripts/test_quality.py",
)
# Files whose tests share what takes long to make, such as an export: one process runs each row.
TOGETHER = (
    (
        "serving/test_served.py",
        "serving/test_served_controls.py",
        "serving/test_export.py",
        "serving/test_admission.py",
        "serving/test_client.py",
        "serving/test_client_guards.py",
        "serving/test_warmup.py",
    ),
    ("serving/test_real_servers.py", "serving/test_real_versions.py"),
    ("engine/test_mirrored.py", "engine/test_placement.py", "conformance/test_two_devices.py"),
)
# Tests of signals, shells and pipes, which Windows has not or has otherwise.
POSIX = (
    "cli/test_completion.py",
    "cli/test_quiet.py",
    "cli/test_resume_command.py",
    "cli/test_signals.py",
    "cli/test_terminal.py",
    "cli/test_written_meanwhile.py",
    "io/test_pipes.py",
    "scripts/test_fuzz_pictures.py",
    "scripts/test_kill_runs.py",
)
collect_ignore = POSIX if os.name == "nt" else ()
# Keras' VGG19, which the tests marked exact_weights compare with.
EXACT_WEIGHTS = os.environ.get("TF_NST_WEIGHTS", "")


def pytest_report_header() -> str:
    """Where the exact weights are, or what is left out without them."""
    if EXACT_WEIGHTS:
        return f"exact weights: {EXACT_WEIGHTS}"
    return "exact weights: TF_NST_WEIGHTS is not set: the tests that compare with them are left out"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts LONGEST first, deselects what needs the exact weights or POSIX where they are not."""
    items.sort(key=lambda item: place_of(item.path))
    absent = {"exact_weights": not EXACT_WEIGHTS, "posix": os.name == "nt"}
    markers = [name for name, is_absent in absent.items() if is_absent]
    left_out = [item for item in items if any(map(item.get_closest_marker, markers))]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def pytest_collection_finish() -> None:
    """Has the collector pass over what is imported: tracing makes so many objects that it would go
    through all of TensorFlow again and again, a tenth of the time."""
    gc.collect()
    gc.freeze()


def place_of(path: Path) -> int:
    """That of a file in LONGEST, or after all of them."""
    name = first_of(path.relative_to(Path(__file__).parent).as_posix())
    return LONGEST.index(name) if name in LONGEST else len(LONGEST)


def first_of(name: str) -> str:
    """The first of the files that are run TOGETHER with one; else the file itself."""
    return next((row[0] for row in TOGETHER if name in row), name)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """Hands out whole files, those of TOGETHER as one; None where another way was asked for."""
    if config.getvalue("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class FilesTogether(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return first_of(super()._split_scope(nodeid).removeprefix("tests/"))

    return FilesTogether(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the tables that tests recorded."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, table in report.user_properties if report.when == "call" else ():
            if name == "table":
                terminalreporter.section(report.nodeid)
                terminalreporter.write_line(table)


@pytest.fixture(scope="session")
def tiny() -> Network:
    """A VGG19 of 4 and 8 channels."""
    return TINY


@pytest.fixture(scope="session")
def tiny_arrays() -> dict:
    """Seeded weights of the tiny network, with biases that count from -2 upwards."""
    weights = load_weights("random", TINY, TINY.layers, seed=3, report=pytest.fail)
    return {
        name: (kernel, np.linspace(-2.0, 3.0, bias.size, dtype=np.float32))
        for name, (kernel, bias) in weights.arrays.items()
    }


@pytest.fixture(scope="session")
def make_extractor(tiny_arrays):
    """(layers, pooling, dtype, padding) -> the tiny network's extractor; each is built once."""
    from tf_nst.model.vgg import build_extractor

    built = {}

    def make(layers, pooling="max", dtype="float32", padding="zeros"):
        key = (tuple(layers), pooling, dtype, padding)
        if key not in built:
            choices = {"pooling": pooling, "dtype": dtype, "padding": padding}
            built[key] = build_extractor(TINY, key[0], tiny_arrays, **choices)
        return built[key]

    return make


@pytest.fixture(scope="session")
def content() -> np.ndarray:
    """[1, 20, 28, 3] float32 in 0..1: counting numbers, smoothed by a ramp."""
    ramp = np.linspace(0.0, 1.0, 28)[None, :, None]
    return (0.3 * counting(20, 28) + 0.7 * ramp)[None].astype(np.float32)


@pytest.fixture(scope="session")
def style() -> np.ndarray:
    """[1, 24, 18, 3] float32 in 0..1: stripes with counting numbers, of another size."""
    stripes = (np.arange(24) // 3 % 2)[:, None, None]
    return (0.4 * counting(24, 18, start=91) + 0.6 * stripes)[None].astype(np.float32)


@pytest.fixture(scope="session")
def on_two_devices(tmp_path_factory) -> Path:
    """The folder of what logical_devices.py wrote, in a process of two logical CPUs."""
    folder, here = tmp_path_factory.mktemp("two_devices"), Path(__file__).parent
    paths = [str(it) for it in (here.parent, here, here / "engine")]
    before = os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*paths, *filter(None, [before])])}
    command = [sys.executable, str(here / "logical_devices.py"), str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return folder
