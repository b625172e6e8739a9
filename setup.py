"""What setup.cfg cannot say: the package index shows README.md without the files beside it, so its
relative links and pictures become addresses of the repository."""

import re
from pathlib import Path

from setuptools import setup

README = (Path(__file__).parent / "README.md").read_text(encoding="utf-8")
# The Colab badge is the one place where the repository's address is written.
REPOSITORY, BRANCH = re.search(
    r"https://colab\.research\.google\.com/github/([^/]+/[^/]+)/blob/([^/]+)/", README
).groups()
ADDRESS = f"https://github.com/{REPOSITORY}"


def with_addresses(markdown: str) -> str:
    """Markdown whose relative links lead to the repository and whose pictures are raw files."""

    def address(match: re.Match) -> str:
        mark, text, path = match.groups()
        raw = f"https://raw.githubusercontent.com/{REPOSITORY}/{BRANCH}"
        return f"{mark}[{text}]({raw if mark else f'{ADDRESS}/blob/{BRANCH}'}/{path})"

    # Pictures first: a badge is a picture in a link.
    pictures = re.sub(r"(!)\[([^]]*)\]\((?!https?:|#)([^)]+)\)", address, markdown)
    return re.sub(r"(?<!!)()\[([^][]*)\]\((?!https?:|#)([^)]+)\)", address, pictures)


setup(
    url=ADDRESS,
    project_urls={
        "Source": ADDRESS,
        "Changelog": f"{ADDRESS}/blob/{BRANCH}/CHANGELOG.md",
        "Issues": f"{ADDRESS}/issues",
    },
    long_description=with_addresses(README),
)
