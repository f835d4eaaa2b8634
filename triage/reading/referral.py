"""A referral: the answers given, checked against the vocabulary, with every fault named by its JSON pointer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Annotated, Any, Literal

from msgspec import Meta
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from triage.model.fact import Fact
from triage.model.faults import near_match
from triage.model.rule import UNKNOWN, Answers, Value, is_open, members
from triage.model.vocabulary import Constraint, Vocabulary
from triage.model.written import Written
from triage.reading.counting import NotCounted, count_answers

REFERENCE_LENGTH = 200
QUOTE_LENGTH = 300
MOST_FAULTS = 100
"""How many faults of one referral are told: more than anyone mends at once, and no answer of a megabyte."""


@dataclass(frozen=True, slots=True)
class Referral:
    """A checked referral. ``answers`` are those that count; ``unknown`` the facts asked and not known.

    ``given`` keeps all answers as they were given, ``not_counted`` says which of them do not count and why, and
    ``unanswered_for_floor`` names facts whose answer counts for the rules only. ``said_by`` and ``quotes`` stay as
    given; quotes reach no rule, no log and no digest.
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
    """The referral can't be answered; ``faults`` says why, ``reference`` whose it is where that could be read.

    ``could_be`` holds the referrals that are left when what is at fault is taken as unknown: one, or, where answers
    contradict each other, one for every choice of which of them to take as unknown. Empty where the text could not be
    read. The most urgent of them says how urgent the refused one is.
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


PARTS: Mapping[str, str] = {
    "reference": f"`reference` must be text of at most {REFERENCE_LENGTH} characters.",
    "facts": "`facts` must be an object: the name of each fact with its answer.",
    "said_by": "`said_by` must be an object: the name of each fact with who said it.",
    "quotes": "`quotes` must be an object: the name of each fact with words of the letter.",
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
            said_by=(_by_fact(vocabulary, self._speaker_schema()), Field(None, description=_SAID_BY)),
            quotes=(_by_fact(vocabulary, _QUOTE_SCHEMA), Field(None, description=_QUOTES)),
        )

    def _speaker_schema(self) -> dict[str, Any]:
        return {"enum": [speaker.id for speaker in self.vocabulary.speakers]}

    def read(self, data: Any) -> Referral:
        """Check JSON data and give the referral.

        Raises RefusedReferral with every fault at once: unknown names, wrong types, values out of bounds,
        contradictions.
        """
        faults: list[FieldFault] = []
        try:
            self.referral_model.model_validate(data)
        except ValidationError as error:
            faults.extend(self._faults(error))
        faults.extend(islice(self._beside_faults(data), MOST_FAULTS))
        if faults:
            raise RefusedReferral(_one_each(faults), _reference(data), could_be=self._could_be(data))
        referral = self._sound(data)
        broken = self.vocabulary.contradictions(referral.given)
        if broken:
            contradictions = [self._contradiction(each, referral.given) for each in broken]
            raise RefusedReferral(contradictions, referral.reference, could_be=self._could_be(data))
        return referral

    def referral(self, given: Answers, unknown: frozenset[str] = frozenset(), **parts: Any) -> Referral:
        """A referral from checked answers: those that count are told from those that do not.

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

    def _sound(self, data: Any, but: frozenset[str] = frozenset()) -> Referral:
        """The referral of all parts that are not at fault, without the facts named by ``but``.

        Of a set with a faulty member the others are kept, and the set is open. Whoever is named wrongly under
        ``said_by`` is taken for somebody whose reassurance does not count.
        """
        facts = _part(data, "facts")
        given: dict[str, Value] = {}
        unknown: set[str] = set()
        for fact in self.vocabulary:
            value = None if fact.name in but else _answer(fact, facts.get(fact.name))
            if value == UNKNOWN:
                unknown.add(fact.name)
            elif value is not None:
                given[fact.name] = value
        kinds = [speaker.id for speaker in self.vocabulary.speakers]
        nobody = next((speaker.id for speaker in self.vocabulary.speakers if not speaker.counts), "")
        said_by = {
            name: who if who in kinds else nobody
            for name, who in _part(data, "said_by").items()
            if name in given or name in unknown
        }
        quotes = {name: text for name, text in _part(data, "quotes").items() if isinstance(text, str)}
        return self.referral(given, frozenset(unknown), reference=_reference(data), said_by=said_by, quotes=quotes)

    def _could_be(self, data: Any) -> tuple[Referral, ...]:
        """What is left of refused data: the sound facts, with one of each contradicting pair taken as unknown."""
        whole = self._sound(data)
        broken = self.vocabulary.contradictions(whole.given)
        pairs = [self.vocabulary.in_order(_named(each, whole.given)) for each in broken]
        choices = dict.fromkeys(frozenset(choice) for choice in product(*pairs))
        return tuple(self._sound(data, but=choice) for choice in choices)

    def _contradiction(self, constraint: Constraint, given: Answers) -> FieldFault:
        named = _named(constraint, given)
        shown = {name: as_json(given[name], self.vocabulary[name]) for name in named}
        message = f"{constraint.message} The two answers contradict each other: correct one."
        return FieldFault(f"/facts/{named[0]}", "contradiction", message, given=shown)

    def _beside_faults(self, data: Any) -> Iterator[FieldFault]:
        """The faults of ``said_by`` and ``quotes``."""
        facts = _part(data, "facts")
        kinds = tuple(speaker.id for speaker in self.vocabulary.speakers)
        for name, who in _part(data, "said_by").items():
            pointer = _pointer("said_by", name)
            if name not in self.vocabulary.facts:
                yield self._unknown_fact(name, pointer)
            elif facts.get(name) is None:
                message = f"`{name}` has no answer, so nobody can have said it."
                yield FieldFault(pointer, "not-given", message, given=_shown(who))
            elif who not in kinds:
                match = near_match(who, kinds) if isinstance(who, str) else None
                meant = f" Did you mean `{match}`?" if match else ""
                message = (
                    f"{json.dumps(_shown(who), ensure_ascii=False)} is not a kind of person under `said_by`.{meant}"
                )
                allowed = f"one of {', '.join(kinds)}"
                yield FieldFault(pointer, "wrong-value", message, _shown(who), allowed, match)
        for name, text in _part(data, "quotes").items():
            pointer = _pointer("quotes", name)
            if name not in self.vocabulary.facts:
                yield self._unknown_fact(name, pointer)
            elif not isinstance(text, str):
                yield FieldFault(pointer, "wrong-type", f"The quote for `{name}` is not text.")
            elif len(text) > QUOTE_LENGTH:
                message = f"The quote for `{name}` has {len(text)} characters: at most {QUOTE_LENGTH}."
                yield FieldFault(pointer, "too-long", message)

    def _unknown_fact(self, name: str, pointer: str, given: Any = None) -> FieldFault:
        match = near_match(name, self.vocabulary.facts)
        meant = f" Did you mean `{match}`?" if match else ""
        return FieldFault(pointer, "unknown-fact", f"`{name}` is not a fact.{meant}", given=given, near_match=match)

    def _faults(self, error: ValidationError) -> Iterator[FieldFault]:
        """The faults of very many the first, and how many more there are."""
        errors = error.errors(include_url=False, include_context=False)
        yield from map(self._fault, errors[:MOST_FAULTS])
        if len(errors) > MOST_FAULTS:
            message = f"{len(errors) - MOST_FAULTS} more things are wrong: correct these first."
            yield FieldFault("", "more-faults", message)

    def _fault(self, error: Any) -> FieldFault:
        loc = _in_referral(error["loc"])
        pointer = _pointer(*loc)
        given = _shown(error["input"])
        if error["type"] == "extra_forbidden":
            return self._unknown_name(loc, pointer, given)
        if len(loc) >= 2 and loc[0] == "facts" and loc[1] in self.vocabulary.facts:
            return _wrong_value(self.vocabulary[str(loc[1])], f"/facts/{loc[1]}", given)
        if error["type"] == "missing":
            return FieldFault(pointer, "missing", f"`{loc[-1]}` is missing.", allowed="an object of facts")
        if not loc:
            return FieldFault("", "wrong-type", "A referral is a JSON object with `facts`.", given=given)
        return FieldFault(pointer, "wrong-type", PARTS[str(loc[0])], given=given)

    def _unknown_name(self, loc: tuple[str | int, ...], pointer: str, given: Any) -> FieldFault:
        name = str(loc[-1])
        if loc[0] == "facts":
            return self._unknown_fact(name, pointer, given)
        match = near_match(name, PARTS)
        message = f"`{name}` is not a part of a referral, which has `reference`, `facts`, `said_by` and `quotes`."
        return FieldFault(pointer, "unknown-field", message, given=given, near_match=match)


