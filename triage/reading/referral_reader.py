"""Read JSON data into referrals, checked against the vocabulary."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import product
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from triage.model.fact import Fact
from triage.model.rule import UNKNOWN, Answers, Value
from triage.model.vocabulary import Vocabulary
from triage.reading.counting import count_answers
from triage.reading.referral import QUOTE_LENGTH, REFERENCE_LENGTH, FieldFault, Referral, RefusedReferral
from triage.reading.referral_faults import (
    answered_facts,
    contradiction,
    faults_beside_facts,
    part_by_fact,
    shape_faults,
    without_repetition,
)

_REFERENCE = "The caller's own name for the referral; it comes back with the answer."
_FACTS = "What is known. A fact left out was not asked."
_SAID_BY = "Who gave the answer, by fact. A fact left out was answered by the person."
_QUOTES = "Words of a letter, by fact. No rule reads them."
_NOTHING_KNOWN = frozenset({UNKNOWN})
_QUOTE_SCHEMA: Mapping[str, Any] = {"type": "string", "maxLength": QUOTE_LENGTH}


class ReferralReader:
    """Reads JSON data into referrals for one vocabulary. ``referral_model`` is their shape, for schemas."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.facts_model = create_model(
            "Facts",
            __config__=ConfigDict(strict=True, extra="forbid"),
            **{fact.name: (_annotation(fact), Field(None, description=fact.question)) for fact in vocabulary},  # type: ignore[call-overload]
        )
        speakers = {"enum": [speaker.id for speaker in vocabulary.speakers]}
        self.referral_model: type[BaseModel] = create_model(
            "Referral",
            __config__=ConfigDict(strict=True, extra="forbid"),
            reference=(
                Annotated[str, Field(max_length=REFERENCE_LENGTH)] | None,
                Field(None, description=_REFERENCE),
            ),
            facts=(self.facts_model, Field(description=_FACTS)),
            said_by=(_by_fact(vocabulary, speakers), Field(None, description=_SAID_BY)),
            quotes=(_by_fact(vocabulary, _QUOTE_SCHEMA), Field(None, description=_QUOTES)),
        )

    def read(self, data: Any) -> Referral:
        """Check JSON data and return the referral.

        Raises RefusedReferral with every fault at once: unknown names, wrong types, values out of bounds. Where there
        is none of these, it raises RefusedReferral with every contradiction between answers.
        """
        referral = self._without_fault(data)
        if referral is None:
            faults = self._shape_faults(data)
            if faults:
                raise RefusedReferral(without_repetition(faults), _reference(data), could_be=self._could_be(data))
            referral = self._sound(data)
        broken = self.vocabulary.contradictions(referral.given)
        if broken:
            faults = [contradiction(constraint, referral.given, self.vocabulary) for constraint in broken]
            raise RefusedReferral(faults, referral.reference, could_be=self._could_be(data))
        return referral

    def referral(self, given: Answers, unknown: frozenset[str] = frozenset(), **parts: Any) -> Referral:
        """The referral of answers that were checked before, with the decision which of them count.

        ``parts`` are ``reference``, ``said_by`` and ``quotes``.
        """
        counted = count_answers(self.vocabulary, given, parts.get("said_by", {}))
        return Referral(
            counted.answers,
            unknown,
            given=given,
            not_counted=counted.not_counted,
            unanswered_for_floor=counted.unanswered_for_floor,
            **parts,
        )

    def _without_fault(self, data: Any) -> Referral | None:
        """The referral of data that has nothing but a reference and facts, if nothing of these is at fault.

        Most referrals are such, and pydantic would take most of the time of an answer. None leaves the data to it.
        """
        if not isinstance(data, dict) or not {"facts"} <= data.keys() <= {"reference", "facts"}:
            return None
        reference, facts = _reference(data), data["facts"]
        if reference != data.get("reference") or not isinstance(facts, dict):
            return None
        given: dict[str, Value] = {}
        unknown: list[str] = []
        if not facts.keys() <= self._accepted.keys():
            return None
        for name, accepted in self._accepted.items():
            value = facts.get(name)
            if value is None:
                continue
            kind = type(value)  # a truth value or a fraction is no answer, although it may equal one
            answer = accepted.get(value) if kind is str or kind is int else self._set(name, value)
            if answer is None:
                return None
            if answer == UNKNOWN:
                unknown.append(name)
            else:
                given[name] = answer
        return self.referral(given, frozenset(unknown), reference=reference)

    def _set(self, name: str, given: Any) -> Value | None:
        """A list as the set that it stands for; None where it is none, or not of this fact."""
        allowed = self._members.get(name)
        if allowed is None or type(given) is not list:
            return None
        try:
            known = frozenset(given)
        except TypeError:  # a member that is a list or an object
            return None
        if not known <= allowed:
            return None
        return UNKNOWN if known == _NOTHING_KNOWN else known

    @cached_property
    def _accepted(self) -> Mapping[str, Mapping[str | int, Value]]:
        """By fact what JSON may have as an answer that is no list, and the answer."""
        plain = {fact.name: () if fact.is_set else fact.all_answers for fact in self.vocabulary}
        return {name: {UNKNOWN: UNKNOWN, **{answer: answer for answer in answers if not isinstance(answer, frozenset)}}
                for name, answers in plain.items()}  # fmt: skip

    @cached_property
    def _members(self) -> Mapping[str, frozenset[str]]:
        """What a list may hold, by fact."""
        return {fact.name: frozenset((*fact.values, UNKNOWN)) for fact in self.vocabulary if fact.is_set}

    def _shape_faults(self, data: Any) -> list[FieldFault]:
        faults: list[FieldFault] = []
        try:
            self.referral_model.model_validate(data)
        except ValidationError as error:
            faults.extend(shape_faults(error, self.vocabulary))
        return faults + faults_beside_facts(data, self.vocabulary)

    def _sound(self, data: Any, but: frozenset[str] = frozenset()) -> Referral:
        """The referral of all parts without a fault, leaving out the answers to the facts named by ``but``.

        A set with a faulty member keeps its other members and is open. A speaker with a faulty name is taken for one
        whose reassurance does not count.
        """
        facts = part_by_fact(data, "facts")
        answers = {fact.name: _answer(fact, facts.get(fact.name)) for fact in self.vocabulary if fact.name not in but}
        unknown = frozenset(name for name, value in answers.items() if value == UNKNOWN)
        given = {name: value for name, value in answers.items() if value is not None and value != UNKNOWN}
        said_by = {name: speaker for name, speaker in self._speakers(data).items() if name in given or name in unknown}
        quotes = {name: text for name, text in part_by_fact(data, "quotes").items() if isinstance(text, str)}
        return self.referral(given, unknown, reference=_reference(data), said_by=said_by, quotes=quotes)

    def _speakers(self, data: Any) -> dict[str, str]:
        """The id of the speaker by fact; for an unknown one, that of a speaker whose reassurance does not count."""
        known = [speaker.id for speaker in self.vocabulary.speakers]
        doubtful = next((speaker.id for speaker in self.vocabulary.speakers if not speaker.counts), "")
        return {
            name: speaker if speaker in known else doubtful for name, speaker in part_by_fact(data, "said_by").items()
        }

    def _could_be(self, data: Any) -> tuple[Referral, ...]:
        """The referrals that refused data could be; see :class:`RefusedReferral`."""
        whole = self._sound(data)
        broken = self.vocabulary.contradictions(whole.given)
        contradicting = [self.vocabulary.in_order(answered_facts(constraint, whole.given)) for constraint in broken]
        choices = dict.fromkeys(frozenset(choice) for choice in product(*contradicting))
        return tuple(self._sound(data, but=choice) for choice in choices)


