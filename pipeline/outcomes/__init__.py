"""What became of predictions: an append-only log that people keep, what is due, a speaker's record."""
