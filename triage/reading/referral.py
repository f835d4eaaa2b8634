"""A referral: the answers given, those that count, and the faults for which one is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any

from msgspec import Meta

from triage.model.fact import Fact
from triage.model.rule import UNKNOWN, Answers, Value
from triage.model.truth import is_open, members
from triage.model.written import Written
from triage.reading.counting import NotCounted

REFERENCE_LENGTH = 200
"""The most characters of a reference."""
QUOTE_LENGTH = 300
"""The most characters of a quote."""


@dataclass(frozen=True, slots=True)
class Referral:
    """A checked referral.

    ``answers`` are the answers that count. ``given`` are all answers as given, ``unknown`` the facts that were asked
    and are not known. ``not_counted`` says which answers do not count and why. ``unanswered_for_floor`` are facts whose
    answer counts for the rules only. ``said_by`` and ``quotes`` are as given, by fact. No rule, log or digest reads the
    quotes.
    """

    answers: Answers
    unknown: frozenset[str] = frozenset()
    reference: str | None = None
    given: Answers = field(default_factory=dict)
    said_by: Mapping[str, str] = field(default_factory=dict)
    quotes: Mapping[str, str] = field(default_factory=dict, repr=False)
    not_counted: tuple[NotCounted, ...] = ()
    unanswered_for_floor: frozenset[str] = frozenset()


class FieldFault(Written, frozen=True, omit_defaults=True):
    """One thing wrong with a referral: the JSON pointer, what was given, what is allowed, and the sentence."""

    pointer: Annotated[str, Meta(description="The JSON pointer (RFC 6901) of the field; empty for the whole")]
    code: str
    message: str
    given: Any = None
    allowed: str | None = None
    near_match: str | None = None


class RefusedReferral(Exception):
    """The referral can't be answered, for the reasons in ``faults``.

    ``reference`` is the caller's name for it, where that could be read. ``malformed`` says that the text is not JSON.
    ``could_be`` are the referrals that result when the faulty parts are taken as unknown: none for malformed text; one
    for each choice of an answer to drop from every contradiction; else one. The refused referral is treated as being as
    urgent as the most urgent of these.
    """

    def __init__(
        self,
        faults: Sequence[FieldFault],
        reference: str | None = None,
        *,
        malformed: bool = False,
        could_be: tuple[Referral, ...] = (),
    ) -> None:
        self.faults = tuple(faults)
        self.could_be = could_be
        self.reference = reference
        self.malformed = malformed
        super().__init__("; ".join(f"{fault.pointer or 'the referral'}: {fault.message}" for fault in faults))


def as_json(value: Value, fact: Fact) -> Any:
    """An answer as JSON. A set is a list in the order of the vocabulary, with "unknown" at the end of an open one."""
    if not isinstance(value, frozenset):
        return value
    known = members(value)
    return [member for member in fact.values if member in known] + ([UNKNOWN] if is_open(value) else [])
