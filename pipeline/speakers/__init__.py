"""Who speaks: names, pronouns and descriptions tied to the persons, organisations and groups of an article."""

from pipeline.speakers.index import resolve

__all__ = ["resolve"]
