"""Exports for TensorFlow Serving, and a client for its servers."""
