"""The fenced blocks of README.md, CONTRIBUTING.md and docs/."""

import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md")),
)
_BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A block: its page and first line, for messages, its language and its text."""

    place: str
    language: str
    text: str


def blocks(page: Path, *languages: str) -> list[Block]:
    """The blocks of a page in these languages."""
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    return [
        Block(
            f"{name}:{text.count(chr(10), 0, match.start()) + 1}",
            match[2],
            re.sub(f"^{match[1]}", "", match[3], flags=re.MULTILINE),
        )
        for match in _BLOCK.finditer(text)
        if match[2] in languages
    ]


def every_block(*languages: str) -> list[Block]:
    """Those of all pages."""
    return [block for page in PAGES for block in blocks(page, *languages)]


def commands(block: Block) -> list[str]:
    """The commands of a block of shell lines: continued lines joined, comments left out."""
    lines = re.sub(r"\\\n\s*", "", block.text).splitlines()
    parts = (re.split(r" \| | && |; ", line) for line in lines if not line.startswith("#"))
    return [command.strip() for line in parts for command in line if command.strip()]
