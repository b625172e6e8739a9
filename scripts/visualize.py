"""Draws what the layers see: python scripts/visualize.py KIND ... (kinds and flags: --help)."""

from tf_nst.cli.visualize import console

if __name__ == "__main__":
    console()
