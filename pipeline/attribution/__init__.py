"""Attributions: who is said to have said, thought or wanted what (cue, source, content)."""
