"""The database's history (Alembic). `upgrade` brings a database to the present."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest revision; a test holds it equal to the newest file in versions/.
HEAD = "0020"
_LOCK = 7161132  # of PostgreSQL: whoever migrates


def upgrade(engine: Engine, *, to: str = HEAD) -> None:
    """Applies what is missing, in one transaction each; a database that is up to date is left alone."""
    with engine.connect() as connection:
        if _revision(connection) == to:
            return
        connection.rollback()
        with _alone(connection):
            from alembic import command  # a tenth of a start's time, and most starts find nothing to do

            command.upgrade(configuration(connection), to)


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Of several workers that start at once, one finds something to do. SQLite's file has one at a time."""
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))
        connection.commit()


def configuration(connection: Connection) -> "Config":
    """Alembic's settings for this connection."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def _revision(connection: Connection) -> Any:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
