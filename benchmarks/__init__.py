"""Measurements of speed and quality; never run as tests."""
