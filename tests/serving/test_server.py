"""Addresses, headers and what of them may be shown. Nothing is asked."""

import pytest

from tf_nst.errors import RunError, UserError
from tf_nst.serving.server import (
    Server,
    grpc_target,
    parse_header,
    redacted,
    rest_endpoint,
    secrets_hidden,
)


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("http://localhost:8501", "http://localhost:8501/v1/models/nst:predict"),
        ("https://host/", "https://host/v1/models/nst:predict"),
        ("http://[::1]:80/prefix/", "http://[::1]:80/prefix/v1/models/nst:predict"),
        ("http://host/?key=abc", "http://host/v1/models/nst:predict?key=abc"),
    ],
)
def test_the_url_of_a_model(address, url):
    assert rest_endpoint(Server(address)) == (url, {})


def test_a_user_and_a_password_become_a_header():
    """RFC 7617, section 2, its own example."""
    endpoint = rest_endpoint(Server("http://Aladdin:open%20sesame@host:1"))
    assert endpoint.url == "http://host:1/v1/models/nst:predict"
    assert endpoint.headers == {"Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}


BAD_URLS = ("localhost:8501", "ftp://localhost", "http://", "nonsense", "", "http://[::1")
BAD_URLS += ("http://host:99999", "http://host:0", "http://host:x", "http://a b", "http://[x]:1")
BAD_URLS += ("http://host/\n", "http://h\u00f6st", "http:///path", "http://ho$t")


@pytest.mark.parametrize("address", BAD_URLS)
def test_urls_that_are_none(address):
    with pytest.raises(UserError, match="--url: expected http://HOST:PORT, received"):
        rest_endpoint(Server(address))


@pytest.mark.parametrize("address", ["localhost:8500", "[::1]:8500", "10.0.0.1:1"])
def test_grpc_addresses(address):
    assert grpc_target(Server(address)) == address


BAD_TARGETS = ("localhost", "host:99999", "host:0", "host:x", "[::1", "http://host:1", "host:1/a")
BAD_TARGETS += ("user:secret@host:1", "a b:1", ":8500", "", "host:1?key=secret")


@pytest.mark.parametrize("address", BAD_TARGETS)
def test_grpc_addresses_that_are_none(address):
    with pytest.raises(UserError, match="--grpc: expected HOST:PORT, received") as caught:
        grpc_target(Server(address))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("model", ["a b", "", "a/b", "a:b", "a?b", "\u00e4"])
def test_names_of_no_model(model):
    with pytest.raises(UserError, match="--model: expected letters, digits"):
        rest_endpoint(Server("http://localhost:1", model))
    with pytest.raises(UserError, match="--model: expected letters, digits"):
        grpc_target(Server("localhost:1", model))


def test_certificates_need_tls_and_a_file_that_holds_some(tmp_path):
    (tmp_path / "a.pem").write_text("no certificate")
    here, missing = str(tmp_path / "a.pem"), str(tmp_path / "b.pem")
    cases = [
        (rest_endpoint, Server("http://h", ca_file=here), "--ca_file: has no effect with http://"),
        (grpc_target, Server("h:1", ca_file=here), "--ca_file: has no effect without --tls"),
        (rest_endpoint, Server("https://h", ca_file=here), "no certificate in it"),
        (rest_endpoint, Server("https://h", ca_file=missing), "No such file"),
        (grpc_target, Server("h:1", tls=True, ca_file=missing), "--ca_file: expected a PEM file"),
    ]
    for check, server, line in cases:
        with pytest.raises(UserError, match=line):
            check(server)


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("Authorization: Bearer abc.def", ("Authorization", "Bearer abc.def")),
        ("x-key:a:b ", ("x-key", "a:b")),
    ],
)
def test_headers(text, pair):
    assert parse_header(text, "--header") == pair


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        "a b: secret",
        "A: ",
        "A: secret\r\nB: secret",
        "A: secrét",
        "Host: secret",
        "content-length: secret",
        "grpc-timeout: secret",
        "key-bin: secret",
    ],
)
def test_texts_that_are_no_header_are_not_shown(text):
    with pytest.raises(UserError, match="--header: expected") as caught:
        parse_header(text, "--header")
    assert "secr" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("http://host:1/path", "http://host:1/path"),
        ("http://user:secret@host:1", "http://***@host:1"),
        ("http://user:s@e/cret@host/?key=secret", "http://***@host/?***"),
        ("http://host/?mail=me@secret&key=secret", "http://***"),
        ("http://user:se//cret@host", "http://***@host"),
        ("http://user:se?cret@host", "http://***"),
        ("user:secret@host:1", "***@host:1"),
        ("http://user:secret@[::1", "http://***@[::1"),
    ],
)
def test_passwords_and_queries_are_not_shown(address, shown):
    assert redacted(address) == shown


def test_what_a_server_quotes_of_the_request_is_not_shown():
    server = Server(
        "http://user:pass%20word@host/?key=abcdef", headers=(("Authorization", "Bearer tok3n"),)
    )
    for quoted in ("tok3n", "Bearer tok3n", "abcdef", "pass word", "dXNlcjpwYXNzIHdvcmQ="):
        with pytest.raises(RunError) as caught, secrets_hidden(server):
            raise RunError(f"refused: {quoted}.")
        assert str(caught.value) == "refused: ***."
        assert caught.value.__suppress_context__
