"""What was entered in the form: read without losing anything, made a referral, its faults put beside the fields."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from fastapi import HTTPException

from triage.model.fact import Fact
from triage.model.rule import UNKNOWN
from triage.model.vocabulary import Vocabulary
from triage.reading.referral import QUOTE_LENGTH, FieldFault, Referral, RefusedReferral
from triage.reading.referral_reader import ReferralReader

NONE_OF_THESE = "none_of_these"
SAID_BY = "said_by."
QUOTES = "quotes."
"""What stands before a question's name in the fields that say who answered it, and in which words."""
PLACE, CALL_BACK, SINCE = "place", "call_back", "emergency_since"
"""What is entered at an emergency: where the person is, the number to call back, and when it began."""
DRAFT, RECORD, REVISION = "draft", "record", "revision"
"""What the form was opened from: a draft or a record, and the revision that was read."""
NO_QUESTIONS = frozenset({"reference", "clear", DRAFT, RECORD, REVISION, PLACE, CALL_BACK, SINCE})
"""The fields of the form that answer no question."""
MOST_FIELDS = 2_000
_WHOLE_NUMBER = re.compile(r"^[0-9]{1,9}$")


def whole_number(text: str) -> int:
    """The number that a field of a form holds; 0 where it holds none."""
    return int(text) if _WHOLE_NUMBER.match(text) else 0


