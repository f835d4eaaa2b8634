"""Records as the API takes and gives them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from triage.answer.model import Answer, ComposedAction, RuleSetUsed
from triage.model.written import Written

Kind = Literal["draft", "assessment", "erased"]
Status = Literal["new", "trying", "waiting_for_referrer", "booked", "handed_over", "closed"]
Outcome = Literal["reached", "no_answer", "message_left", "wrong_number"]
LevelFrom = Literal["answer", "kept", "escalated", "decision"]
Name = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(min_length=1, max_length=1_000)]
DONE: tuple[Status, ...] = ("booked", "handed_over", "closed")
"""The statuses of a record that nobody needs to reach any more."""


class StoredAnswer(Answer, frozen=True):
    """The answer to a referral that was stored: the answer, with the record's id, its time, and when it is due."""

    id: str
    created_at: str
    due_at: str


class HandOver(Written, frozen=True):
    """Where the person is, how to call back, and who has taken over."""

    place: Text | None = None
    call_back: Text | None = None
    taken_over_by: Text | None = None


class RecordChange(Written, frozen=True, forbid_unknown_fields=True):
    """A change of a record: of its status, its owner, or the notes of its hand-over; what is left out stays."""

    status: Status | UnsetType = UNSET
    owner: Name | UnsetType | None = UNSET
    hand_over: HandOver | UnsetType | None = UNSET


class NewAttempt(Written, frozen=True):
    """An attempt to reach the person, and what came of it."""

    outcome: Outcome
    note: Text | None = None


class Attempt(Written, frozen=True):
    """An attempt to reach the person: when, by whom, with what outcome."""

    at: str
    made_by: str
    outcome: Outcome
    note: str | None


class VersionListed(Written, frozen=True):
    """A version of a record: why there is one, when, by whom, and under which rules it was answered."""

    number: int
    cause: Literal["assessed", "amended", "replied"]
    created_at: str
    created_by: str
    ruleset_version: str
    ruleset_digest: str


class Decision(Written, frozen=True):
    """What a clinician decided about an answer; the answer itself is never changed."""

    version: int
    at: str
    made_by: str
    signed_as: str | None
    decision: Literal["agree", "override"]
    rating: str | None
    level: str | None
    reason_code: str | None
    reason: str | None


class Assessment(Written, frozen=True):
    """A record, with the referral as given and the answer as it was made.

    ``level`` is the level in force, ``level_from`` says where it comes from: the newest answer, one before it, failed
    attempts, or a clinician's decision. ``revision`` is the ETag. ``stale`` says that other rules run now.
    """

    id: str
    reference: str | None
    created_at: str
    created_by: str
    revision: int
    version: int
    status: Status
    owner: str | None
    level: str
    state: str
    level_from: LevelFrom
    level_because: str | None
    action: ComposedAction
    rating: str
    due_at: str
    overdue: bool
    opened_at: str | None
    stale: bool
    failed_attempts: int
    hand_over: HandOver | None
    attempts: tuple[Attempt, ...]
    decision: Decision | None
    decisions: tuple[Decision, ...]
    versions: tuple[VersionListed, ...]
    ruleset: RuleSetUsed
    referral: dict[str, Any]
    answer: Answer


class Listed(Written, frozen=True):
    """A record as the worklist shows it. ``overdue``: nobody opened it within its clock."""

    id: str
    kind: Kind
    reference: str | None
    level: str | None
    state: str | None
    level_from: LevelFrom | None
    rating: str | None
    status: Status
    owner: str | None
    created_at: str
    due_at: str | None
    overdue: bool
    opened_at: str | None
    failed_attempts: int
    revision: int
    stale: bool


class Worklist(Written, frozen=True):
    """A page of the worklist. ``next`` is the cursor of the page after it; ``overdue`` counts over all pages."""

    items: tuple[Listed, ...]
    next: str | None
    overdue: int
    as_of: str
