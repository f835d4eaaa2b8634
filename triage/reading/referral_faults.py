"""Make the faults of a referral: each with its JSON pointer, what was given, what is allowed, and a near match."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from pydantic import ValidationError

from triage.model.fact import Fact
from triage.model.faults import near_match
from triage.model.rule import UNKNOWN, Answers
from triage.model.vocabulary import AtMost, Constraint, Vocabulary
from triage.reading.referral import QUOTE_LENGTH, REFERENCE_LENGTH, FieldFault, as_json

MOST_FAULTS = 100
"""The most faults that are named of each kind of part of a referral, so that an answer is never megabytes long."""

PARTS: Mapping[str, str] = {
    "reference": f"`reference` must be text of at most {REFERENCE_LENGTH} characters.",
    "facts": "`facts` must be an object: the name of each fact with its answer.",
    "said_by": "`said_by` must be an object: the name of each fact with who said it.",
    "quotes": "`quotes` must be an object: the name of each fact with words of the letter.",
}
"""What each part of a referral must be."""

ALLOWED_PARTS: Mapping[str, str] = {
    "reference": f"text of at most {REFERENCE_LENGTH} characters, or null",
    "facts": "an object of facts",
    "said_by": "an object of facts, or null",
    "quotes": "an object of facts, or null",
}
A_FACT = "the name of a fact in the vocabulary"
A_QUOTE = f"text of at most {QUOTE_LENGTH} characters"
"""What is allowed, in words, where it is no list of answers."""

Location = tuple[str | int, ...]
"""The path of pydantic to what is wrong."""


def shape_faults(error: ValidationError, vocabulary: Vocabulary) -> Iterator[FieldFault]:
    """The faults that pydantic found: the first ``MOST_FAULTS``, and the number of the others."""
    errors = error.errors(include_url=False, include_context=False)
    for details in errors[:MOST_FAULTS]:
        yield _shape_fault(details, vocabulary)
    if len(errors) > MOST_FAULTS:
        message = f"{len(errors) - MOST_FAULTS} more things are wrong: correct these first."
        yield FieldFault("", "more-faults", message)


def _shape_fault(error: Any, vocabulary: Vocabulary) -> FieldFault:
    location = _in_referral(error["loc"])
    pointer = _pointer(*location)
    given = _shortened(error["input"])
    if error["type"] == "extra_forbidden":
        return _unknown_name(location, pointer, given, vocabulary)
    if len(location) >= 2 and location[0] == "facts" and location[1] in vocabulary.facts:
        return _wrong_value(vocabulary[str(location[1])], f"/facts/{location[1]}", given)
    if error["type"] == "missing":
        part = str(location[-1])
        return FieldFault(pointer, "missing", f"`{part}` is missing.", allowed=ALLOWED_PARTS[part])
    if not location:
        message = "A referral is a JSON object with `facts`."
        return FieldFault("", "wrong-type", message, given, "an object with `facts`")
    part = str(location[0])
    return FieldFault(pointer, "wrong-type", PARTS[part], given, ALLOWED_PARTS[part])


def _in_referral(location: Location) -> Location:
    """The part of pydantic's path that is in the referral. What follows a fact's name is a branch of its type."""
    return location[:2] if location[:1] == ("facts",) else location[:1]


def _unknown_name(location: Location, pointer: str, given: Any, vocabulary: Vocabulary) -> FieldFault:
    name = str(location[-1])
    if location[0] == "facts":
        return _unknown_fact(name, pointer, vocabulary, given)
    match = near_match(name, PARTS)
    message = f"`{name}` is not a part of a referral, which has `reference`, `facts`, `said_by` and `quotes`."
    return FieldFault(pointer, "unknown-field", message, given, f"one of {', '.join(PARTS)}", match)


def _unknown_fact(name: str, pointer: str, vocabulary: Vocabulary, given: Any = None) -> FieldFault:
    match = near_match(name, vocabulary.facts)
    message = f"`{name}` is not a fact.{_did_you_mean(match)}"
    return FieldFault(pointer, "unknown-fact", message, given, A_FACT, match)


def _did_you_mean(match: str | None) -> str:
    return f" Did you mean `{match}`?" if match else ""


def _wrong_value(fact: Fact, pointer: str, given: Any) -> FieldFault:
    or_open = f', with "{UNKNOWN}" among them where there may be more' if fact.is_set else ""
    allowed = f'{fact.allowed()}{or_open}; or "{UNKNOWN}", or null'
    match = near_match(given, [*fact.labels, UNKNOWN]) if isinstance(given, str) else None
    fix = _did_you_mean(match)
    if fact.is_set and isinstance(given, str) and match == given:
        match, fix = None, f' The answer is a list: write `["{given}"]`.'
    message = f"{_quoted(given)} is not an answer to `{fact.name}`.{fix}"
    return FieldFault(pointer, "wrong-value", message, given=given, allowed=allowed, near_match=match)


def faults_beside_facts(data: Any, vocabulary: Vocabulary) -> list[FieldFault]:
    """The faults of ``said_by`` and ``quotes``, at most ``MOST_FAULTS``."""
    return list(islice(_faults_beside_facts(data, vocabulary), MOST_FAULTS))


def _faults_beside_facts(data: Any, vocabulary: Vocabulary) -> Iterator[FieldFault]:
    facts = part_by_fact(data, "facts")
    for name, speaker in part_by_fact(data, "said_by").items():
        if name not in vocabulary.facts:
            yield _unknown_fact(name, _pointer("said_by", name), vocabulary, _shortened(speaker))
        elif facts.get(name) is None:
            message = f"`{name}` has no answer, so nobody can have said it."
            allowed = "a fact that has an answer"
            yield FieldFault(_pointer("said_by", name), "not-given", message, _shortened(speaker), allowed)
        else:
            yield from _speaker_faults(name, speaker, vocabulary)
    for name, quote in part_by_fact(data, "quotes").items():
        if name not in vocabulary.facts:
            yield _unknown_fact(name, _pointer("quotes", name), vocabulary)
        else:
            yield from _quote_faults(name, quote)


def _speaker_faults(name: str, speaker: Any, vocabulary: Vocabulary) -> Iterator[FieldFault]:
    known = tuple(kind.id for kind in vocabulary.speakers)
    if speaker in known:
        return
    match = near_match(speaker, known) if isinstance(speaker, str) else None
    given = _shortened(speaker)
    message = f"{_quoted(given)} is not a kind of person under `said_by`.{_did_you_mean(match)}"
    yield FieldFault(_pointer("said_by", name), "wrong-value", message, given, f"one of {', '.join(known)}", match)


def _quote_faults(name: str, quote: Any) -> Iterator[FieldFault]:
    pointer = _pointer("quotes", name)
    if not isinstance(quote, str):
        yield FieldFault(pointer, "wrong-type", f"The quote for `{name}` is not text.", _shortened(quote), A_QUOTE)
    elif len(quote) > QUOTE_LENGTH:
        message = f"The quote for `{name}` has {len(quote)} characters: at most {QUOTE_LENGTH}."
        yield FieldFault(pointer, "too-long", message, f"text of {len(quote)} characters", A_QUOTE)


def contradiction(constraint: Constraint, given: Answers, vocabulary: Vocabulary) -> FieldFault:
    """The fault of answers that break a constraint, at the first of them."""
    names = answered_facts(constraint, given)
    shown = {name: as_json(given[name], vocabulary[name]) for name in names}
    message = f"{constraint.message} The two answers contradict each other: correct one."
    return FieldFault(f"/facts/{names[0]}", "contradiction", message, shown, _kept_by(constraint))


def _kept_by(constraint: Constraint) -> str:
    """The answers that keep a constraint, in words."""
    if isinstance(constraint, AtMost):
        plus = f" + {constraint.plus}" if constraint.plus else ""
        return f"`{constraint.lower}` of at most `{constraint.upper}`{plus}"
    return f"not these answers to {' and '.join(f'`{name}`' for name in constraint.facts)} together"


def answered_facts(constraint: Constraint, given: Answers) -> list[str]:
    """The facts of a constraint that have an answer, by name."""
    return [name for name in constraint.facts if name in given]


def without_repetition(faults: Iterable[FieldFault]) -> tuple[FieldFault, ...]:
    """Keep one fault for each pointer and code.

    Pydantic reports one error for each branch of a type. The first of these with a near match is kept, or the last
    where none has one.
    """
    kept: dict[tuple[str, str], FieldFault] = {}
    for fault in faults:
        earlier = kept.get((fault.pointer, fault.code))
        if earlier is None or earlier.near_match is None:
            kept[fault.pointer, fault.code] = fault
    return tuple(kept.values())


def part_by_fact(data: Any, name: str) -> dict[str, Any]:
    """The part of the referral with this name, a mapping by fact; empty where it is absent or not an object."""
    part = data.get(name) if isinstance(data, dict) else None
    return part if isinstance(part, dict) else {}


def _pointer(*parts: str | int) -> str:
    """The JSON pointer (RFC 6901) to a part of the referral."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _quoted(given: Any) -> str:
    return json.dumps(given, ensure_ascii=False)


def _shortened(given: Any) -> Any:
    """What was given, shortened where it is long. An integer that needs more than 64 bits becomes text."""
    if isinstance(given, int) and not -(2**63) <= given < 2**64:
        return f"{given:.0e}" if abs(given) < 10**300 else "a number of more than 300 digits"
    if isinstance(given, str) and len(given) > 100:
        return given[:100] + "…"
    if isinstance(given, dict | list) and (len(given) > 100 or len(json.dumps(given, default=str)) > 300):
        return f"{'an object' if isinstance(given, dict) else 'a list'} of {len(given)} entries"
    if isinstance(given, dict):
        return {name: _shortened(value) for name, value in given.items()}
    return [_shortened(value) for value in given] if isinstance(given, list) else given
