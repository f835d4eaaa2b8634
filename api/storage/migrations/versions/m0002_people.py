"""Accounts, their sessions, sign-in links and API keys, and sign-ins that failed."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, String, Text

revision = "0002"
down_revision = "0001"
ID, TIME, NAME, DIGEST = String(36), String(27), String(200), String(80)
TABLES = ("failed_sign_ins", "api_keys", "sign_in_links", "sessions", "accounts")


def upgrade() -> None:
    """Make the tables."""
    _tables()
    for table in ("sessions", "sign_in_links", "api_keys"):
        op.create_index(f"ix_{table}_account_id", table, ["account_id"])
    if op.get_context().dialect.name != "sqlite":
        op.execute(_GRANT)


def downgrade() -> None:
    """Take the tables away."""
    for table in TABLES:
        op.drop_table(table)


def _account_id() -> Column[str]:
    return Column("account_id", ID, ForeignKey("accounts.id"), nullable=False)


def _tables() -> None:
    op.create_table(
        "accounts",
        Column("id", ID, primary_key=True),
        Column("tenant", NAME, nullable=False),
        Column("login", NAME, nullable=False, unique=True),
        Column("role", String(16), nullable=False),
        Column("password", Text),
        Column("subject", Text, unique=True),
        Column("created_at", TIME, nullable=False),
        Column("created_by", NAME, nullable=False),
        Column("disabled_at", TIME),
    )
    op.create_table(
        "sessions",
        Column("token_digest", DIGEST, primary_key=True),
        _account_id(),
        Column("began_at", TIME, nullable=False),
        Column("seen_at", TIME, nullable=False),
        Column("expires_at", TIME, nullable=False),
        Column("ended_at", TIME),
    )
    op.create_table(
        "sign_in_links",
        Column("token_digest", DIGEST, primary_key=True),
        _account_id(),
        Column("expires_at", TIME, nullable=False),
        Column("used_at", TIME),
    )
    op.create_table(
        "api_keys",
        Column("id", ID, primary_key=True),
        Column("digest", DIGEST, nullable=False, unique=True),
        _account_id(),
        Column("name", NAME, nullable=False),
        Column("scopes", String(40), nullable=False),
        Column("created_at", TIME, nullable=False),
        Column("created_by", NAME, nullable=False),
        Column("expires_at", TIME, nullable=False),
        Column("last_used_at", TIME),
        Column("revoked_at", TIME),
    )
    op.create_table(
        "failed_sign_ins",
        Column("digest", DIGEST, primary_key=True),
        Column("failures", Integer, nullable=False),
        Column("first_at", TIME, nullable=False),
        Column("locked_until", TIME),
    )


_GRANT = (
    "DO $$ BEGIN "
    "GRANT SELECT, INSERT, UPDATE ON accounts, api_keys TO triage_service; "
    "GRANT SELECT, INSERT, UPDATE, DELETE ON sessions, sign_in_links, failed_sign_ins TO triage_service; "
    "EXCEPTION WHEN undefined_object OR insufficient_privilege THEN NULL; END $$"
)
