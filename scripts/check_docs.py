"""Builds the documentation's site and checks it: warnings, links, accessibility, width, search.

    python scripts/check_docs.py [--output=out/docs] [--screenshots=FOLDER]

Needs `pip install ".[docs]"` and Chromium. Prints a line for each problem; exits with 1 where there
is one.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from documentation.browser import PROGRAMS, find_chromium
from documentation.links import problems
from documentation.views import SCHEMES, WIDTHS, View, Viewer

ROOT = Path(__file__).resolve().parents[1]
# One page of each sort: pictures, prose, wide tables, formulas, docstrings, results of a search.
PAGES = (
    "index.html",
    "gallery.html",
    "masks.html",
    "objective.html",
    "performance.html",
    "flags.html",
    "reference.html",
    "faq.html",
    "search.html",
)
# Words, each of which some page has.
SEARCHED = ("mask", "wasserstein", "resume")


def build(output: Path) -> bool:
    """Builds all pages anew, warnings being errors; whether that went well."""
    command = [sys.executable, "-m", "sphinx", "-q", "-E", "-W", "--keep-going", "-b", "html"]
    return subprocess.run([*command, ROOT / "docs", output], check=False).returncode == 0


def views() -> Iterator[View]:
    """The pages in all schemes and widths."""
    for page in PAGES:
        for scheme in SCHEMES:
            for width in WIDTHS:
                yield View(page, scheme, width)


def viewed(viewer: Viewer) -> Iterator[str]:
    """A line for each problem that a browser shows."""
    for view in views():
        for line in viewer.problems(view):
            yield f"{view.page}, {view.scheme}, {view.width} pixels: {line}"
    for word in SEARCHED:
        if not viewer.hits(word):
            yield f"search.html: {word!r} is not found"


def photograph(viewer: Viewer, folder: Path) -> None:
    """Saves every view as PAGE_SCHEME_WIDTH.png."""
    folder.mkdir(parents=True, exist_ok=True)
    for view in views():
        name = f"{Path(view.page).stem}_{view.scheme}_{view.width}.png"
        viewer.photograph(view, folder / name)


def main(output: Path, screenshots: Path | None) -> int:
    """Returns the exit code."""
    program = find_chromium()
    if program is None:
        print(f"no browser: expected one of {', '.join(PROGRAMS)} on the PATH", file=sys.stderr)
        return 1
    if not build(output):
        return 1
    lines = list(problems(output))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        viewer = Viewer(program, output, Path(profile))
        try:
            if screenshots:
                photograph(viewer, screenshots)
            lines += viewed(viewer)
        finally:
            viewer.close()
    print(*lines, f"{len(lines)} problems", sep="\n")
    return int(bool(lines))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--output", type=Path, default=ROOT / "out/docs")
    parser.add_argument("--screenshots", type=Path)
    arguments = parser.parse_args()
    raise SystemExit(main(arguments.output, arguments.screenshots))
