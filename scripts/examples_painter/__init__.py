"""Procedural painters of the two example pictures: a museum court and a water garden."""
