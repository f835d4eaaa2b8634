"""What clinicians say of the rules: requests for sign-off, and objections."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, String, Text

revision = "0003"
down_revision = "0002"
ID, TIME, NAME = String(36), String(27), String(200)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "sign_offs",
        Column("id", ID, primary_key=True),
        Column("tenant", NAME, nullable=False),
        Column("problem", NAME, nullable=False),
        Column("rule", NAME),
        Column("at", TIME, nullable=False),
        Column("made_by", NAME, nullable=False),
        Column("signed_as", NAME, nullable=False),
        Column("verdict", String(12), nullable=False),
        Column("comment", Text),
        Column("versions", Text, nullable=False),
        Column("ruleset_version", String(32), nullable=False),
        Column("withdrawn_at", TIME),
    )
    op.create_index("sign_offs_by_problem", "sign_offs", ["tenant", "problem"])
    if op.get_context().dialect.name != "sqlite":
        op.execute(_GRANT)


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("sign_offs")


_GRANT = (
    "DO $$ BEGIN "
    "GRANT SELECT, INSERT, UPDATE ON sign_offs TO triage_service; "
    "EXCEPTION WHEN undefined_object OR insufficient_privilege THEN NULL; END $$"
)
