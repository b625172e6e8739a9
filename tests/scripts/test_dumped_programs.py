"""The step as an XLA program: its arguments and results are as its description says."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tensorflow.compiler.xla import xla_data_pb2
from tensorflow.compiler.xla.service import hlo_pb2

ROOT = Path(__file__).resolve().parents[2]

NAMES = {"float32": "F32", "int32": "S32", "bool": "PRED"}
HIGHEST = xla_data_pb2.PrecisionConfig.HIGHEST


def run_script(*flags: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "scripts/bench.py", "program", *flags]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    """(the module, its description): L-BFGS at 32 pixels in float32, never TF32."""
    folder = tmp_path_factory.mktemp("dump")
    what = ("--sizes=32", "--dtypes=float32-exact", "--optimizers=lbfgs", "--weights=random")
    ran = run_script(f"--dump={folder}", *what)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[-1].startswith("| lbfgs-32-float32-exact.pb | ")
    assert (folder / "run.py").is_file()
    name = folder / "lbfgs-32-float32-exact"
    module = hlo_pb2.HloModuleProto.FromString(name.with_suffix(".pb").read_bytes())
    return module, json.loads(name.with_suffix(".json").read_text())


def spelled(shape) -> tuple[str, list[int]]:
    return xla_data_pb2.PrimitiveType.Name(shape.element_type), list(shape.dimensions)


def test_its_arguments_are_those_of_the_description(program):
    module, description = program
    parameters = [spelled(shape) for shape in module.host_program_shape.parameters]
    arguments = description["arguments"]
    assert parameters == [(NAMES[each["dtype"]], each["shape"]) for each in arguments]
    assert arguments[description["count"]]["values"] == [4]


def test_steps_finite_and_history_are_results_of_the_description(program):
    module, description = program
    results = module.host_program_shape.result.tuple_shapes
    assert spelled(results[description["steps"]]) == ("S32", [])
    assert spelled(results[description["finite"]]) == ("PRED", [])
    # 2 content terms, Gram and Wasserstein at 5 layers, variation.
    assert spelled(results[description["history"]]) == ("F32", [64, 13, 1])


def test_kernels_are_arguments_and_their_random_numbers_are_he_s(program):
    kernels = [each for each in program[1]["arguments"] if each["shape"][:2] == [3, 3]]
    assert len(kernels) == 13  # VGG19 as far as conv5_1
    for kernel in kernels:
        assert kernel["mean"] == 0
        assert kernel["deviation"] == pytest.approx(np.sqrt(2 / np.prod(kernel["shape"][:3])))


def test_exact_float32_is_what_every_product_asks_for(program):
    products = [
        instruction
        for computation in program[0].computations
        for instruction in computation.instructions
        if instruction.opcode in ("convolution", "dot")
    ]
    assert products
    for product in products:
        assert list(product.precision_config.operand_precision) == [HIGHEST, HIGHEST]


def test_roots_are_taken_by_products(program):
    """A decomposition would be a call out of the program, or a loop of a thousand small steps."""
    module, _ = program
    names = {
        instruction.name.lower()
        for computation in module.computations
        for instruction in computation.instructions
    }
    assert not [name for name in names if "eigh" in name or "jacobi" in name]
    operations = {
        instruction.opcode
        for computation in module.computations
        for instruction in computation.instructions
    }
    assert "dot" in operations and "custom-call" not in operations
