"""Records, their versions, drafts, decisions and contact attempts, the rule sets that answered, and the audit."""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint

revision = "0001"
down_revision = None
ID, TIME, NAME, DIGEST = String(36), String(27), String(200), String(80)
TABLES = (
    "webhook_deliveries", "reply_links", "audit", "idempotency_keys", "decisions", "contact_attempts", "drafts",
    "versions", "rule_sets", "records",
)  # fmt: skip


def upgrade() -> None:
    """Make the tables, and what keeps the audit and the versions as they were written."""
    _tables()
    if op.get_context().dialect.name == "sqlite":
        for statement in _SQLITE:
            op.execute(statement)
    else:
        for statement in (*_POSTGRESQL, *_ROLE):
            op.execute(statement)


def downgrade() -> None:
    """Take everything away."""
    for table in TABLES:
        op.drop_table(table)
    if op.get_context().dialect.name != "sqlite":
        op.execute("DROP FUNCTION refuse_change(), refuse_change_of_version()")


def _record_id(*, primary_key: bool = False) -> Column[str]:
    return Column("record_id", ID, ForeignKey("records.id"), nullable=False, primary_key=primary_key)


def _tables() -> None:
    op.create_table(
        "records",
        Column("id", ID, primary_key=True),
        Column("tenant", NAME, nullable=False),
        Column("kind", String(12), nullable=False),
        Column("reference", NAME),
        Column("created_at", TIME, nullable=False),
        Column("created_by", NAME, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("version", Integer, nullable=False),
        Column("status", String(24), nullable=False),
        Column("owner", NAME),
        Column("level", String(24)),
        Column("state", String(12)),
        Column("queue", Integer, nullable=False),
        Column("level_from", String(12)),
        Column("level_because", Text),
        Column("held_level", String(24)),
        Column("rating", String(32)),
        Column("due_at", TIME),
        Column("opened_at", TIME),
        Column("opened_by", NAME),
        Column("ruleset_digest", DIGEST),
        Column("failed_attempts", Integer, nullable=False),
        Column("hand_over", Text),
        Column("expires_at", TIME),
    )
    op.create_table(
        "rule_sets",
        Column("digest", DIGEST, primary_key=True),
        Column("name", NAME, nullable=False),
        Column("version", String(32), nullable=False),
        Column("files", LargeBinary, nullable=False),
        Column("kept_at", TIME, nullable=False),
    )
    op.create_table(
        "versions",
        _record_id(primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("cause", String(12), nullable=False),
        Column("created_at", TIME, nullable=False),
        Column("created_by", NAME, nullable=False),
        Column("role", String(16), nullable=False),
        Column("referral", LargeBinary),
        Column("answer", LargeBinary),
        Column("salt", LargeBinary),
        Column("digest", DIGEST, nullable=False),
        Column("ruleset_digest", DIGEST, ForeignKey("rule_sets.digest"), nullable=False),
        Column("ruleset_version", String(32), nullable=False),
        Column("made_with", Text, nullable=False),
    )
    op.create_table(
        "drafts",
        _record_id(primary_key=True),
        Column("referral", LargeBinary, nullable=False),
        Column("changed", Text, nullable=False),
        Column("saved_at", TIME, nullable=False),
        Column("saved_by", NAME, nullable=False),
    )
    op.create_table(
        "contact_attempts",
        Column("id", ID, primary_key=True),
        _record_id(),
        Column("at", TIME, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("made_by", NAME, nullable=False),
        Column("outcome", String(24), nullable=False),
        Column("note", Text),
    )
    op.create_table(
        "decisions",
        Column("id", ID, primary_key=True),
        _record_id(),
        Column("tenant", NAME, nullable=False),
        Column("version", Integer, nullable=False),
        Column("at", TIME, nullable=False),
        Column("revision", Integer, nullable=False),
        Column("made_by", NAME, nullable=False),
        Column("signed_as", NAME),
        Column("decision", String(12), nullable=False),
        Column("rating", String(32)),
        Column("level", String(24)),
        Column("reason_code", String(40)),
        Column("reason", Text),
        Column("rules", Text),
        Column("accepted", Text),
    )
    op.create_table(
        "idempotency_keys",
        Column("digest", DIGEST, primary_key=True),
        Column("body_digest", DIGEST, nullable=False),
        _record_id(),
        Column("at", TIME, nullable=False),
    )
    op.create_table(
        "audit",
        Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
        Column("at", TIME, nullable=False),
        Column("actor", NAME, nullable=False),
        Column("role", String(16), nullable=False),
        Column("tenant", NAME, nullable=False),
        Column("action", String(40), nullable=False),
        Column("record_id", ID),
        Column("details", Text, nullable=False),
        Column("previous", DIGEST, nullable=False),
        Column("hash", DIGEST, nullable=False),
    )
    op.create_table(
        "reply_links",
        Column("token_digest", DIGEST, primary_key=True),
        _record_id(),
        Column("facts", Text, nullable=False),
        Column("created_at", TIME, nullable=False),
        Column("created_by", NAME, nullable=False),
        Column("expires_at", TIME, nullable=False),
        Column("used_at", TIME),
    )
    op.create_table(
        "webhook_deliveries",
        Column("id", ID, primary_key=True),
        _record_id(),
        Column("event", String(40), nullable=False),
        Column("due_at", TIME, nullable=False),
        Column("body", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("next_at", TIME, nullable=False),
        Column("delivered_at", TIME),
        Column("dead_at", TIME),
        Column("last_error", String(200)),
        UniqueConstraint("record_id", "event", "due_at", name="one_delivery_an_event"),
    )
    op.create_index("worklist", "records", ["tenant", "kind", "queue", "due_at", "id"])
    op.create_index("records_by_reference", "records", ["tenant", "reference"])
    op.create_index("ix_contact_attempts_record_id", "contact_attempts", ["record_id"])
    op.create_index("ix_decisions_record_id", "decisions", ["record_id"])
    op.create_index("ix_audit_record_id", "audit", ["record_id"])
    op.create_index("ix_reply_links_record_id", "reply_links", ["record_id"])


_ONLY_ERASED = (
    "NEW.referral IS NULL AND NEW.answer IS NULL AND NEW.salt IS NULL AND NEW.record_id = OLD.record_id "
    "AND NEW.number = OLD.number AND NEW.digest = OLD.digest AND NEW.created_at = OLD.created_at "
    "AND NEW.created_by = OLD.created_by AND NEW.ruleset_digest = OLD.ruleset_digest"
)
"""What a version may become: the same without what it said of a person."""

_SQLITE = (
    "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END",
    f"CREATE TRIGGER versions_no_update BEFORE UPDATE ON versions WHEN NOT ({_ONLY_ERASED}) "
    "BEGIN SELECT RAISE(ABORT, 'a version is never changed'); END",
    "CREATE TRIGGER versions_no_delete BEFORE DELETE ON versions "
    "BEGIN SELECT RAISE(ABORT, 'a version is never changed'); END",
)
_POSTGRESQL = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the audit is append-only'; END $$",
    "CREATE FUNCTION refuse_change_of_version() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    f"IF TG_OP = 'UPDATE' THEN IF {_ONLY_ERASED} THEN RETURN NEW; END IF; END IF; "
    "RAISE EXCEPTION 'a version is never changed'; END $$",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER versions_no_change BEFORE UPDATE OR DELETE ON versions "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_version()",
    "CREATE TRIGGER versions_no_truncate BEFORE TRUNCATE ON versions "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_version()",
)
_ROLE = (
    # A role that can't change the audit even by its own statement. Whoever may not make roles goes without it.
    "DO $$ BEGIN CREATE ROLE triage_service NOLOGIN; "
    "EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL; END $$",
    "DO $$ BEGIN "
    "GRANT triage_service TO CURRENT_USER; "
    "GRANT USAGE ON SCHEMA public TO triage_service; "
    "GRANT SELECT ON alembic_version TO triage_service; "
    "GRANT SELECT, INSERT ON audit, versions, rule_sets TO triage_service; "
    "GRANT UPDATE (referral, answer, salt) ON versions TO triage_service; "
    "GRANT SELECT, INSERT, UPDATE, DELETE ON records, drafts, contact_attempts, decisions, idempotency_keys, "
    "reply_links, webhook_deliveries TO triage_service; "
    "EXCEPTION WHEN undefined_object OR insufficient_privilege THEN NULL; END $$",
)
