"""Policy articles in, a claims dataset out: who said what, how much, what they predict, each traceable to its words."""

from pipeline.extraction import extract, extract_documents
from pipeline.language import load

__all__ = ["extract", "extract_documents", "load"]
