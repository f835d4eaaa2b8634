"""What Alembic runs for every command: the migrations, within the transaction that was begun for them."""

from alembic import context

from api.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # on SQLite too: the transaction is begun by us and not by its driver
)
with context.begin_transaction():
    context.run_migrations()
