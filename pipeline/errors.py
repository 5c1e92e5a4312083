"""What can go wrong in ways that a user can mend. Each message is one line: what is wrong, where, how to mend it."""

from __future__ import annotations


class ClaimsError(Exception):
    """The root of the project's own errors."""


class InputError(ClaimsError):
    """A source that cannot be read as an article: missing, empty, binary, of an unknown format."""


def reason(error: Exception) -> str:
    """Why something failed, in one line."""
    said = " ".join(str(error).split())
    return said if isinstance(error, ClaimsError) else f"{type(error).__name__}: {said}".removesuffix(": ")
