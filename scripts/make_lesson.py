"""Builds docs/explained/ from the example pair with the network in the box: run before a commit
that changes a figure. Takes the flags of `visualize.py explain` besides."""

import sys
from pathlib import Path

from tf_nst.cli.visualize import main

ROOT = Path(__file__).resolve().parent.parent
FLAGS = (
    f"--content={ROOT / 'examples' / 'louvre_court.jpg'}",
    f"--style={ROOT / 'examples' / 'water_garden.jpg'}",
    f"--output={ROOT / 'docs' / 'explained' / 'index.html'}",
    "--weights=compact",
    "--precision=float32",
)

if __name__ == "__main__":
    sys.exit(main([sys.argv[0], "explain", *FLAGS, *sys.argv[1:]]))
