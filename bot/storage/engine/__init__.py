"""The database itself: SQLite and PostgreSQL, shared commits, statements, copies."""
