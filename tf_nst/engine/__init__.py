"""Runs: the loop, its state, whole pictures and windows, devices. It emits records."""
