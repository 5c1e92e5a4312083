"""Thin Prefect wrappers around ``pipeline``: what runs when, retries, schedules. No domain logic.

Importing this package, before Prefect, sets how Prefect behaves (see ``settings``).
"""

from flows.settings import settle

settle()
