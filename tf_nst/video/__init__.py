"""Films: read, painted without flicker, and written."""
