"""Another site's page cannot drive the studio: token, host and origin of each request."""

import asyncio

import pytest

pytest.importorskip("starlette")
from requests_to import HOST, PORT, TOKEN, ask
from starlette.responses import PlainTextResponse

from tf_nst.studio.guard import COOKIE, Guard

PAGE = f"{COOKIE}_{PORT}={TOKEN}"
EVIL = "http://evil.example"


@pytest.fixture(scope="module")
def app():
    """What it protects answers everything."""
    return Guard(PlainTextResponse("inside"), TOKEN, [HOST, f"localhost:{PORT}"], PORT)


def test_the_token_in_the_address_becomes_a_cookie_that_scripts_and_other_sites_lack(app):
    answer = ask(app, "GET", f"/?token={TOKEN}", {"authorization": None, "origin": None})
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(PAGE)
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))


def test_a_ticket_stands_for_the_token_once():
    app = Guard(PlainTextResponse("inside"), TOKEN, [HOST], PORT, "a-ticket")
    stranger = {"authorization": None}
    assert ask(app, "GET", "/api/state", {"authorization": "Bearer a-ticket"}).status == 403
    assert ask(app, "HEAD", "/?token=a-ticket", stranger).status == 403
    answer = ask(app, "GET", "/?token=a-ticket", stranger)
    assert answer.status == 303 and answer.headers["set-cookie"].startswith(PAGE)
    assert ask(app, "GET", "/?token=a-ticket", stranger).status == 403
    assert ask(app, "GET", "/?token=", stranger).status == 403


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize(
    "credentials",
    [{"authorization": f"Bearer {TOKEN}"}, {"authorization": None, "cookie": f"other=1; {PAGE}"}],
    ids=["header", "cookie"],
)
def test_the_page_is_let_in(app, method, credentials):
    assert ask(app, method, "/api/state", credentials).body == b"inside"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer another"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": "Bearer "},
        {"cookie": f"{COOKIE}_{PORT}=another"},
        {"cookie": f"{COOKIE}={TOKEN}"},
        {"cookie": "=;;\u00e9"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/main.js", "/api/state", "/?token=another", "/?token="])
def test_nothing_is_served_without_the_token(app, headers, path):
    answer = ask(app, "GET", path, {"authorization": None, **headers})
    assert answer.status == 403 and "inside" not in answer.body.decode()
    assert "token" in answer.json["error"]


def test_the_token_in_any_other_address_does_nothing(app):
    answer = ask(app, "GET", f"/api/state?token={TOKEN}", {"authorization": None})
    assert answer.status == 403


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("origin", [EVIL, "null", None, f"https://{HOST}", "http://127.0.0.1:9"])
def test_a_change_is_refused_from_another_origin(app, method, origin):
    """The browser sends the cookie along with what a page of the same host asks."""
    answer = ask(app, method, "/api/runs", {"origin": origin, "cookie": PAGE})
    assert answer.status == 403 and "Origin" in answer.json["error"]


@pytest.mark.parametrize("host", ["evil.example", f"evil.example:{PORT}", "127.0.0.1", "", None])
@pytest.mark.parametrize("path", ["/", f"/?token={TOKEN}", "/api/state"])
def test_another_name_of_this_machine_is_refused(app, host, path):
    """DNS rebinding: evil.example leads to 127.0.0.1, so that its page is of the same origin."""
    answer = ask(app, "GET", path, {"host": host, "origin": f"http://{host}"})
    assert answer.status == 403 and "Host" in answer.json["error"]


def test_both_names_of_the_served_address_are_their_own_origin(app):
    local = {"host": f"localhost:{PORT}", "origin": f"http://localhost:{PORT}"}
    assert ask(app, "POST", "/api/runs", local).status == 200
    assert ask(app, "POST", "/api/runs", {"host": f"localhost:{PORT}"}).status == 403


@pytest.mark.parametrize("host", ["Court", "court"])
def test_capitals_of_a_name_make_no_difference(host):
    app = Guard(PlainTextResponse("inside"), TOKEN, [f"Court:{PORT}"], PORT)
    headers = {"host": f"{host}:{PORT}", "origin": f"http://court:{PORT}"}
    assert ask(app, "POST", "/api/runs", headers).status == 200


@pytest.mark.parametrize(
    ("server", "host"),
    [
        (("192.168.1.5", PORT), f"192.168.1.5:{PORT}"),
        (("::ffff:192.168.1.5", PORT, 0, 0), f"192.168.1.5:{PORT}"),
        (("fd00::5", PORT, 0, 0), f"[fd00::5]:{PORT}"),
    ],
)
def test_the_address_at_which_a_request_arrives_is_this_machine_s(app, server, host):
    async def arrived(scope, receive, send):
        await app({**scope, "server": server}, receive, send)

    headers = {"host": host, "origin": f"http://{host}"}
    assert ask(arrived, "POST", "/api/runs", headers).status == 200
    assert ask(app, "POST", "/api/runs", headers).status == 403
    assert ask(arrived, "POST", "/api/runs", {"host": f"evil.example:{PORT}"}).status == 403


def test_at_the_usual_port_a_browser_names_none():
    async def arrived(scope, receive, send):
        app = Guard(PlainTextResponse("inside"), TOKEN, [], 80)
        await app({**scope, "server": ("127.0.0.1", 80)}, receive, send)

    local = {"host": "127.0.0.1", "origin": "http://127.0.0.1"}
    assert ask(arrived, "POST", "/api/runs", local).status == 200


@pytest.mark.parametrize("other", ['prefs={"a":1}', "=", "a,b=[1]", "no value"])
def test_an_odd_cookie_of_another_program_hides_nothing(app, other):
    headers = {"authorization": None, "cookie": f"{other}; {PAGE}"}
    assert ask(app, "GET", "/api/state", headers).status == 200


def test_every_answer_says_what_a_browser_is_to_keep_to(app):
    for headers in ({}, {"authorization": None}):
        answered = ask(app, "GET", "/api/state", headers).headers
        assert answered["content-security-policy"].startswith("default-src 'self';")
        assert "unsafe" not in answered["content-security-policy"]
        assert answered["x-content-type-options"] == "nosniff"
        assert answered["referrer-policy"] == "no-referrer"
        assert answered["cache-control"] == "no-store"
        assert answered["cross-origin-resource-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answered


def test_a_lesson_may_have_its_style_and_pictures_in_it_and_no_script(app):
    policy = ask(app, "GET", "/api/lessons/r1.html").headers["content-security-policy"]
    assert policy.startswith("default-src 'none'") and "script" not in policy


def test_no_socket_of_another_kind_is_opened(app):
    with pytest.raises(RuntimeError, match="expected a request by HTTP, received websocket"):
        asyncio.run(app({"type": "websocket"}, None, None))
