"""The result of evaluating all rules on one referral."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from triage.model.rule import Answers, Truth, Value


class Evaluation(Struct, frozen=True):
    """What all active rules come to on one referral.

    ``fired`` are the ids of the rules that fired, ``open`` those of the rules of which it is not yet known whether they
    fire; all others are ruled out. ``held`` has the index of the first alternative of ``when`` that holds, by the id of
    each rule that fired. ``derived`` are the values that rules derived, by fact. ``answers`` are the answers given
    together with these. ``asked`` says whether each gated fact is asked, as ``Vocabulary.asked_all`` gives it.
    """

    fired: frozenset[str]
    open: frozenset[str]
    held: Mapping[str, int]
    derived: Mapping[str, Value]
    answers: Answers
    asked: Mapping[str, Truth]
