"""Optimisation: gradients, optimisers, devices, the one loop. It emits records."""
