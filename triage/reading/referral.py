"""A referral: the answers given, checked against the vocabulary, with every fault named by its JSON pointer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from msgspec import Meta
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from triage.model.fact import UNKNOWN, Fact
from triage.model.faults import near_match
from triage.model.rule import Value
from triage.model.vocabulary import Vocabulary
from triage.model.written import Written

REFERENCE_LENGTH = 200
MOST_FAULTS = 100
"""How many faults of one referral are told: more than anyone mends at once, and no answer of a megabyte."""


@dataclass(frozen=True, slots=True)
class Referral:
    """A checked referral. ``answers`` are what was answered; ``unknown`` the facts asked and not known."""

    answers: Mapping[str, Value]
    unknown: frozenset[str] = frozenset()
    reference: str | None = None


class FieldFault(Written, frozen=True, omit_defaults=True):
    """One thing wrong with a referral: the JSON pointer, what was given, what is allowed, and the sentence."""

    pointer: Annotated[str, Meta(description="The JSON pointer (RFC 6901) of the field; empty for the whole")]
    code: str
    message: str
    given: Any = None
    allowed: str | None = None
    near_match: str | None = None


class RefusedReferral(Exception):
    """The referral can't be answered; ``faults`` says why, ``reference`` whose it is where that could be read."""

    def __init__(self, faults: Sequence[FieldFault], reference: str | None = None, *, malformed: bool = False) -> None:
        self.faults = tuple(faults)
        self.reference = reference
        self.malformed = malformed
        super().__init__("; ".join(f"{fault.pointer or 'the referral'}: {fault.message}" for fault in faults))


_PARTS: Mapping[str, str] = {
    "reference": f"`reference` must be text of at most {REFERENCE_LENGTH} characters.",
    "facts": "`facts` must be an object: the name of each fact with its answer.",
}
"""What each part of a referral must be."""


class _Repeated(ValueError):
    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)


def _unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Repeated(key)
        found[key] = value
    return found


def _number(text: str) -> int | float:
    """A JSON number with a point or an exponent: 19.0 is the whole number 19, as JSON Schema has it."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def parse_json(text: str | bytes) -> Any:
    """Read JSON text, refusing a key that stands twice in one object: which of the two was meant can't be known.

    Raises RefusedReferral, marked as malformed, that names line and column.
    """
    try:
        whole = text.decode("utf-8") if isinstance(text, bytes) else text
        if not whole.strip():
            fault = FieldFault("", "empty", "There is nothing here: a referral is a JSON object.")
            raise RefusedReferral([fault], malformed=True)
        data = json.loads(whole, object_pairs_hook=_unrepeated, parse_float=_number, parse_constant=_no_constant)
        if "\\u" in whole:
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        return data
    except _Repeated as error:
        message = f"The key `{error.key}` stands twice in one object. Keep one."
        fault = FieldFault("", "repeated-key", message, given=error.key)
    except json.JSONDecodeError as error:
        message = f"This is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        fault = FieldFault("", "not-json", message)
    except UnicodeEncodeError:
        fault = FieldFault("", "not-json", "The text has half of a surrogate pair, which is no character.")
    except UnicodeDecodeError as error:
        fault = FieldFault("", "not-json", f"This is not UTF-8 text: byte {error.start} can't be read.")
    except (ValueError, RecursionError) as error:
        fault = FieldFault("", "not-json", f"This is not JSON: {error}.")
    raise RefusedReferral([fault], malformed=True)


class ReferralReader:
    """Turns JSON data into referrals for one vocabulary; the only way in."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.facts_model = create_model(
            "Facts",
            __config__=ConfigDict(strict=True, extra="forbid"),
            **{fact.name: (_annotation(fact), Field(None, description=fact.question)) for fact in vocabulary},  # type: ignore[call-overload]
        )
        self.referral_model: type[BaseModel] = create_model(
            "Referral",
            __config__=ConfigDict(strict=True, extra="forbid"),
            reference=(
                Annotated[str, Field(max_length=REFERENCE_LENGTH)] | None,
                Field(None, description="The caller's own name for the referral; it comes back with the answer."),
            ),
            facts=(self.facts_model, Field(description="What is known. A fact left out was not asked.")),
        )

    def read(self, data: Any) -> Referral:
        """Check JSON data and give the referral.

        Raises RefusedReferral with every fault at once: unknown names, wrong types, values out of bounds,
        contradictions.
        """
        try:
            checked = self.referral_model.model_validate(data)
        except ValidationError as error:
            raise RefusedReferral(self._faults(error), _reference(data)) from None
        given = checked.__dict__["facts"].__dict__
        facts: dict[str, Value] = {}
        unknown = []
        for name in self.vocabulary.facts:
            value = given[name]
            if value is None:
                continue
            if value == UNKNOWN:
                unknown.append(name)
            else:
                facts[name] = frozenset(value) if isinstance(value, list) else value
        reference = checked.__dict__["reference"]
        self._refuse_contradictions(facts, reference)
        return Referral(facts, frozenset(unknown), reference)

    def _refuse_contradictions(self, facts: Mapping[str, Value], reference: str | None) -> None:
        broken = self.vocabulary.contradictions(facts)
        if not broken:
            return
        faults = []
        for constraint in broken:
            named = [name for name in constraint.facts if name in facts]
            given = {name: as_json(facts[name], self.vocabulary[name]) for name in named}
            pointer = f"/facts/{named[0]}"
            message = f"{constraint.message} The two answers contradict each other: correct one."
            faults.append(FieldFault(pointer, "contradiction", message, given=given))
        raise RefusedReferral(faults, reference)

    def _faults(self, error: ValidationError) -> tuple[FieldFault, ...]:
        """Each fault once; of very many the first, and how many more there are."""
        errors = error.errors(include_url=False, include_context=False)
        faults = _one_each(map(self._fault, errors[:MOST_FAULTS]))
        if len(errors) <= MOST_FAULTS:
            return faults
        message = f"{len(errors) - MOST_FAULTS} more things are wrong: correct these first."
        return (*faults, FieldFault("", "more-faults", message))

    def _fault(self, error: Any) -> FieldFault:
        loc = _in_referral(error["loc"])
        pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in loc)
        given = _shown(error["input"])
        if error["type"] == "extra_forbidden":
            return self._unknown_name(loc, pointer, given)
        if len(loc) >= 2 and loc[0] == "facts" and loc[1] in self.vocabulary.facts:
            return _wrong_value(self.vocabulary[str(loc[1])], f"/facts/{loc[1]}", given)
        if error["type"] == "missing":
            return FieldFault(pointer, "missing", f"`{loc[-1]}` is missing.", allowed="an object of facts")
        if not loc:
            return FieldFault("", "wrong-type", "A referral is a JSON object with `facts`.", given=given)
        return FieldFault(pointer, "wrong-type", _PARTS[str(loc[0])], given=given)

    def _unknown_name(self, loc: tuple[str | int, ...], pointer: str, given: Any) -> FieldFault:
        name = str(loc[-1])
        if loc[0] == "facts":
            match = near_match(name, self.vocabulary.facts)
            meant = f" Did you mean `{match}`?" if match else ""
            return FieldFault(pointer, "unknown-fact", f"`{name}` is not a fact.{meant}", given=given, near_match=match)
        match = near_match(name, ("reference", "facts"))
        message = f"`{name}` is not a part of a referral, which has `reference` and `facts`."
        return FieldFault(pointer, "unknown-field", message, given=given, near_match=match)


