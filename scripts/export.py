"""Exports for TensorFlow Serving: python scripts/export.py --flagfile=configs/serve.cfg."""

from tf_nst.cli.export import console

if __name__ == "__main__":
    console()
