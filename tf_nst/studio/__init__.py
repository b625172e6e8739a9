"""A local page that paints: a server without TensorFlow, and one process that paints."""
