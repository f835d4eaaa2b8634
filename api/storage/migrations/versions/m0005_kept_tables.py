"""Tables of referrals that someone asked to keep: what they come to, and their outcomes."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer, LargeBinary, String

revision = "0005"
down_revision = "0004"
ID, TIME, NAME = String(36), String(27), String(200)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "kept_tables",
        Column("id", ID, primary_key=True),
        Column("tenant", NAME, nullable=False),
        Column("kept_by", NAME, nullable=False),
        Column("name", NAME, nullable=False),
        Column("kept_at", TIME, nullable=False),
        Column("expires_at", TIME, nullable=False),
        Column("ruleset_version", String(32), nullable=False),
        Column("ruleset_digest", String(80), nullable=False),
        Column("rated", Integer, nullable=False),
        Column("refused", Integer, nullable=False),
        Column("summary", LargeBinary, nullable=False),
        Column("outcomes", LargeBinary, nullable=False),
        Column("refusals", LargeBinary),
        Column("reference_list", LargeBinary, nullable=False),
    )
    op.create_index("kept_tables_of", "kept_tables", ["tenant", "kept_by", "kept_at"])
    if op.get_context().dialect.name != "sqlite":
        op.execute(_GRANT)


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("kept_tables")


_GRANT = (
    "DO $$ BEGIN "
    "GRANT SELECT, INSERT, DELETE ON kept_tables TO triage_service; "
    "EXCEPTION WHEN undefined_object OR insufficient_privilege THEN NULL; END $$"
)
