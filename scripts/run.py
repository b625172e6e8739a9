"""Paints one picture: python scripts/run.py --flagfile=configs/monet.cfg (all flags: --help)."""

from tf_nst.cli.run import console

if __name__ == "__main__":
    console()
