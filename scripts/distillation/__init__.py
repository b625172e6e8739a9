"""Distillation: a compact network learns the features of a large one. Keras 3 alone."""
