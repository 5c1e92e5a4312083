"""How Prefect behaves here: quiet, nothing sent home, nothing of the user's own Prefect changed."""

from __future__ import annotations

import logging
import os
from pathlib import Path

QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
    "PREFECT_CLI_PROMPT": "false",
}
"""What is set unless the user has set it."""

OWN_CHOICE = ("PREFECT_API_URL", "PREFECT_HOME", "PREFECT_PROFILE")
"""Who sets one of these runs a Prefect of their own, and that is the one used."""


def settle() -> None:
    """Set the environment that Prefect reads when it is imported; what the user has set wins."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    if not any(os.environ.get(name) for name in OWN_CHOICE):
        home().mkdir(parents=True, exist_ok=True)
        os.environ["PREFECT_HOME"] = str(home())


def leave_errors_to_caller() -> None:
    """Keep Prefect from printing the traceback of an error that whoever called the flow will tell."""
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def home() -> Path:
    """The folder of this program's own Prefect: settings, past runs, server log."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "policy-claims" / "prefect"
