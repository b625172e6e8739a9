"""`tf-nst studio`: what it refuses, what it says, and how it ends."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("uvicorn")

import tf_nst
from tf_nst.cli.main import main
from tf_nst.errors import UserError
from tf_nst.studio import command
from tf_nst.studio.serving import folder_of, hosts_of, listen

CODE = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from tf_nst.cli.main import console; console()"
)


def refused(capsys, *flags: str) -> str:
    """The only line of a command that ends with code 2."""
    assert main(["tf-nst", "studio", "--browser=false", *flags]) == 2
    captured = capsys.readouterr()
    (line,) = captured.err.splitlines()
    assert not captured.out
    return line


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--port=70000"], "--port: expected a whole number from 0 to 65535"),
        (["--port=x"], "--port: expected a whole number"),
        (["--host=192.0.2.1"], "--host and --port: expected an address of this machine and a free"),
        (["--host=no.such.host.invalid"], "--host: expected an address of this machine, received"),
        (["--folder=file/below"], "--folder: the folder "),
        (["--content=nothing.jpg"], "--content: nothing.jpg cannot be read (No such file"),
        (["--content=file"], "--content: file "),
        (["--style=nothing.jpg"], "--style: nothing.jpg cannot be read (No such file"),
        (["--size=3"], "--size: expected a flag that --help lists"),
    ],
)
def test_what_cannot_be_used_is_one_line(capsys, tmp_path, monkeypatch, flags, line):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("no picture")
    assert refused(capsys, "--folder=out", *flags).startswith(f"tf_nst: {line}")


def test_a_port_that_is_taken_is_one_line(capsys, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        line = refused(capsys, f"--port={port}", f"--folder={tmp_path}")
    assert f"received 127.0.0.1 and {port} (Address already in use)" in line


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_the_extra_a_line_names_it(capsys, monkeypatch, missing):
    def find(name):
        return None if name == missing else True

    monkeypatch.setattr(command, "find_spec", find)
    assert 'pip install "tf_nst[studio]"' in refused(capsys)


def test_help_comes_without_the_extra(monkeypatch, capsys):
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    assert main(["tf-nst", "studio", "--help"]) == 0
    assert "--folder" in capsys.readouterr().out


def test_only_names_of_the_address_are_hosts():
    assert hosts_of("127.0.0.1", 81) == ["127.0.0.1:81", "localhost:81"]
    assert hosts_of("192.168.1.5", 81) == ["192.168.1.5:81"]
    assert hosts_of("::1", 81) == ["[::1]:81"]
    everywhere = hosts_of("0.0.0.0", 81)
    assert {"127.0.0.1:81", "localhost:81"} <= set(everywhere)
    assert not any(host.startswith("0.0.0.0") for host in everywhere)


def test_browsers_leave_out_the_usual_port():
    assert hosts_of("Court.local", 80) == ["court.local:80", "court.local"]


def test_a_machine_whose_name_nobody_knows_is_served_all_the_same(monkeypatch):
    def unknown(*_):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "gethostname", lambda: "Court")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert hosts_of("0.0.0.0", 81) == ["court:81", "127.0.0.1:81", "localhost:81"]


def test_a_free_port_is_this_machine_s_alone():
    with listen("127.0.0.1", 0) as one, listen("127.0.0.1", 0) as other:
        assert one.getsockname()[1] != other.getsockname()[1]
        with pytest.raises(UserError, match="--host and --port"):
            listen("127.0.0.1", one.getsockname()[1])


def test_pictures_are_where_people_look_for_them(monkeypatch, tmp_path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert folder_of(None) == tmp_path / "tf-nst"
    (tmp_path / "Pictures").mkdir()
    assert folder_of(None) == tmp_path / "Pictures" / "tf-nst"
    assert folder_of("/here") == Path("/here").absolute()


@pytest.fixture
def started(tmp_path):
    """The command, and its first lines."""
    root = str(Path(tf_nst.__file__).parents[1])
    processes = []

    def start(*flags: str) -> tuple[subprocess.Popen, list[str]]:
        environment = {**os.environ, "PYTHONPATH": root, "TMPDIR": str(tmp_path)}
        process = subprocess.Popen(
            [sys.executable, "-c", CODE, "studio", f"--folder={tmp_path / 'out'}", *flags],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        lines = []
        while not lines or "Ctrl-C" not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1], process.stderr.read()
        return process, lines

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.posix
@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_the_address_opens_the_page_and_a_signal_ends_all(started, tmp_path, name, code):
    if signal.getsignal(getattr(signal, name)) is signal.SIG_IGN:
        pytest.skip(f"{name} is ignored here, and so by what is started")
    process, lines = started("--browser=false")
    address = lines[0].split()[-1]
    assert address.startswith("http://127.0.0.1:") and "?token=" in address
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    assert b"<!DOCTYPE html>" in opener.open(address).read()
    base = address.partition("?")[0]
    assert b'"runs": []' in opener.open(f"{base}api/state").read()
    page = opener.open(f"{base}api/events")  # it listens until the end
    assert page.readline().startswith(b"id: ")
    process.send_signal(getattr(signal, name))
    out, error = process.communicate()
    page.close()
    assert (process.returncode, out) == (code, "")
    assert error == f"tf_nst: studio ended, finished pictures are in {tmp_path / 'out'}\n"
    assert not list(tmp_path.glob("tf_nst-studio-*"))


@pytest.mark.posix
def test_the_token_is_not_in_what_the_browser_is_started_with(started, tmp_path, monkeypatch):
    browser, seen = tmp_path / "browser", tmp_path / "seen"
    browser.write_text(f'#!/bin/sh\necho "$1" > {seen}.part\nmv {seen}.part {seen}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    monkeypatch.setenv("DISPLAY", ":0")
    _, lines = started("--browser")
    for _ in range(600):
        if seen.exists():
            break
        time.sleep(0.1)
    address, printed = seen.read_text().strip(), lines[0].split()[-1]
    assert address != printed
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    assert b"<!DOCTYPE html>" in opener.open(address).read()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(address)


def test_another_host_than_this_machine_is_warned_of(started):
    _, lines = started("--browser=false", "--host=0.0.0.0")
    assert lines[0].startswith("warning: --host=0.0.0.0 can be reached from elsewhere")
    assert "?token=" in lines[1]