@dataclass(frozen=True)
class Entered:
    """A sent form: each field's values, in the order of sending."""

    fields: Mapping[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, body: bytes) -> Entered:
        """Read a sent form. What is not UTF-8 is kept as far as it can be read.

        Raises HTTPException rather than take a form that is none of ours for a blank one.
        """
        try:
            fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError as error:
            raise HTTPException(413, f"A form has at most {MOST_FIELDS} fields; this one has more.") from error
        return cls(fields)

    @classmethod
    def of(cls, referral: Mapping[str, Any], vocabulary: Vocabulary, **beside: str) -> Entered:
        """The form in which a referral, given as JSON and perhaps with faults, would be entered."""
        facts = referral.get("facts")
        fields = {name: _as_entered(value) for name, value in facts.items()} if isinstance(facts, dict) else {}
        for prefix, part in ((SAID_BY, "said_by"), (QUOTES, "quotes")):
            entries = referral.get(part)
            if isinstance(entries, dict):
                fields |= {prefix + name: [str(text)] for name, text in entries.items()}
        fields["reference"] = [str(referral.get("reference") or "")]
        known = {prefix + name for name in vocabulary.facts for prefix in ("", SAID_BY, QUOTES)} | NO_QUESTIONS
        fields |= {name: [text] for name, text in beside.items()}
        return cls({name: values for name, values in fields.items() if name in known})

    def beside(self, **fields: str) -> Entered:
        """The same form with these fields that answer no question."""
        return Entered({**self.fields, **{name: [text] for name, text in fields.items()}})

    @property
    def revision(self) -> int:
        """The revision that the form was opened from; 0 where there is none."""
        return whole_number(self.text(REVISION))

    def has_answers(self) -> bool:
        """Whether any question is answered, or the referral named."""
        return any(self.values(name) for name in self.fields if name not in NO_QUESTIONS - {"reference"})

    def without(self, name: str) -> Entered:
        """The same form with one question cleared."""
        cleared = {name, SAID_BY + name, QUOTES + name}
        return Entered({field_: values for field_, values in self.fields.items() if field_ not in cleared})

    def values(self, name: str) -> list[str]:
        """The values entered for one question, white space around them left out."""
        return [value.strip() for value in self.fields.get(name, []) if value.strip()]

    @property
    def reference(self) -> str:
        """The referral's reference as entered."""
        return " ".join(self.values("reference"))

    def text(self, name: str) -> str:
        """What is entered in a field that answers no question, at most as long as a quote."""
        return " ".join(self.values(name))[:QUOTE_LENGTH]

    def said_by(self, fact: Fact) -> str:
        """Who is entered as having said the answer; nothing for the person."""
        return " ".join(self.values(SAID_BY + fact.name))

    def quote(self, fact: Fact) -> str:
        """The words entered beside the answer."""
        return " ".join(self.values(QUOTES + fact.name))

    def is_empty(self, fact: Fact) -> bool:
        """Whether nothing at all is entered for a question."""
        return not (self.values(fact.name) or self.said_by(fact) or self.quote(fact))

    def shown(self, fact: Fact) -> str:
        """What stands in a number's field: what was typed, unless it was ticked as not known."""
        return next((value for value in self.values(fact.name) if value != UNKNOWN), "")

    def asks_to_clear(self) -> str:
        """The question whose Clear button was pressed, or nothing."""
        return next(iter(self.values("clear")), "")

    def data(self, vocabulary: Vocabulary) -> dict[str, Any]:
        """The referral that was entered, as JSON has it, with its faults."""
        facts = {fact.name: _answer(fact, self.values(fact.name)) for fact in vocabulary if self.values(fact.name)}
        return {"reference": self.reference or None, "facts": facts, **self._beside(vocabulary, facts)}

    def referral(self, reader: ReferralReader) -> Referral:
        """The referral that was entered. Raises RefusedReferral with every fault."""
        names = reader.vocabulary.facts
        known = {*names, *(SAID_BY + name for name in names), *(QUOTES + name for name in names), *NO_QUESTIONS}
        faults = [
            FieldFault("", "unknown-field", f"“{_short(name)}” is no question of this form.")
            for name in self.fields
            if name not in known
        ]
        data = self.data(reader.vocabulary)
        for fact in reader.vocabulary:
            values = self.values(fact.name)
            if fact.is_set and NONE_OF_THESE in values and len(values) > 1:
                faults.append(_fault(fact, "“None of these” and something else are ticked: keep one of the two."))
                members = [value for value in values if value not in (NONE_OF_THESE, UNKNOWN)]
                data["facts"][fact.name] = [*members, UNKNOWN]
            elif fact.is_integer and UNKNOWN in values and len(values) > 1:
                faults.append(_fault(fact, "There is a number and “Asked, not known” is ticked: keep one of the two."))
                del data["facts"][fact.name]
        try:
            referral = reader.read(data)
        except RefusedReferral as refused:
            both = [*faults, *refused.faults]
            raise RefusedReferral(both, refused.reference, could_be=refused.could_be) from None
        if faults:
            raise RefusedReferral(faults, referral.reference, could_be=(referral,))
        return referral

    def _beside(self, vocabulary: Vocabulary, facts: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        """Who said each answer and in which words; of a question that has no answer nothing is passed on."""
        answered = [vocabulary[name] for name in facts]
        return {
            "said_by": {fact.name: self.said_by(fact) for fact in answered if self.said_by(fact)},
            "quotes": {fact.name: self.quote(fact) for fact in answered if self.quote(fact)},
        }


def _answer(fact: Fact, values: list[str]) -> Any:
    if values == [UNKNOWN]:
        return UNKNOWN
    if fact.is_set:
        return [] if values == [NONE_OF_THESE] else values
    if fact.is_integer:
        return int(values[0]) if len(values) == 1 and _WHOLE_NUMBER.match(values[0]) else " ".join(values)
    return values[0] if len(values) == 1 else values


def _as_entered(value: Any) -> list[str]:
    """The values of one question as the form sends them."""
    if isinstance(value, list):
        return [str(member) for member in value] or [NONE_OF_THESE]
    return [str(value)]


def _short(name: str) -> str:
    return name if len(name) <= 40 else name[:40] + "…"


def _fault(fact: Fact, message: str) -> FieldFault:
    return FieldFault(f"/facts/{fact.name}", "two-answers", message)


def by_question(refused: RefusedReferral, vocabulary: Vocabulary) -> dict[str, str]:
    """The faults as the form shows them: for each question one sentence; those of the whole under ``reference``."""
    messages: dict[str, str] = {}
    for fault in refused.faults:
        part, _, name = fault.pointer.removeprefix("/").partition("/")
        if name in vocabulary.facts:
            messages.setdefault(name, _message(fault, part, vocabulary[name]))
        else:
            too_long = "The reference is too long: use at most 200 characters."
            messages.setdefault("reference", too_long if part == "reference" else fault.message)
    return messages


def _message(fault: FieldFault, part: str, fact: Fact) -> str:
    """What is wrong with one question, said to whoever filled in the form."""
    if part == "quotes":
        return f"The quote is too long: use at most {QUOTE_LENGTH} characters."
    if part == "said_by":
        return f"“{fault.given}” can't be read here: choose who said it from the list."
    if fault.code == "wrong-value":
        return f"“{fault.given}” can't be read here: enter {_allowed(fact)}, or leave it blank."
    return fault.message


def _allowed(fact: Fact) -> str:
    """The answers that a question takes, as the form names them."""
    return fact.allowed() if fact.is_integer else "one of: " + " / ".join(term.label for term in fact.labels.values())
