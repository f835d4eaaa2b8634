"""Why a request about a record is refused, as typed problems."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET, UnsetType

from triage.model.faults import did_you_mean, near_match
from triage.model.written import Written
from triage.presenting.problems import Problem, problem
from triage.reading.referral import FieldFault


class ChangedSince(Written, frozen=True):
    """A change that the sender did not know of: which field, when, by whom, and in which revision."""

    field: str
    at: str
    by: str
    revision: int


class Conflict(Problem, frozen=True):
    """The record was changed since the sender read it. ``changed`` names each change, ``revision`` the present one."""

    revision: int | UnsetType = UNSET
    changed: tuple[ChangedSince, ...] | UnsetType = UNSET


class RecordProblem(Exception):
    """A request about a record that can't be done, with the problem to answer it with."""

    def __init__(self, problem_: Problem) -> None:
        self.problem = problem_
        super().__init__(problem_.title)


def not_found(what: str, id_: str) -> RecordProblem:
    """There is no such record, or none that the asker may see."""
    return RecordProblem(problem(404, "Not found", f"There is no {what} `{id_[:80]}`."))


def gone(detail: str) -> RecordProblem:
    """What was there is there no more."""
    return RecordProblem(problem(410, "Gone", detail))


def forbidden(detail: str) -> RecordProblem:
    """The asker may not do this."""
    return RecordProblem(problem(403, "Not allowed", detail))


def faulty(faults: Iterable[FieldFault], title: str = "The request can't be carried out") -> RecordProblem:
    """Fields of the request are wrong."""
    errors = tuple(faults)
    detail = " ".join(f"{fault.pointer}: {fault.message}" if fault.pointer else fault.message for fault in errors)
    return RecordProblem(Problem("about:blank", title, 422, detail, errors=errors))


def wrong_field(pointer: str, code: str, message: str, **parts: str | None) -> RecordProblem:
    """One field of the request is wrong."""
    return faulty([FieldFault(pointer, code, message, **parts)])


def not_one_of(pointer: str, given: str, known: tuple[str, ...]) -> RecordProblem:
    """A field has none of the values that it may have."""
    message = f"`{given[:80]}` is not allowed here. {did_you_mean(given, known)}".strip()
    fault = FieldFault(pointer, "not-allowed", message, given[:80], ", ".join(known), near_match(given, known))
    return faulty([fault])


def revision_wanted() -> RecordProblem:
    """A change needs the revision that it was made from."""
    detail = "Send If-Match with the ETag of the record that you changed, so that nobody's change is overwritten."
    return RecordProblem(problem(428, "If-Match is missing", detail))


def conflict(revision: int, changed: tuple[ChangedSince, ...]) -> RecordProblem:
    """The record was changed since the sender read it."""
    fields = ", ".join(dict.fromkeys(change.field for change in changed)) or "the record"
    detail = f"Somebody else changed {fields}. Read the record again (ETag {revision}), then send your change again."
    title = "The record was changed meanwhile"
    return RecordProblem(Conflict("about:blank", title, 412, detail, revision=revision, changed=changed))
