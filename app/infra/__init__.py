"""Adapters to the outside: database, migrations, YAML, password hashing, log."""
