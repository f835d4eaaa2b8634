"""The reference interpreter: what a rule set means.

Plain, three-valued and slow where it likes; every other engine is held against it. A condition on an unanswered fact is
unknown, on a fact that is not asked it is false. A rule has *fired* when its ``when`` is true and every ``unless`` is
false; it is *ruled out* when its ``when`` is false or an ``unless`` is true; else it is *open*. Only fired rules count.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from triage.model.rule import Answers, Derives, Rule, Truth, Value, all_of, any_of
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import Vocabulary


@dataclass(frozen=True)
class Evaluation:
    """What came of one referral: the truth of each rule by id, and the facts that were taken to hold meanwhile.

    ``asked`` says of each detail whether it is asked, as ``Vocabulary.asked_all`` does.
    """

    truths: Mapping[str, Truth]
    derived: Mapping[str, Value]
    asked: Mapping[str, Truth]

    @cached_property
    def fired(self) -> frozenset[str]:
        """The ids of the rules that fired."""
        return frozenset(id_ for id_, truth in self.truths.items() if truth)

    @property
    def open(self) -> frozenset[str]:
        """The ids of the rules of which it is not yet known whether they fire."""
        return frozenset(id_ for id_, truth in self.truths.items() if truth is None)


def evaluate(ruleset: RuleSet, answers: Answers) -> Evaluation:
    """Evaluate every active rule on the answered facts.

    Rules that derive read the given answers only and derive only what is unanswered; all others read the answers with
    what was derived.
    """
    vocabulary = ruleset.vocabulary
    truths: dict[str, Truth] = {}
    derived: dict[str, Value] = {}
    asked = vocabulary.asked_all(answers)
    for rule in ruleset.deriving:
        assert isinstance(rule.effect, Derives)
        truth = False if rule.effect.fact in answers else rule_truth(rule, vocabulary, answers, asked)
        truths[rule.id] = truth
        if truth:
            derived[rule.effect.fact] = rule.effect.value
    if derived:
        answers = {**answers, **derived}
        asked = vocabulary.asked_all(answers)
    # The conditions of all rules are numbered once, so that each is looked at once however many rules share it.
    numbered: list[Truth] = [None] * len(ruleset.conditions)
    for name, place, conditions in ruleset.conditions_by_fact:
        is_asked, value = asked.get(name, True), answers.get(name)
        if is_asked is False:
            numbered[place] = [False] * len(conditions)
        elif value is not None:
            truths_of_fact = ruleset.truths_of(name, conditions, value)
            numbered[place] = truths_of_fact if is_asked else [None if each else False for each in truths_of_fact]
    for id_, when, unless in ruleset.numbered:
        truths[id_] = _combined(when, unless, numbered)
    return Evaluation(truths, derived, asked)


def rule_truth(rule: Rule, vocabulary: Vocabulary, answers: Answers, asked: Mapping[str, Truth]) -> Truth:
    """Say whether one rule fires: True fired, False ruled out, None open."""
    truths = {condition: vocabulary.truth(condition, answers, asked) for condition in rule.conditions}
    return _combined(rule.when, rule.unless, truths)


def _combined(when: Iterable[Iterable[Any]], unless: tuple[Any, ...], truths: Any) -> Truth:
    """Kleene's logic over the truths of conditions, each looked up by its key: any of ``when``, and no ``unless``."""
    fires: Truth = False
    for conjunction in when:
        holds: Truth = True
        for key in conjunction:
            truth = truths[key]
            if truth is False:
                holds = False
                break
            if truth is None:
                holds = None
        if holds:
            fires = True
            break
        if holds is None:
            fires = None
    if fires is False or not unless:
        return fires
    stopped = any_of(truths[key] for key in unless)
    return all_of((fires, None if stopped is None else not stopped))
