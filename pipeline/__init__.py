"""Policy articles in, a claims dataset out: who said what, how much, what they predict, each traceable to its characters."""

from pipeline.language import load

__all__ = ["load"]
