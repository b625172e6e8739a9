"""`tf-nst info`."""

TABLES = {"": ()}
