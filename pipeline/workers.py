"""Extraction in child processes: on every core, and each document under a limit of time and memory.

A document that hangs, exhausts memory or crashes the interpreter ends its child process, never the run: it is named
in a ``LimitError``, and the next document finds a fresh child. One child costs about 1 % of the time that extraction in
this process takes (``python -m benchmarks.workers`` measures it).
"""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from pipeline import extraction
from pipeline.assembly import Extraction
from pipeline.errors import ClaimsError, reason
from pipeline.records import Document

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
"""Each child uses one core."""
CHILD = "import sys; from pipeline.workers import serve; serve(int(sys.argv[1]), int(sys.argv[2]))"
START_SECONDS = 300
"""How long a child may take to load the pipeline; it takes some seconds."""
RECYCLED = 30_000_000
"""Characters of text after which a child is replaced: spaCy keeps every word that it has seen."""


class LimitError(ClaimsError):
    """A document needs more time or memory than it may have, or ended the process that worked on it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take.

    ``seconds``, and one more for every ``characters``: about fifty times what extraction takes. ``memory``: bytes of
    address space beyond what the loaded pipeline has.
    """

    seconds: float = 60.0
    characters: int = 400
    memory: int = 4 * 1024**3

    def seconds_for(self, document: Document) -> float:
        """How long extraction from a document may take."""
        return self.seconds + len(document.text) / self.characters


@dataclass(frozen=True, slots=True)
class Maker:
    """What makes claims: the version of the program, the model, the digest of rules, data, weights, configuration."""

    pipeline_version: str
    model: str
    config_hash: str


def maker() -> Maker:
    """What makes claims in this process."""
    nlp = extraction.default_pipeline()
    return Maker(extraction.pipeline_version(), extraction.model_name(nlp), extraction.config_hash(nlp))


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a document gave no claims; ``spent``: it took all memory that it may take, and the child goes."""

    reason: str
    spent: bool = False


class Worker:
    """A child process with the pipeline loaded. One thread at a time may use it."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._start()

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-c", CHILD, str(theirs.fileno()), str(self.limits.memory)],
                stdin=subprocess.PIPE,  # nothing is written to it: its end tells the child that this process is gone
                pass_fds=[theirs.fileno()],
                env=ONE_THREAD | os.environ,
                start_new_session=True,  # Ctrl-C is for this process, which ends the child in its own time
            )
        self._connection = Connection(ours.detach())
        self._maker: Maker | None = None
        self._characters = 0

    @property
    def maker(self) -> Maker:
        """What the child makes claims with, once it is loaded. Raises ``ClaimsError`` where it cannot be."""
        if self._maker is None:
            found = self._receive(START_SECONDS)
            if not isinstance(found, Maker):
                why = found.reason if isinstance(found, Failed) else f"its process ended ({self._ending()})"
                raise ClaimsError(f"the pipeline cannot be loaded: {why}")
            self._maker = found
        return self._maker

    def extract(self, document: Document) -> Extraction:
        """The claims of a document.

        Raises ``LimitError``, or ``ClaimsError`` with the reason why there are none.
        """
        found = self._ask(document)
        if found is None:  # perhaps somebody else ended the child, as a system short of memory does
            found = self._ask(document)
        if found is None:
            raise LimitError(f"extraction ended its process twice ({self._ending()})")
        if isinstance(found, Failed):
            if found.spent:
                self.close()
                raise LimitError(found.reason)
            raise ClaimsError(found.reason)
        speakers, mentions, claims = found
        return Extraction(document, speakers, mentions, claims)

    def _ask(self, document: Document) -> Any:
        """What the child answers; ``None`` where it ends."""
        if self.process.poll() is not None or self._characters > RECYCLED:
            self.close()
            self._start()
        assert self.maker
        self._characters += len(document.text)
        limit = self.limits.seconds_for(document)
        with suppress(BrokenPipeError, ConnectionResetError):  # that it has ended is found below
            self._connection.send(document)
        if not self._connection.poll(limit):
            self.close()
            raise LimitError(f"extraction took longer than {limit:.3g} s and was stopped")
        return self._receive(limit)

    def _receive(self, seconds: float) -> Any:
        """What the child sends; ``None`` where it ends, or sends nothing in time and is ended."""
        with suppress(EOFError, ConnectionResetError):
            if self._connection.poll(seconds):
                return self._connection.recv()
        self.process.kill()
        self.process.wait()
        return None

    def _ending(self) -> str:
        """How the child ended."""
        code = self.process.wait()
        return f"signal {-code}" if code < 0 else f"exit code {code}"

    def close(self) -> None:
        """End the child; the next document finds another."""
        self._connection.close()
        self.process.kill()
        self.process.communicate()


class Pool:
    """Workers that wait for a thread to use them; more are made when all are in use."""

    def __init__(self) -> None:
        self._idle: list[Worker] = []

    @contextmanager
    def worker(self) -> Iterator[Worker]:
        """A worker for this thread alone."""
        try:
            taken = self._idle.pop()
        except IndexError:
            taken = Worker()
        try:
            yield taken
        finally:
            self._idle.append(taken)

    def close(self) -> None:
        """End all workers that nobody uses."""
        while self._idle:
            self._idle.pop().close()


pool = Pool()
"""The workers of this process; they end with it."""


def serve(socket_number: int, memory: int) -> None:
    """Answer documents with what was extracted from them, as a child process does."""
    connection = Connection(socket_number)
    threading.Thread(target=end_with_input, daemon=True).start()
    try:
        extracted = extraction.extractor()
        connection.send(maker())
    except Exception as error:
        connection.send(Failed(reason(error)))
        return
    limit_memory(memory)
    answer: object = None
    while not (isinstance(answer, Failed) and answer.spent):
        try:
            document = connection.recv()
        except EOFError:
            return
        try:
            found = extracted(document)
            answer = found.speakers, found.mentions, found.claims
        except MemoryError:
            answer = Failed(f"extraction needs more than {memory / 1e9:.3g} GB of memory and was stopped", spent=True)
        except Exception as error:
            answer = Failed(reason(error))
        connection.send(answer)


def limit_memory(more: int) -> None:
    """Let this process have only so many bytes of address space more; does nothing where the system cannot tell."""
    pages = Path("/proc/self/statm")
    if pages.exists():
        used = int(pages.read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + more, used + more))


def end_with_input() -> None:
    """End this process when standard input does, which happens when its parent is gone."""
    while os.read(sys.stdin.fileno(), 1):  # not by its buffer, whose lock the interpreter wants when it ends
        pass
    os._exit(0)
