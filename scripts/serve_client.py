"""Has a server paint: python scripts/serve_client.py --content=me.jpg --output=out.png."""

from tf_nst.cli.serve_client import console

if __name__ == "__main__":
    console()
