"""Sign-ins by an OpenID provider that are under way."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, String, Text

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "openid_attempts",
        Column("token_digest", String(80), primary_key=True),
        Column("next", Text, nullable=False),
        Column("expires_at", String(27), nullable=False),
    )
    if op.get_context().dialect.name != "sqlite":
        op.execute(_GRANT)


def downgrade() -> None:
    """Take the table away."""
    op.drop_table("openid_attempts")


_GRANT = (
    "DO $$ BEGIN "
    "GRANT SELECT, INSERT, UPDATE, DELETE ON openid_attempts TO triage_service; "
    "EXCEPTION WHEN undefined_object OR insufficient_privilege THEN NULL; END $$"
)
