"""What a run takes before it starts: scales, windows, memory, seconds. Nothing is computed."""