def _in_referral(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The part of pydantic's path that is in the referral: what follows a fact names a branch of its type."""
    return loc[:2] if loc[:1] == ("facts",) else loc[:1]


def _one_each(faults: Iterable[FieldFault]) -> tuple[FieldFault, ...]:
    """One fault for each place and kind, of several branches of a type the last, or the first with a near match."""
    kept: dict[tuple[str, str], FieldFault] = {}
    for fault in faults:
        earlier = kept.get((fault.pointer, fault.code))
        if earlier is None or earlier.near_match is None:
            kept[fault.pointer, fault.code] = fault
    return tuple(kept.values())


def _wrong_value(fact: Fact, pointer: str, given: Any) -> FieldFault:
    allowed = f'{fact.allowed()}; or "{UNKNOWN}", or null'
    match = near_match(given, fact.labels) if isinstance(given, str) and fact.labels else None
    meant = f" Did you mean `{match}`?" if match else ""
    if fact.is_set and isinstance(given, str) and match == given:
        match, meant = None, f' The answer is a list: write `["{given}"]`.'
    message = f"{json.dumps(given, ensure_ascii=False)} is not an answer to `{fact.name}`.{meant}"
    return FieldFault(pointer, "wrong-value", message, given=given, allowed=allowed, near_match=match)


def _literal(values: tuple[str, ...]) -> Any:
    return Literal.__getitem__(values)


def _annotation(fact: Fact) -> Any:
    asked_not_known = Literal["unknown"]
    if fact.is_integer:
        return Annotated[int, Field(ge=fact.minimum, le=fact.maximum)] | asked_not_known | None
    if fact.is_set:
        return list[_literal(fact.values)] | asked_not_known | None  # type: ignore[misc]  # made from data
    return _literal((*fact.values, UNKNOWN)) | None


def _reference(data: Any) -> str | None:
    reference = data.get("reference") if isinstance(data, dict) else None
    return reference if isinstance(reference, str) and len(reference) <= REFERENCE_LENGTH else None


def _shown(given: Any) -> Any:
    """What was given, cut where it is long, and as text where it is no number that JSON carries (64 bits)."""
    if isinstance(given, int) and not -(2**63) <= given < 2**64:
        return f"{given:.0e}" if abs(given) < 10**300 else "a number of more than 300 digits"
    if isinstance(given, str) and len(given) > 100:
        return given[:100] + "…"
    if isinstance(given, dict | list) and len(json.dumps(given, default=str)) > 300:
        return f"{'an object' if isinstance(given, dict) else 'a list'} of {len(given)} entries"
    if isinstance(given, dict):
        return {name: _shown(value) for name, value in given.items()}
    return [_shown(value) for value in given] if isinstance(given, list) else given


def as_json(value: Value, fact: Fact) -> Any:
    """An answer as JSON: sets become lists in the vocabulary's order."""
    return [each for each in fact.values if each in value] if isinstance(value, frozenset) else value
