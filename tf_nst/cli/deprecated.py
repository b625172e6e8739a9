"""Commands by the names that they had before they were verbs of `tf-nst`.

Each says in a line on stderr what to type instead, and does what it did.
"""

import sys

from tf_nst.cli.terminal import Lossy
from tf_nst.cli.verbs import verb_module

REMOVAL = "0.3"


def export() -> None:
    """tf-nst-export"""
    _run("tf-nst-export", "export")


def client() -> None:
    """tf-nst-client"""
    _run("tf-nst-client", "serve-client")


def visualize() -> None:
    """tf-nst-visualize"""
    _run("tf-nst-visualize", "visualize")


def deprecation(old: str, new: str) -> str:
    """The line that says what takes the place of a name, and when the name goes."""
    return f"{old} is deprecated and will be removed in tf_nst {REMOVAL}; expected {new}"


def _run(old: str, verb: str) -> None:
    print(f"tf_nst: {deprecation(old, f'tf-nst {verb}')}", file=Lossy(sys.stderr), flush=True)
    sys.exit(verb_module(verb).main(sys.argv))
