"""The tables. A time is text in UTC with microseconds, so that text order is time order on both databases."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData()
ID, TIME, NAME, DIGEST = String(36), String(27), String(200), String(80)


def _record_id(*, primary_key: bool = False, index: bool = False) -> Column[str]:
    return Column("record_id", ID, ForeignKey("records.id"), nullable=False, primary_key=primary_key, index=index)


records = Table(
    "records",
    metadata,
    Column("id", ID, primary_key=True),
    Column("tenant", NAME, nullable=False),
    Column("kind", String(12), nullable=False),  # draft, assessment, erased
    Column("reference", NAME),
    Column("created_at", TIME, nullable=False),
    Column("created_by", NAME, nullable=False),
    Column("revision", Integer, nullable=False),  # raised by each change; the ETag
    Column("version", Integer, nullable=False),  # the newest row of `versions`; 0 for a draft
    Column("status", String(24), nullable=False),
    Column("owner", NAME),
    Column("level", String(24)),  # the level in force: the answer's, kept, escalated or decided
    Column("state", String(12)),
    Column("queue", Integer, nullable=False),  # the place of its queue in the worklist, 0 first
    Column("level_from", String(12)),  # answer, kept, escalated, decision
    Column("level_because", Text),
    Column("held_level", String(24)),  # no answer takes the level below this; a clinician's decision does
    Column("rating", String(32)),
    Column("due_at", TIME),
    Column("opened_at", TIME),
    Column("opened_by", NAME),
    Column("ruleset_digest", DIGEST),
    Column("failed_attempts", Integer, nullable=False),  # in a row, since the person was last reached
    Column("hand_over", Text),
    Column("expires_at", TIME),  # of a draft
    Index("worklist", "tenant", "kind", "queue", "due_at", "id"),
    Index("records_by_reference", "tenant", "reference"),
)
versions = Table(
    "versions",
    metadata,
    _record_id(primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("cause", String(12), nullable=False),  # assessed, amended, replied
    Column("created_at", TIME, nullable=False),
    Column("created_by", NAME, nullable=False),
    Column("role", String(16), nullable=False),
    Column("referral", LargeBinary),  # as given
    Column("answer", LargeBinary),
    Column("salt", LargeBinary),
    Column("digest", DIGEST, nullable=False),  # of salt, referral and answer; also in the audit
    Column("ruleset_digest", DIGEST, ForeignKey("rule_sets.digest"), nullable=False),
    Column("ruleset_version", String(32), nullable=False),
    Column("made_with", Text, nullable=False),  # versions of the engines, and the settings that the words name
)
rule_sets = Table(
    "rule_sets",
    metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("name", NAME, nullable=False),
    Column("version", String(32), nullable=False),
    Column("files", LargeBinary, nullable=False),
    Column("kept_at", TIME, nullable=False),
)
drafts = Table(
    "drafts",
    metadata,
    _record_id(primary_key=True),
    Column("referral", LargeBinary, nullable=False),
    Column("changed", Text, nullable=False),  # by JSON pointer, the revision that last changed it
    Column("saved_at", TIME, nullable=False),
    Column("saved_by", NAME, nullable=False),
)
attempts = Table(
    "contact_attempts",
    metadata,
    Column("id", ID, primary_key=True),
    _record_id(index=True),
    Column("at", TIME, nullable=False),
    Column("revision", Integer, nullable=False),  # of the record, which this made
    Column("made_by", NAME, nullable=False),
    Column("outcome", String(24), nullable=False),
    Column("note", Text),
)
decisions = Table(
    "decisions",
    metadata,
    Column("id", ID, primary_key=True),
    _record_id(index=True),
    Column("tenant", NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", TIME, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("made_by", NAME, nullable=False),
    Column("signed_as", NAME),
    Column("decision", String(12), nullable=False),  # agree, override
    Column("rating", String(32)),
    Column("level", String(24)),
    Column("reason_code", String(40)),
    Column("reason", Text),
    Column("rules", Text),  # the rules that decided the answer, with the effect of each
    Column("accepted", Text),  # the urgency rules whose level the decision went below
)
idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("digest", DIGEST, primary_key=True),  # of tenant, actor and key
    Column("body_digest", DIGEST, nullable=False),  # of key and body, so that it says nothing without the key
    _record_id(),
    Column("at", TIME, nullable=False),
)
audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at", TIME, nullable=False),
    Column("actor", NAME, nullable=False),
    Column("role", String(16), nullable=False),
    Column("tenant", NAME, nullable=False),
    Column("action", String(40), nullable=False),
    Column("record_id", ID, index=True),  # no foreign key: an entry outlives what it is about
    Column("details", Text, nullable=False),  # canonical JSON
    Column("previous", DIGEST, nullable=False),
    Column("hash", DIGEST, nullable=False),
)
reply_links = Table(
    "reply_links",
    metadata,
    Column("token_digest", DIGEST, primary_key=True),
    _record_id(index=True),
    Column("facts", Text, nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("created_by", NAME, nullable=False),
    Column("expires_at", TIME, nullable=False),
    Column("used_at", TIME),
)
deliveries = Table(
    "webhook_deliveries",
    metadata,
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
accounts = Table(
    "accounts",
    metadata,
    Column("id", ID, primary_key=True),
    Column("tenant", NAME, nullable=False),
    Column("login", NAME, nullable=False, unique=True),  # in lower case
    Column("role", String(16), nullable=False),
    Column("password", Text),  # argon2id; none where the account signs in another way
    Column("subject", Text, unique=True),  # issuer and subject of an OpenID provider
    Column("created_at", TIME, nullable=False),
    Column("created_by", NAME, nullable=False),
    Column("disabled_at", TIME),
)


def _account_id() -> Column[str]:
    return Column("account_id", ID, ForeignKey("accounts.id"), nullable=False, index=True)


sessions = Table(
    "sessions",
    metadata,
    Column("token_digest", DIGEST, primary_key=True),
    _account_id(),
    Column("began_at", TIME, nullable=False),
    Column("seen_at", TIME, nullable=False),
    Column("expires_at", TIME, nullable=False),
    Column("ended_at", TIME),
)
sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("token_digest", DIGEST, primary_key=True),
    _account_id(),
    Column("expires_at", TIME, nullable=False),
    Column("used_at", TIME),
)
openid_attempts = Table(
    "openid_attempts",
    metadata,
    Column("token_digest", DIGEST, primary_key=True),  # of what the browser holds
    Column("next", Text, nullable=False),  # where it leads
    Column("expires_at", TIME, nullable=False),
)
api_keys = Table(
    "api_keys",
    metadata,
    Column("id", ID, primary_key=True),
    Column("digest", DIGEST, nullable=False, unique=True),
    _account_id(),
    Column("name", NAME, nullable=False),
    Column("scopes", String(40), nullable=False),  # parted by spaces
    Column("created_at", TIME, nullable=False),
    Column("created_by", NAME, nullable=False),
    Column("expires_at", TIME, nullable=False),
    Column("last_used_at", TIME),
    Column("revoked_at", TIME),
)
failed_sign_ins = Table(
    "failed_sign_ins",
    metadata,
    Column("digest", DIGEST, primary_key=True),  # of a login or an address
    Column("failures", Integer, nullable=False),
    Column("first_at", TIME, nullable=False),
    Column("locked_until", TIME),
)
sign_offs = Table(
    "sign_offs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("tenant", NAME, nullable=False),
    Column("problem", NAME, nullable=False),
    Column("rule", NAME),  # none where it is about all rules of the problem
    Column("at", TIME, nullable=False),
    Column("made_by", NAME, nullable=False),
    Column("signed_as", NAME, nullable=False),
    Column("verdict", String(12), nullable=False),  # agree, object
    Column("comment", Text),
    Column("versions", Text, nullable=False),  # by rule, the version that was read
    Column("ruleset_version", String(32), nullable=False),
    Column("withdrawn_at", TIME),
    Index("sign_offs_by_problem", "tenant", "problem"),
)
kept_tables = Table(
    "kept_tables",
    metadata,
    Column("id", ID, primary_key=True),
    Column("tenant", NAME, nullable=False),
    Column("kept_by", NAME, nullable=False),
    Column("name", NAME, nullable=False),
    Column("kept_at", TIME, nullable=False),
    Column("expires_at", TIME, nullable=False),
    Column("ruleset_version", String(32), nullable=False),
    Column("ruleset_digest", DIGEST, nullable=False),
    Column("rated", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("summary", LargeBinary, nullable=False),  # what the page shows of it, as JSON
    Column("outcomes", LargeBinary, nullable=False),  # this and the refusals: CSV, compressed
    Column("refusals", LargeBinary),
    Column("reference_list", LargeBinary, nullable=False),  # of all rows, as JSON, compressed: erasure looks here
    Index("kept_tables_of", "tenant", "kept_by", "kept_at"),
)
