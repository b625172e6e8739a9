"""`python -m tf_nst` is `tf-nst`: where the folder of Python's commands is not on the PATH."""

from tf_nst.cli.main import console

if __name__ == "__main__":
    console()
