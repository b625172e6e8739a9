"""Builds docs/explained/ from the example pair: run before a commit
that changes a figure. Takes the flags of `visualize.py explain` besides."""

import os
import sys
from pathlib import Path

from tf_nst.cli.visualize import main

ROOT = Path(__file__).resolve().parent.parent
FLAGS = (
    "--content=examples/louvre_court.jpg",
    "--style=examples/water_garden.jpg",
    "--output=docs/explained/index.html",
    "--precision=float32",
)

if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main([sys.argv[0], "explain", *FLAGS, *sys.argv[1:]]))
