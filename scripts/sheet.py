"""Sheets of many small pictures: python scripts/sheet.py photo.jpg --styles=paintings."""

from tf_nst.cli.sheet import console

if __name__ == "__main__":
    console()
