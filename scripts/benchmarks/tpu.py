"""What a TPU's own compiler makes of the step, on a machine without one."""

import configparser
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from benchmarks.program_checks import COLLECTIVE

from tf_nst.errors import UserError

ROOT = Path(__file__).resolve().parents[2]
COMPILER = Path(__file__).with_name("program_compile.py")
ENVIRONMENT = ROOT / ".venv-tpu"
# Programs that are compiled side by side.
TOGETHER = 2


class Chip(NamedTuple):
    """Published figures of a chip: bfloat16 products a second, and bytes to and from its memory."""

    operations: float
    bandwidth: float


# cloud.google.com/tpu/docs/v4, v5e, v5p and v6e, read in 2025.
CHIPS = {
    "v4": Chip(275e12, 1228e9),
    "v5e": Chip(197e12, 819e9),
    "v5p": Chip(459e12, 2765e9),
    "v6e": Chip(918e12, 1640e9),
}

_HEAD = (
    "| program | topology | cores | GFLOP a step | GB a step | MB of temporaries | MB of code "
    "| operations | convolutions | loops | collectives | s to compile "
    "| s of processor | ms a step, estimate |"
)


def print_table(child, interpreter, topologies, sizes, dtypes, optimizers, weights, pictures):
    """A row for each optimiser, size, dtype and topology.

    Args:
      interpreter: of an environment with jax and libtpu; empty: one is made in .venv-tpu.
      pictures: of a batch, one for each core of a topology; 1: one core paints one picture.

    Raises:
      UserError: a topology is unknown, or a program is refused, after all rows were printed.
    """
    _check(topologies)
    interpreter = interpreter or _environment()
    print(_HEAD + "\n" + "|---" * _HEAD.count(" | ") + "|---|", flush=True)
    programs = list(itertools.product(map(int, sizes), dtypes, optimizers))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(TOGETHER) as pool:

        def rows(each):
            program = child("program", folder, *each, weights, "TPU", pictures)["file"]
            return _rows(interpreter, Path(folder, program), topologies)

        refused = [line for lines in pool.map(rows, programs) for line in lines]
    if refused:
        raise UserError("refused by the TPU's compiler: " + "; ".join(refused))


def _check(topologies):
    for topology in topologies:
        if topology.partition(":")[0] not in CHIPS:
            raise UserError(
                f"--topologies: expected {', '.join(CHIPS)}, each with its shape as in v5e:2x2, "
                f"received {topology}"
            )


def _rows(interpreter, program, topologies):
    """Prints a row for each topology; what was refused, as lines."""
    refused = []
    for topology in topologies:
        result = compiled(interpreter, program, topology)
        if "problems" in result:
            refused += [f"{program.stem} for {topology}: {line}" for line in result["problems"]]
            print(f"| {program.stem} | {topology} | refused |", flush=True)
        else:
            print(_row(program.stem, topology, result), flush=True)
    return refused


def compiled(interpreter, program, topology):
    """What program_compile.py, in the other environment, says of a module."""
    command = [str(interpreter), str(COMPILER), str(program), topology]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise UserError(f"--compiler: expected jax and libtpu that compile, received {last}")
    return json.loads(done.stdout.splitlines()[-1])


def _row(name, topology, program):
    operations, chip = program["made"], CHIPS[topology.partition(":")[0]]
    milliseconds = 1e3 * roofline(chip, program["flops"], program["bytes"])
    collectives = sum(operations.get(each, 0) for each in COLLECTIVE)
    return (
        f"| {name} | {topology} | {program['cores']} | {program['flops'] / 1e9:.1f} "
        f"| {program['bytes'] / 1e9:.2f} | {program['temporaries'] / 1e6:.0f} "
        f"| {program['code'] / 1e6:.1f} | {operations['operations']} "
        f"| {operations.get('convolution', 0)} | {operations.get('while', 0)} | {collectives} "
        f"| {program['seconds']:.0f} | {program['processor_seconds']:.0f} | {milliseconds:.2f} |"
    )


def roofline(chip: Chip, operations: float, moved: float) -> float:
    """Seconds that a chip takes at least, by its published figures: an estimate, not a measurement.

    Products of float32 count as one operation, although they take several of bfloat16, and what a
    loop repeats counts once, as the compiler has it.
    """
    return max(operations / chip.operations, moved / chip.bandwidth)


def _environment():
    """The interpreter of .venv-tpu, which is made with what setup.cfg pins if it is missing."""
    interpreter = ENVIRONMENT / "bin" / "python"
    if not interpreter.exists():
        print(f"making {ENVIRONMENT.name}: {', '.join(pins())}", file=sys.stderr, flush=True)
        venv.create(ENVIRONMENT, with_pip=True)
        command = [str(interpreter), "-m", "pip", "install", "--quiet", *pins()]
        if subprocess.run(command, check=False).returncode:
            shutil.rmtree(ENVIRONMENT)
            raise UserError(f"--compiler: expected pip to install {' '.join(pins())}, it did not")
    return interpreter


def pins() -> list[str]:
    """The requirements of setup.cfg's extra `tpu-compiler`, which needs nothing of tf_nst."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser["options.extras_require"]["tpu-compiler"].split()
