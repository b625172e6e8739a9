"""The line over all pictures of a sheet."""

import io

from tf_nst.cli.sheet_progress import SheetProgress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(stream: io.StringIO) -> str:
    """What three pictures show: one that takes 20 s, one that fails, and a note said twice."""
    times = iter([0.0, 20.0, 20.0, 30.0])
    progress = SheetProgress(3, stream, lambda: next(times))
    progress.begin(1, "a.jpg  seed=1")
    progress.note("grey")
    progress.note("grey")
    progress.end()
    progress.begin(2, "b.jpg")
    progress.fail("is damaged")
    progress.begin(3, "c.jpg")
    progress.close()
    return stream.getvalue()


def test_where_there_is_no_terminal_each_picture_has_a_line():
    assert shown(io.StringIO()).splitlines() == [
        "note: grey",
        "picture 1/3  a.jpg  seed=1  about 40 s left",
        "picture 2/3  b.jpg  failed: is damaged  about 20 s left",
    ]


def test_in_a_terminal_one_line_is_overwritten():
    assert shown(Terminal()).split("\n") == [
        "\rpicture 1/3  a.jpg  seed=1",
        "note: grey",
        "\rpicture 2/3  b.jpg  about 20 s left",
        "picture 2/3  b.jpg  failed: is damaged  about 20 s left",
        "\rpicture 3/3  c.jpg",
        "",
    ]
