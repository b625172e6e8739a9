"""Pictures, records and progress: all that touches files and people."""
