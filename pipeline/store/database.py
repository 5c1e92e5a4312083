"""Open the store: SQLite in WAL mode by default, PostgreSQL by URL."""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event

from pipeline.errors import ClaimsError, InputError
from pipeline.store import migrations
from pipeline.store.schema import SCHEMA_VERSION, metadata, store_info

DEFAULT_FILE = "claims.db"
BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""
CONNECT_SECONDS = 10
"""How long to wait for a PostgreSQL server's answer."""
WRITERS = 0x636C61696D73
"""The number of the lock that PostgreSQL keeps for writers ("claims")."""


def default_url() -> str:
    """The URL in ``CLAIMS_DATABASE``, else ``claims.db`` in the working directory."""
    return os.environ.get("CLAIMS_DATABASE") or DEFAULT_FILE


def open_store(url: str | Path | None = None, *, create: bool = True) -> Engine:
    """The store at a database URL or a file path; an absent or empty one is created where ``create`` allows it.

    Raises ``InputError`` where it is absent, no store, damaged, or written by a later version of the program;
    ``StoreUnavailable`` where it does not answer.
    """
    address = _url(url or default_url())
    path = Path(address.database) if address.get_backend_name() == "sqlite" and address.database else None
    if path is not None and not create and not path.exists():
        raise InputError(f"{path}: no such store; `claims run CORPUS` makes one")
    engine = _engine(address)
    name = path or address.render_as_string()
    try:
        _check(engine, str(name), create)
    except StoreUnavailable:
        engine.dispose()
        raise
    except (StoreError, sa.exc.DBAPIError, sqlite3.Error) as error:
        engine.dispose()
        cause = error.__cause__ if isinstance(error, StoreError) else error
        reason = " ".join(str(getattr(cause, "orig", cause)).split())
        raise InputError(f"{name}: cannot be opened as a store of claims ({reason})") from None
    except BaseException:
        engine.dispose()
        raise
    return engine


class StoreError(ClaimsError):
    """The database does not work: it is full or damaged."""


class StoreUnavailable(StoreError):
    """The database does not work now, but may later: it is locked or gone."""


def without_password(url: str | None) -> str:
    """The URL (default: ``default_url``) as it may be shown and put on record; PostgreSQL finds the password elsewhere.

    The password goes to the environment variable ``PGPASSWORD``, which this process and its children have.
    """
    address = _url(url or default_url())
    if address.get_backend_name() != "postgresql" or address.password is None:
        return url or default_url()
    if address.password:
        os.environ["PGPASSWORD"] = str(address.password)
    return sa.URL.create(
        address.drivername, address.username, None, address.host, address.port, address.database, address.query
    ).render_as_string()


@contextmanager
def opened(url: str | Path | None = None, *, create: bool = True) -> Iterator[Engine]:
    """``open_store``, closed at the end."""
    engine = open_store(url, create=create)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the store, whatever others write meanwhile."""
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with _told(engine), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine, *, alongside: bool = False) -> Iterator[Connection]:
    """One transaction: all of it is stored, or nothing. One writer waits for another.

    ``alongside``: on PostgreSQL it may go on beside others that say so too; it must lock the rows that it depends on.
    """
    immediately = engine.execution_options(begin="BEGIN IMMEDIATE")
    with _told(engine), immediately.connect() as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{BUSY_SECONDS}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock{'_shared' if alongside else ''}({WRITERS})")
        yield connection


PASSING = ("08", "40", "55P03", "57P")
"""PostgreSQL's error codes of lost connections, deadlocks, locks not had in time, servers that stop or start."""
DRIVERS = dict.fromkeys(("postgres", "postgresql"), "postgresql+psycopg")
"""The driver of the URLs that name none."""


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """Say in one line what keeps the database from working."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if isinstance(error, sa.exc.IntegrityError | sa.exc.ProgrammingError | sa.exc.DataError):
            raise
        kind = StoreUnavailable if _passes(error) else StoreError
        raise kind(f"{engine.url.render_as_string()}: {' '.join(str(error.orig).split())}") from error


def _passes(error: sa.exc.DBAPIError) -> bool:
    """Whether the same may work a little later."""
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    state = getattr(error.orig, "sqlstate", None)
    return error.connection_invalidated or (
        isinstance(error, sa.exc.OperationalError) and (state is None or state.startswith(PASSING))
    )


def _url(text: str | Path) -> sa.URL:
    if isinstance(text, Path) or "://" not in text:
        return sa.URL.create("sqlite", database=str(text))
    try:
        address = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        shown = re.sub(r"//.*@", "//***@", text)
        raise InputError(f"{shown}: not a database URL; use a file name or postgresql://user@host/name") from None
    return address.set(drivername=DRIVERS.get(address.drivername, address.drivername))


def _engine(address: sa.URL) -> Engine:
    postgresql = address.get_backend_name() == "postgresql"
    options = {"connect_timeout": CONNECT_SECONDS, "application_name": "policy-claims"} if postgresql else {}
    try:
        engine = sa.create_engine(address, connect_args=options, pool_pre_ping=postgresql)
    except (sa.exc.NoSuchModuleError, ModuleNotFoundError) as error:
        advice = "install policy-claims[postgresql]" if postgresql else "use a file name or postgresql://user@host/name"
        raise InputError(f"{address.render_as_string()}: no driver for this database ({error}); {advice}") from None
    if address.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _configure)
        event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come too late for a consistent read
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if "before" in options:
        connection.exec_driver_sql(options["before"])
    connection.exec_driver_sql(options.get("begin", "BEGIN"))


def _check(engine: Engine, name: str, create: bool) -> None:
    """Create the tables in an empty database; refuse one that this program did not make or no longer understands."""
    with reading(engine) as connection:
        empty = not sa.inspect(connection).get_table_names()
    if empty and create:
        with writing(engine) as connection:
            if not sa.inspect(connection).get_table_names():  # another process may have been faster
                metadata.create_all(connection)
                connection.execute(store_info.insert().values(schema_version=SCHEMA_VERSION))
    with reading(engine) as connection:
        if store_info.name not in sa.inspect(connection).get_table_names():
            raise InputError(f"{name}: a database, but not a store of claims; choose another file")
        version = connection.execute(sa.select(store_info.c.schema_version)).scalar_one_or_none()
    if version is not None and migrations.OLDEST <= version < SCHEMA_VERSION:
        version = _upgrade(engine)
    if version != SCHEMA_VERSION:
        newer = version is not None and version > SCHEMA_VERSION
        advice = "install a newer policy-claims" if newer else "run `claims run` with a new file"
        raise InputError(f"{name}: a store of version {version}, this program reads version {SCHEMA_VERSION}; {advice}")


def _upgrade(engine: Engine) -> int:
    """Bring an older store up to date, unless another process has meanwhile; returns the version that it has now."""
    unchecked = engine.execution_options(begin="BEGIN IMMEDIATE", before="PRAGMA foreign_keys = OFF")
    with _told(engine), unchecked.connect() as connection, connection.begin():
        version: int = connection.execute(sa.select(store_info.c.schema_version).with_for_update()).scalar_one()
        if version < SCHEMA_VERSION:
            migrations.upgrade(connection)
            version = SCHEMA_VERSION
    engine.dispose()  # the next connection enforces foreign keys again
    return version
