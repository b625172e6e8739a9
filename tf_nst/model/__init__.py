"""The networks whose features are compared: layer tables, weights, geometry, extractors."""
