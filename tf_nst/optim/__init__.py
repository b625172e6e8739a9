"""Optimisers as pairs of pure functions, init and update, on plain tensors."""
