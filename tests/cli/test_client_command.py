"""The client's command: what it asks, writes and says. The server is a function in its place."""

import io

import pytest
from command_line import snapshot
from PIL import Image as Pillow

from tf_nst.cli import serve_client as command
from tf_nst.errors import RunError
from tf_nst.io.flag_file import settings_bytes
from tf_nst.io.manifest import record_bytes
from tf_nst.serving import client, grpc, rest, sending
from tf_nst.serving.server import Server


@pytest.fixture
def run_client(folder, capfd, monkeypatch):
    """Runs the command in the folder of photo.png and painting.png: *flags -> code, out, err.

    `.requests` are the server and the request of each call; `.answer` is returned or raised.
    """

    def answer(server, request):
        run.requests.append((server, request))
        if isinstance(run.answer, Exception):
            raise run.answer
        return run.answer

    def run(*flags: str):
        capfd.readouterr()
        code = command.main(["tf-nst-client", *flags])
        return code, *capfd.readouterr()

    run.requests, run.answer = [], client.Answer((folder / "photo.png").read_bytes(), [0.25, 3.0])
    monkeypatch.setattr(rest, "ask_rest", answer)
    monkeypatch.setattr(grpc, "ask_grpc", answer)
    return run


def test_the_servers_own_style(run_client, folder):
    code, out, err = run_client("--content=photo.png", "--output=out.png", "--model=mine")
    assert (code, err) == (0, "")
    assert "painted out.png (64×48" in out
    assert "losses  0.25, 3\n" in out
    assert (Pillow.open("out.png").size, Pillow.open("out.png").mode) == ((64, 48), "RGB")
    server, request = run_client.requests[0]
    assert server == Server("http://localhost:8501", "mine", 300.0, 3)
    sent, photo = Pillow.open(io.BytesIO(request.content)), Pillow.open(folder / "photo.png")
    assert (sent.format, sent.tobytes()) == ("PNG", photo.convert("RGB").tobytes())
    assert request.signature == "serving_default"


def test_the_alpha_of_the_photograph_comes_back_at_the_answers_size(run_client, folder):
    photo = Pillow.open("photo.png").resize((32, 24))
    photo.putalpha(Pillow.linear_gradient("L").resize((32, 24)))
    photo.save("clear.png")
    code, _, err = run_client("--content=clear.png", "--output=out.png")
    assert (code, err) == (0, "")
    written = Pillow.open("out.png")
    assert (written.size, written.mode) == ((64, 48), "RGBA")
    assert (
        written.getchannel("A").getextrema()[0] < 16 < 239 < written.getchannel("A").getextrema()[1]
    )


def test_a_style_and_its_settings_by_grpc(run_client, folder):
    flags = ("--style=painting.png", "--steps=7", "--size=40", "--style_weight=2", "--retries=0")
    code, _, _ = run_client("--content=photo.png", "--grpc=host:8500", "--output=out.jpg", *flags)
    assert code == 0
    server, request = run_client.requests[0]
    assert (server.address, server.retries, server.tls) == ("host:8500", 0, False)
    assert request[2:] == (7, 40, 2.0, 1.0, None)
    assert Pillow.open("out.jpg").format == "JPEG"


