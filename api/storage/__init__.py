"""Where records are kept: tables, migrations, transactions and the audit, on SQLite or PostgreSQL."""