def _answer(fact: Fact, given: Any) -> Value | None:
    """One answer as engines take it: UNKNOWN where it was asked and is not known, None where it is not an answer."""
    if given == UNKNOWN or (fact.is_set and given == [UNKNOWN]):
        return UNKNOWN
    if not isinstance(given, list):
        return given if fact.accepts(given) else None
    if not fact.is_set:
        return None
    known = frozenset(member for member in given if _is_member(fact, member))
    if not all(_is_member(fact, member) for member in given):
        known |= {UNKNOWN}
    return UNKNOWN if known == {UNKNOWN} else known


def _is_member(fact: Fact, given: Any) -> bool:
    return isinstance(given, str) and (given in fact.labels or given == UNKNOWN)


def _by_fact(vocabulary: Vocabulary, schema: Mapping[str, Any]) -> Any:
    """The type of a mapping from facts to ``schema``. Its entries are checked by ``faults_beside_facts``."""
    extra: Any = {"propertyNames": {"enum": list(vocabulary.facts)}, "additionalProperties": dict(schema)}
    return Annotated[dict[str, Any], Field(json_schema_extra=extra)] | None


def _literal(values: tuple[str, ...]) -> Any:
    return Literal.__getitem__(values)


def _annotation(fact: Fact) -> Any:
    asked_not_known = Literal["unknown"]
    if fact.is_integer:
        return Annotated[int, Field(ge=fact.minimum, le=fact.maximum)] | asked_not_known | None
    if fact.is_set:
        return list[_literal((*fact.values, UNKNOWN))] | asked_not_known | None  # type: ignore[misc]  # made from data
    return _literal((*fact.values, UNKNOWN)) | None


def _reference(data: Any) -> str | None:
    reference = data.get("reference") if isinstance(data, dict) else None
    return reference if isinstance(reference, str) and len(reference) <= REFERENCE_LENGTH else None
