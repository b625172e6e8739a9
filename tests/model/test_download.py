"""The download against a server on the loopback: whole files arrive, nothing else stays."""

import gc
import hashlib
import http.server
import os
import socket
import threading
from contextlib import contextmanager

import pytest
from loopback import CONTENT, MD5, Handler

from tf_nst.errors import RunError
from tf_nst.model.download import download


@pytest.fixture(scope="module")
def server():
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        running.released = threading.Event()
        thread = threading.Thread(target=running.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.released.set()
        running.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def fetch(url, path, *, md5=MD5, lines=None, **timeouts):
    lines = [] if lines is None else lines
    download(url, path, md5=md5, report=lines.append, **timeouts)


def refused(url, path, **options) -> str:
    """The line of the failure, after the checks that hold for all of them."""
    with pytest.raises(RunError) as caught:
        fetch(url, path, **options)
    line = str(caught.value)
    assert caught.value.exit_code == 1
    assert "\n" not in line
    assert line.startswith(f"--weights=keras: cannot download {url}: ")
    assert f"; put the file at {path} by hand; without a download: --weights=imagenet (" in line
    assert "--weights=random" in line and "--weights=PATH" in line
    assert not path.is_file()
    assert not path.parent.is_dir() or list(path.parent.iterdir()) == []
    return line


@contextmanager
def file_size_limit(limit):
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("answer", ["good", "no_length", "moved"])
def test_a_whole_file_arrives_and_nothing_else(server, tmp_path, answer):
    path, lines = tmp_path / "new" / "models" / "file.h5", []
    fetch(f"{server}/{answer}", path, lines=lines)
    assert path.read_bytes() == CONTENT
    assert os.listdir(path.parent) == ["file.h5"]
    assert lines[0] == f"downloading {server}/{answer} to {path}"
    assert "1.0 MB, " in lines[-1] and lines[-1].endswith("MB/s")
    assert (" of 1.0 MB" in lines[-1]) == (answer != "no_length")


def test_a_damaged_file_is_replaced(server, tmp_path):
    path = tmp_path / "file.h5"
    path.write_bytes(b"damaged")
    fetch(f"{server}/good", path)
    assert path.read_bytes() == CONTENT


def test_a_failure_leaves_the_file_that_was_there(server, tmp_path):
    path = tmp_path / "file.h5"
    path.write_bytes(b"damaged")
    with pytest.raises(RunError):
        fetch(f"{server}/truncated", path)
    assert path.read_bytes() == b"damaged"
    assert os.listdir(tmp_path) == ["file.h5"]


def test_the_new_file_has_the_rights_of_any_new_file(server, tmp_path):
    path, other = tmp_path / "file.h5", tmp_path / "other"
    other.touch()
    fetch(f"{server}/good", path)
    assert path.stat().st_mode == other.stat().st_mode


@pytest.mark.filterwarnings("error::ResourceWarning")
@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_http_errors_are_told_and_their_connection_closed(server, tmp_path):
    assert "HTTP error 404" in refused(f"{server}/nothing", tmp_path / "file.h5")
    gc.collect()


def test_an_answer_that_is_not_http_is_told(server, tmp_path):
    assert "this is no HTTP" in refused(f"{server}/garbage", tmp_path / "file.h5")


def test_a_truncated_file_is_told(server, tmp_path):
    line = refused(f"{server}/truncated", tmp_path / "file.h5")
    assert f"truncated: {len(CONTENT)} of {len(CONTENT) + 1} bytes" in line


@pytest.mark.parametrize("answer", ["stalled", "silent"])
def test_a_stall_is_told(server, tmp_path, answer):
    line = refused(f"{server}/{answer}", tmp_path / "file.h5", stall_timeout=0.2)
    assert "no bytes for 0.2 s" in line


def test_a_slow_file_is_no_stall_and_tells_its_progress(server, tmp_path):
    path, lines = tmp_path / "file.h5", []
    md5 = hashlib.md5(CONTENT[:5]).hexdigest()
    fetch(f"{server}/trickle", path, md5=md5, lines=lines, connect_timeout=0.2, stall_timeout=1.2)
    assert path.read_bytes() == CONTENT[:5]
    assert len(lines) >= 3  # start, one second, end


def test_a_wrong_checksum_is_told(server, tmp_path):
    line = refused(f"{server}/good", tmp_path / "file.h5", md5="0" * 32)
    assert f"expected md5 {'0' * 32}, received {MD5}" in line


def test_a_refused_connection_is_told(tmp_path):
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unheard.getsockname()[1]}/good"
        assert "Connection refused" in refused(url, tmp_path / "file.h5")


def test_a_server_that_speaks_no_tls_is_told(server, tmp_path):
    assert "SSL" in refused(f"{server}/good".replace("http:", "https:"), tmp_path / "file.h5")


def test_a_connection_that_never_stands_is_told(monkeypatch, tmp_path):
    def never(_address, timeout, *_rest, **_options):
        raise TimeoutError if timeout == 0.3 else AssertionError(timeout)

    monkeypatch.setattr(socket, "create_connection", never)
    line = refused("http://127.0.0.1/good", tmp_path / "file.h5", connect_timeout=0.3)
    assert "no connection within 0.3 s" in line


def test_an_unknown_host_is_told(monkeypatch, tmp_path):
    def unknown(*_arguments, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    line = refused("http://weights.invalid/good", tmp_path / "file.h5")
    assert "Name or service not known" in line


def test_a_folder_that_cannot_be_made_is_told(server, tmp_path):
    (tmp_path / "models").write_text("a file where the folder should be")
    assert "File exists" in refused(f"{server}/good", tmp_path / "models" / "file.h5")


def test_a_file_that_does_not_fit_is_told(server, tmp_path):
    with file_size_limit(len(CONTENT) // 2):
        assert "File too large" in refused(f"{server}/good", tmp_path / "file.h5")


def test_an_interrupt_passes_and_leaves_nothing(server, tmp_path):
    def interrupt(line):
        if "MB/s" in line:
            assert len(os.listdir(tmp_path)) == 1
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(f"{server}/good", tmp_path / "file.h5", md5=MD5, report=interrupt)
    assert os.listdir(tmp_path) == []


def test_the_proxy_of_the_environment_is_used(server, tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", server)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    fetch("http://weights.invalid/good", tmp_path / "file.h5")
    assert (tmp_path / "file.h5").read_bytes() == CONTENT


def test_a_proxy_that_is_no_address_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("http_proxy", "http:/proxy")
    assert "proxy URL with no authority" in refused(
        "http://weights.invalid/good", tmp_path / "file.h5"
    )
