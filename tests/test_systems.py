"""What Windows and macOS lack, taken away: modules, signals and functions of Linux."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from reference import counting

import tf_nst
from tf_nst.cli.run import same_file
from tf_nst.errors import RunError
from tf_nst.io.images import Image
from tf_nst.io.rescue import write_or_rescue

ROOT = Path(tf_nst.__file__).parents[1]
# Python's own modules that are loaded first take the system for what it is.
WITHOUT = """
import asyncio, os, signal, subprocess, sys, tempfile
for name in ("fcntl", "resource", "termios", "tty", "pty", "pwd", "grp"):
    sys.modules[name] = None
for module, names in {
    signal: ("SIGHUP", "SIGUSR1"),
    os: ("tcgetpgrp", "getpgrp", "mkfifo", "fork", "geteuid", "getuid", "openpty"),
}.items():
    for name in names:
        delattr(module, name)
subprocess.Popen.kill = subprocess.Popen.terminate  # as on Windows
"""


def run(code: str, folder: Path, *arguments: str) -> str:
    """What Python prints that runs `code` without them."""
    command = [sys.executable, "-c", WITHOUT + code, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_files_are_written_and_replaced_together_without_locks(tmp_path):
    code = """
from tf_nst.io.writing import write_together
write_together({"a.png": b"picture", "a.json": b"record"})
write_together({"a.png": b"another", "a.json": None})
print(sorted(os.listdir()), open("a.png").read())
"""
    assert run(code, tmp_path) == "['a.png'] another\n"


def test_a_state_is_left_and_found_without_locks(tmp_path):
    code = """
import numpy as np
from tf_nst.io.locking import claim, is_abandoned, is_file_of, keep_locked, lock, opened
open("a.state", "wb").close()
with opened("a.state", os.O_RDWR) as descriptor:
    print(lock(descriptor), keep_locked(descriptor))
print(claim("a.state"), is_abandoned("a.state"), is_file_of("a.state", None))
"""
    assert run(code, tmp_path) == "None None\nNone False True\n"


@pytest.mark.parametrize("arguments", [("--help",), ("info", "--help"), ("--version",)])
def test_the_command_answers(tmp_path, arguments):
    code = "from tf_nst.cli.main import main; sys.exit(main(['tf-nst', *sys.argv[1:]]))"
    assert "tf-nst" in run(code, tmp_path, *arguments)


def test_a_picture_is_painted_and_painted_over(tmp_path):
    for name in ("photo.png", "painting.png"):
        Image.from_float(counting(32, 32)).save(tmp_path / name)
    code = """
from tf_nst.cli.main import main
for _ in range(2):
    code = main(["tf-nst", *sys.argv[1:]])
    assert code == 0, code
"""
    flags = ("--size=32", "--steps=1", "--weights=random", "--checkpoint_seconds=0.01")
    run(code, tmp_path, "photo.png", "painting.png", "-o", "out.png", *flags)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"photo.png", "painting.png", "out.png", "out.json", "out.cfg"}


def test_benchmarks_say_nothing_of_memory_that_is_not_known(tmp_path):
    code = f"""
sys.path.insert(0, {str(ROOT / "scripts")!r})
from benchmarks.peak import peak_bytes
print(peak_bytes())
"""
    assert run(code, tmp_path) == "nan\n"


def test_a_picture_that_another_program_has_open_is_kept_beside_it(tmp_path, monkeypatch):
    """Windows gives the name of an open file to no other."""
    (tmp_path / "out.png").write_bytes(b"open")
    replace = os.replace

    def refuse_open(source, target):
        if Path(target).name == "out.png":
            raise PermissionError(13, "Permission denied")
        replace(source, target)

    monkeypatch.setattr(os, "replace", refuse_open)
    with pytest.raises(RunError, match=r"out\.png cannot be written: Permission denied; .*rescued"):
        write_or_rescue(tmp_path / "out.png", lambda path: {path: b"new"})
    contents = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert contents == {"out.png": b"open", "out.rescued.png": b"new"}


@pytest.mark.parametrize(
    ("path", "other"), [("photo.png", "PHOTO.PNG"), ("photo.png", "./photo.png")]
)
def test_a_photograph_is_not_painted_over_by_another_spelling(tmp_path, monkeypatch, path, other):
    """A file system that ignores case, as those of Windows and macOS: both names, one file."""
    (tmp_path / path).write_bytes(b"photograph")
    monkeypatch.chdir(tmp_path)
    if not os.path.exists(other):
        os.link(path, other)
    assert same_file(other, path)
