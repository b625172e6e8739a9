"""Each check of a program for a TPU can fail, on modules of a few lines written by hand."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

from benchmarks import tpu
from benchmarks.program_checks import counts, problems

from tf_nst.errors import UserError

GOOD = """HloModule step, entry_computation_layout={(f32[8]{0})->f32[8]{0}}

ENTRY main {
  arg.1 = f32[8]{0} parameter(0)
  twice.2 = f32[8]{0} add(arg.1, arg.1)
  ROOT copy.3 = f32[8]{0} copy(twice.2)
}
"""


def with_line(line: str) -> str:
    return GOOD.replace("  ROOT", f"  {line}\n  ROOT")


def test_a_good_program_has_no_problems():
    assert problems(GOOD) == []
    assert counts(GOOD) == {"operations": 3, "copy": 1}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (
            'call.9 = f32[8]{0} custom-call(arg.1), custom_call_target="python_callback"',
            "calls the host: custom-call, 1 times",
        ),
        ("out.9 = token[] outfeed(arg.1, token.8)", "calls the host: outfeed, 1 times"),
        (
            "sent.9 = (f32[8]{0}, u32[], token[]) send(arg.1, token.8), channel_id=1",
            "calls the host: send, 1 times",
        ),
        ("cut.9 = s32[<=8,1]{1,0} concatenate(arg.1)", "dynamic shape: s32[<=8,1]"),
        ("any.9 = f32[?,3]{1,0} reshape(arg.1)", "dynamic shape: f32[?,3]"),
        (
            "cut.9 = f32[8]{0} set-dimension-size(arg.1, n.8), dimensions={0}",
            "dynamic shape: set-dimension-size",
        ),
        ("wide.9 = f64[8]{0} convert(arg.1)", "float64: 1 operations"),
        ("loop.9 = (f64[8]{0}, s32[]) while(state.8)", "float64: 1 operations"),
    ],
)
def test_each_problem_is_seen(line, problem):
    assert problems(with_line(line)) == [problem]


def test_collectives_are_counted_whether_they_wait_or_not():
    lines = "sum.9 = f32[8]{0} all-reduce(arg.1)\n  begun.9 = f32[8]{0} all-reduce-start(arg.1)"
    assert counts(with_line(lines))["all-reduce"] == 2


# --- the table, with a stand-in for the compiler -------------------------------------------------


def compiler(folder: Path, answer: str, code: int = 0) -> Path:
    """An interpreter that answers so, whatever it is asked to compile."""
    path = folder / "python"
    path.write_text(f"#!/bin/sh\necho '{answer}'\nexit {code}\n")
    path.chmod(0o755)
    return path


def table(interpreter: Path, topology: str = "v5e:2x2") -> None:
    def child(*measurement):
        return {"file": "adam-64-bfloat16.pb"}

    tpu.print_table(
        child, str(interpreter), [topology], ["64"], ["bfloat16"], ["adam"], "random", 1
    )


def test_a_row_has_the_compilers_figures(tmp_path, capsys):
    figures = (
        '{"cores": 1, "flops": 394e9, "bytes": 1e9, "temporaries": 2e6, "code": 3e6, '
        '"seconds": 9.2, "processor_seconds": 7.2, '
        '"made": {"operations": 900, "convolution": 26, "while": 11}}'
    )
    table(compiler(tmp_path, figures))
    row = capsys.readouterr().out.splitlines()[-1]
    assert row == (
        "| adam-64-bfloat16 | v5e:2x2 | 1 | 394.0 | 1.00 | 2 | 3.0 | 900 | 26 | 11 | 0 "
        "| 9 | 7 | 2.00 |"
    )


def test_a_refused_operation_fails_in_one_line(tmp_path, capsys):
    interpreter = compiler(tmp_path, '{"problems": ["refused: Unsupported operation: fft"]}')
    with pytest.raises(UserError, match="adam-64-bfloat16 for v5e:2x2: refused: Unsupported"):
        table(interpreter)
    assert "| adam-64-bfloat16 | v5e:2x2 | refused |" in capsys.readouterr().out


def test_an_environment_without_the_compiler_is_told(tmp_path):
    with pytest.raises(UserError, match=r"^--compiler: expected jax and libtpu"):
        table(compiler(tmp_path, "", code=1))


def test_an_unknown_topology_is_refused_before_anything_is_lowered(tmp_path):
    with pytest.raises(UserError, match=r"^--topologies: expected v4, v5e, v5p, v6e"):
        table(tmp_path / "none", "h100:8")


def test_the_roofline_is_the_slower_of_products_and_memory():
    chip = tpu.Chip(operations=100.0, bandwidth=10.0)
    assert tpu.roofline(chip, 200.0, 10.0) == 2.0
    assert tpu.roofline(chip, 200.0, 30.0) == 3.0


def test_the_compilers_environment_is_pinned():
    assert [pin.partition("==")[0] for pin in tpu.pins()] == ["jax", "libtpu"]
    assert all("==" in pin for pin in tpu.pins())
