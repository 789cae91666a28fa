"""The database's history (Alembic). `upgrade` brings a database to the present."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection, Engine

from bot.errors import SetupError

if TYPE_CHECKING:
    from alembic.config import Config

#: The newest revision; a test holds it equal to the newest file in versions/.
HEAD = "0021"
_LOCK = 7161132  # of PostgreSQL: whoever migrates


def upgrade(engine: Engine, *, to: str = HEAD) -> None:
    """Applies what is missing; a database that is up to date is left alone. On PostgreSQL each migration is a
    transaction, on SQLite all are one. Raises SetupError where the database, or `to`, is of a newer
    version."""
    with engine.connect() as connection:
        if _revision(connection) == to:
            return
        connection.rollback()
        with _alone(connection):
            from alembic import command  # a tenth of a start's time, and most starts find nothing to do

            chosen = configuration(connection)
            _check_known(chosen, _revision(connection), to)
            if connection.dialect.name == "postgresql":
                connection.rollback()  # Alembic begins one for each migration
            command.upgrade(chosen, to)


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Of several that start at once, one finds something to do."""
    if connection.dialect.name != "postgresql":
        connection.execution_options(writes=True)
        with connection.begin():  # as with every write: the file has one writer, who is waited for
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


def _check_known(chosen: "Config", *revisions: str | None) -> None:
    from alembic.script import ScriptDirectory

    known = {script.revision for script in ScriptDirectory.from_config(chosen).walk_revisions()}
    for revision in revisions:
        if revision is not None and revision not in known:
            raise SetupError(
                f"the database is of a newer version of Chairside ({revision}; this one knows up to {HEAD}):"
                " start that version again, or restore a backup from before the upgrade into an empty"
                " database. Nothing was changed"
            )


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