def test_a_mask_is_sent_with_a_style(run_client, folder):
    Pillow.linear_gradient("L").save("mask.png")
    flags = ("--content=photo.png", "--style=painting.png", "--mask=mask.png", "--output=out.png")
    assert run_client(*flags)[0] == 0
    _, request = run_client.requests[0]
    sent = Pillow.open(io.BytesIO(request.mask))
    assert (sent.mode, sent.tobytes()) == ("L", Pillow.linear_gradient("L").tobytes())
    assert request.signature == "stylize_masked"


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        ((), "--content: expected an image file, received nothing"),
        (("--content=missing.png",), "--content: missing.png does not exist"),
        (("--content=photo.png", "--style=missing.png"), "--style: missing.png does not exist"),
        (("--content=photo.png", "--output=out"), "--output: expected a name that ends in"),
        (("--content=photo.png", "--size=40"), "--size: has no effect without --style"),
        (
            ("--content=photo.png", "--style=painting.png", "--style_weight=-1"),
            "--style_weight: exp",
        ),
        (("--content=photo.png", "--timeout=0"), "--timeout: expected a number above 0, up to"),
        (("--content=photo.png", "--timeout=1e10"), "above 0, up to 86400, received 1000"),
        (("--content=photo.png", "--url=http://[::1"), "--url: expected http://HOST:PORT"),
        (("--content=photo.png", "--url=http://h:99999"), "--url: expected http://HOST:PORT"),
        (("--content=photo.png", "--url=ftp://me:SECRET@h"), "received 'ftp://***@h'"),
        (("--content=photo.png", "--grpc=host"), "--grpc: expected HOST:PORT, received 'host'"),
        (("--content=photo.png", "--model=a b"), "--model: expected letters, digits"),
        (("--content=photo.png", "--header=SECRET"), "--header: expected NAME: VALUE"),
        (("--content=photo.png", "--header=Host: SECRET"), "--header: expected a name that is"),
        (("--content=photo.png", "--tls"), "--tls: has no effect without --grpc"),
        (("--content=photo.png", "--ca_file=photo.png"), "--ca_file: has no effect with http://"),
        (
            ("--content=photo.png", "--url=https://h", "--ca_file=photo.png"),
            "--ca_file: expected a PEM file of certificates, received photo.png",
        ),
        (("--content=photo.png", "--timeout=nan"), "--timeout: expected a number above 0, up to"),
        (
            ("--content=photo.png", "--retries=-1"),
            "--retries: expected a whole number from 0 to 100",
        ),
    ],
)
def test_bad_flags_are_one_line_and_nothing_is_asked(run_client, folder, flags, line):
    before = snapshot(folder)
    code, _, err = run_client(*flags)
    assert code == 2
    assert err.startswith("tf_nst: ") and line in err
    assert err.count("\n") == 1 and "SECRET" not in err
    assert run_client.requests == []
    assert snapshot(folder) == before


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    Pillow.linear_gradient("L").save(buffer, kind)
    return buffer.getvalue()


NO_PNG = "tf_nst: the server's image_bytes are not a PNG that can be read"


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        (RunError("the server at x is busy"), "tf_nst: the server at x is busy\n"),
        (client.Answer(b"no PNG", [1.0]), NO_PNG),
        (client.Answer(encoded("GIF"), [1.0]), NO_PNG),
        (client.Answer(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", [1.0]), NO_PNG),
        (client.Answer(encoded("PNG")[:60], [1.0]), NO_PNG),
    ],
)
def test_a_failure_is_one_line_and_writes_nothing(run_client, folder, answer, line):
    before = snapshot(folder)
    run_client.answer = answer
    code, _, err = run_client("--content=photo.png", "--output=out.png")
    assert code == 1
    assert err.startswith(line)
    assert snapshot(folder) == before


def test_an_answer_of_too_many_pixels_is_not_decoded(run_client, monkeypatch):
    monkeypatch.setattr(sending, "MOST_ANSWER_PIXELS", 64 * 48 - 1)
    code, _, err = run_client("--content=photo.png", "--output=out.png")
    assert (code, err.startswith(NO_PNG)) == (1, True)


def test_an_answer_is_opened_as_a_png_alone(run_client, monkeypatch):
    formats, opened = [], Pillow.open
    monkeypatch.setattr(
        Pillow, "open", lambda *given, **more: formats.append(more) or opened(*given, **more)
    )
    assert run_client("--content=photo.png", "--output=out.png")[0] == 0
    assert formats[-1] == {"formats": ("PNG",)}


def test_headers_are_repeated_and_tls_is_asked_for(run_client, folder):
    flags = ("--grpc=host:8500", "--tls", "--header=Authorization: Bearer a,b", "--header=x: y")
    assert run_client("--content=photo.png", "--output=out.png", *flags)[0] == 0
    server, _ = run_client.requests[0]
    assert server.headers == (("Authorization", "Bearer a,b"), ("x", "y"))
    assert (server.tls, server.ca_file) == (True, None)


def test_a_picture_is_not_written_over_its_own_photograph(run_client):
    code, _, err = run_client("--content=photo.png", "--output=photo.png")
    assert (code, "--output and --content: photo.png would be overwritten" in err) == (2, True)


def test_what_an_earlier_painting_left_beside_the_picture_goes(run_client, folder):
    record = record_bytes(folder / "out.png", {"steps_made": 3})
    (folder / "out.json").write_bytes(record)
    (folder / "out.cfg").write_bytes(settings_bytes("out.png", {"steps": 3}, {}))
    (folder / "out.txt").write_text("mine")
    code, _, err = run_client("--content=photo.png", "--output=out.png")
    assert (code, err) == (0, "")
    names = {path.name for path in folder.glob("out.*")}
    assert names == {"out.png", "out.txt"}