def _pointer(*parts: str | int) -> str:
    """The JSON pointer to a part of the referral."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


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
    among = f', with "{UNKNOWN}" among them where there may be more' if fact.is_set else ""
    allowed = f'{fact.allowed()}{among}; or "{UNKNOWN}", or null'
    match = near_match(given, fact.labels) if isinstance(given, str) and fact.labels else None
    meant = f" Did you mean `{match}`?" if match else ""
    if fact.is_set and isinstance(given, str) and match == given:
        match, meant = None, f' The answer is a list: write `["{given}"]`.'
    message = f"{json.dumps(given, ensure_ascii=False)} is not an answer to `{fact.name}`.{meant}"
    return FieldFault(pointer, "wrong-value", message, given=given, allowed=allowed, near_match=match)


def _is_member(fact: Fact, given: Any) -> bool:
    return isinstance(given, str) and (given in fact.labels or given == UNKNOWN)


def _answer(fact: Fact, given: Any) -> Value | None:
    """One answer as the engines take it: UNKNOWN where it was asked and is not known, None where it is no answer."""
    if given == UNKNOWN or (fact.is_set and given == [UNKNOWN]):
        return UNKNOWN
    if not isinstance(given, list):
        return given if fact.accepts(given) else None
    if not fact.is_set:
        return None
    known = frozenset(each for each in given if _is_member(fact, each))
    if not all(_is_member(fact, each) for each in given):
        known |= {UNKNOWN}
    return UNKNOWN if known == {UNKNOWN} else known


def _named(constraint: Constraint, given: Answers) -> list[str]:
    return [name for name in constraint.facts if name in given]


def _part(data: Any, name: str) -> dict[str, Any]:
    """A part of the referral that holds something by fact; nothing where it is not there, or is no object."""
    part = data.get(name) if isinstance(data, dict) else None
    return part if isinstance(part, dict) else {}


_SAID_BY = "Who said it, by fact. Nothing said means that the person did."
_QUOTES = "Words of a letter, by fact. No rule reads them."
_QUOTE_SCHEMA: Mapping[str, Any] = {"type": "string", "maxLength": QUOTE_LENGTH}


def _by_fact(vocabulary: Vocabulary, schema: Mapping[str, Any]) -> Any:
    """The type of a part that holds something for some facts; what is wrong in it is said by :meth:`_beside_faults`."""
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
    """An answer as JSON: sets become lists in the vocabulary's order, an open one with "unknown" at the end."""
    if not isinstance(value, frozenset):
        return value
    known = members(value)
    return [each for each in fact.values if each in known] + ([UNKNOWN] if is_open(value) else [])
