"""Keeps the queue up with the store while the page is open: what a run extracts appears by itself."""

from __future__ import annotations

import threading
from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from pipeline.review import index
from pipeline.store.database import StoreError, reading

SECONDS = 3.0
"""How often the store is looked at."""


class Follower(threading.Thread):
    """A thread that brings changes of the store into the queue's index."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="queue", daemon=True)
        self.engine = engine
        self.first = threading.Event()
        self.wake = threading.Event()
        self.stopped = False
        self.pulse: tuple[object, ...] | None = None

    def run(self) -> None:
        while not self.stopped:
            self.wake.clear()
            with suppress(StoreError, DBAPIError):  # busy or gone for a moment: the next round tries again
                self.follow()
            self.first.set()
            self.wake.wait(SECONDS)

    def follow(self) -> None:
        """Bring in what has changed since the last time."""
        with reading(self.engine) as connection:
            pulse = index.pulse(connection)
        if pulse != self.pulse:
            self.pulse = pulse
            index.catch_up(self.engine)

    def hurry(self) -> None:
        """Look at everything again now."""
        self.pulse = None
        self.wake.set()

    def stop(self) -> None:
        """End the thread after what it is doing."""
        self.stopped = True
        self.wake.set()
