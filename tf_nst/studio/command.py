"""`tf-nst studio`: a local page that paints."""

from importlib.util import find_spec

from tf_nst.cli.command import run_command
from tf_nst.cli.flags import DEBUG, IMAGE_FILE
from tf_nst.cli.parsing import Values
from tf_nst.config.options import Option
from tf_nst.config.paths import Paths
from tf_nst.config.value_types import Boolean, FilePath, Integer, Text
from tf_nst.errors import UserError

USAGE = """\
tf-nst studio [PHOTOGRAPH [PAINTING]] [flags]

Opens a page on this machine that paints: drop a photograph and a painting,
watch the picture appear, change its weights while it is painted, go further
from there. The address has a token; whoever has it may paint here. Ctrl-C ends
the studio and keeps the picture in progress; what waits is painted by the next
studio."""

STUDIO_EXTRA = 'pip install "tf_nst[studio]"'
LOCAL = "127.0.0.1"

STUDIO_FLAGS = (
    Option("content", None, IMAGE_FILE, "photograph to begin with", positional=True),
    Option(
        "style",
        None,
        Paths("an image file, or several separated by commas", "an image file"),
        "painting to begin with",
        positional=True,
    ),
    Option(
        "folder",
        None,
        FilePath("a folder"),
        "folder of finished pictures; by default tf-nst in your Pictures, or your home folder",
    ),
    Option("port", 0, Integer(0, 65535), "port of the page; 0: a free one"),
    Option(
        "host",
        LOCAL,
        Text("an address of this machine such as 192.168.1.5"),
        "address of this machine at which the page is served; others than 127.0.0.1 can be "
        "reached from other machines, without encryption",
    ),
    Option("browser", True, Boolean(), "whether the page is opened in a browser"),
    DEBUG,
)
TABLES = {"": STUDIO_FLAGS}


def main(argv: list[str]) -> int:
    """Runs the command; returns its exit code."""
    return run_command(argv, STUDIO_FLAGS, USAGE, open_studio)


def open_studio(values: Values) -> int:
    """Serves the page of parsed flags until a signal comes.

    Raises:
      UserError: the extra is not installed, or a picture, folder, host or port cannot be used.
    """
    if not (find_spec("starlette") and find_spec("uvicorn")):
        raise UserError(f"studio needs Starlette and uvicorn: {STUDIO_EXTRA}")
    from tf_nst.studio.serving import serve

    return serve(values)
