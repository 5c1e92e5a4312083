"""The database: what is known of every document, what was extracted from it by which run, and what people decided."""

from pipeline.store.database import default_url, open_store

__all__ = ["default_url", "open_store"]
