"""How much room the database takes, as far as the engine tells without counting rows."""

from peewee import Database

from backend.storage.database import ask
from backend.storage.dialects import Dialect, dialect_of

_QUESTIONS = {
    Dialect.SQLITE: "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    Dialect.POSTGRESQL: "SELECT pg_database_size(current_database())",
    Dialect.MARIADB: (
        "SELECT COALESCE(SUM(data_length + index_length), 0) FROM information_schema.tables "
        "WHERE table_schema = DATABASE()"
    ),
}


def of(database: Database) -> int:
    """Bytes."""
    return int(str(ask(database, _QUESTIONS[dialect_of(database)])))
