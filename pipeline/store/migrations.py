"""Bring a store that an older version of the program made up to date, in place and in one transaction.

What has changed is found by comparing the store with ``schema``: tables and indexes that are missing are made, new
columns (which must be nullable) are added, columns that are no more are dropped, and changed CHECKs take effect. Where
anything fails, nothing has happened.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Connection, Table
from sqlalchemy.schema import AddConstraint, CreateColumn, CreateTable

from pipeline.store.schema import SCHEMA_VERSION, append_only, metadata, outcomes, reviews, store_info
from pipeline.store.types import Text

OLDEST = 1
"""The oldest version that can be brought up to date."""


def upgrade(connection: Connection) -> None:
    """Make the tables those of ``schema``; the transaction is the caller's.

    On SQLite foreign keys must not be enforced on this connection: tables are replaced under the rows that refer to
    them, and all are checked at the end. Raises ``sqlalchemy.exc.IntegrityError`` where the rows do not fit.
    """
    known = set(sa.inspect(connection).get_table_names())
    old = [table for table in metadata.sorted_tables if table.name in known]
    metadata.create_all(connection)
    for table in old:
        if connection.dialect.name == "sqlite":
            _replace(connection, table)
        else:
            _alter(connection, table)
        present = {index["name"] for index in sa.inspect(connection).get_indexes(table.name)}
        for index in sorted(table.indexes, key=lambda i: str(i.name)):
            if index.name not in present:
                index.create(connection)
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise sa.exc.IntegrityError(
                "upgrade", {}, ValueError(f"a row of {broken[0]} refers to none of {broken[2]}")
            )
    connection.execute(store_info.update().values(schema_version=SCHEMA_VERSION))


def _replace(connection: Connection, table: Table) -> None:
    """Copy a table's rows into one with the present columns and constraints, where these have changed.

    SQLite cannot change a CHECK otherwise (sqlite.org/lang_altertable.html, section 7).
    """
    made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (table.name,)).scalar_one()
    wanted = str(CreateTable(table).compile(connection))
    if _words(made) == _words(wanted):
        return
    names = [column["name"] for column in sa.inspect(connection).get_columns(table.name)]
    kept = ", ".join(f'"{name}"' for name in names if name in table.columns)
    new = f"{table.name}_new"
    head, _, body = wanted.partition("(")
    connection.exec_driver_sql(f"{head.replace(table.name, new)}({body}")
    connection.exec_driver_sql(f"INSERT INTO {new} ({kept}) SELECT {kept} FROM {table.name}")
    connection.exec_driver_sql(f"DROP TABLE {table.name}")
    connection.exec_driver_sql(f"ALTER TABLE {new} RENAME TO {table.name}")
    if table in (reviews, outcomes):
        append_only(connection, table)


def _words(statement: str) -> list[str]:
    """A statement without what does not matter in it: white space, quotes around names."""
    return statement.replace('"', "").split()


def _alter(connection: Connection, table: Table) -> None:
    """Add a table's new columns, drop old ones, have texts ordered as they are now, and put its present CHECKs in the
    place of the old ones."""
    inspector = sa.inspect(connection)
    known = {column["name"]: column["type"] for column in inspector.get_columns(table.name)}
    new = {column.name for column in table.columns} - known.keys()
    for name in (c.name for c in table.columns if c.name in new):
        made = CreateColumn(table.columns[name]).compile(connection)
        connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {made}")
    for name in sorted(known.keys() - {column.name for column in table.columns}):
        connection.exec_driver_sql(f'ALTER TABLE {table.name} DROP COLUMN "{name}"')
    for column in table.columns:
        if isinstance(column.type, Text) and getattr(known.get(column.name), "collation", "C") != "C":
            connection.exec_driver_sql(f'ALTER TABLE {table.name} ALTER COLUMN "{column.name}" TYPE TEXT COLLATE "C"')
    for constraint in table.foreign_key_constraints:
        if new.intersection(constraint.column_keys):
            connection.execute(AddConstraint(constraint, isolate_from_table=False))
    for old in inspector.get_check_constraints(table.name):
        connection.exec_driver_sql(f"ALTER TABLE {table.name} DROP CONSTRAINT {old['name']}")
    for check in sorted((c for c in table.constraints if isinstance(c, CheckConstraint)), key=lambda c: str(c.name)):
        connection.execute(AddConstraint(check, isolate_from_table=False))
