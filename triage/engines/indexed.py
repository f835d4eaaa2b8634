"""The indexed evaluator: it gives what the reference gives, fast enough to check the live engine on every referral.

Every distinct condition of the rules has a bit. The conditions that an answer makes true and false are cached by fact
and value as two bit masks. A conjunction is the mask of its conditions, compared with the masks of the referral.
The tests compare it with the reference. It shares no code with the live engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.engines.evaluation import Evaluation
from triage.model.rule import Answers, Condition, Conjunction, Rule, Truth, Value, satisfies
from triage.model.ruleset import RuleSet

MOST_REMEMBERED = 10_000
"""The size at which the cache of an evaluator is emptied, in pairs of a fact and a value."""


@dataclass(frozen=True, slots=True)
class _Indexed:
    """A rule as bit masks of conditions: one for each alternative of ``when``, one for all of ``unless``."""

    id: str
    when: tuple[int, ...]
    unless: int

    def truth(self, true: int, false: int) -> Truth:
        """Whether the rule fires, given the masks of the conditions known to be true and known to be false."""
        if self.unless & true:
            return False
        fires: Truth = False
        for conjunction in self.when:
            if conjunction & true == conjunction:
                fires = True
                break
            if not conjunction & false:
                fires = None
        if fires and self.unless & ~false:
            return None
        return fires


class IndexedEvaluator:
    """Evaluates the active rules of one rule set. It may be used from several threads at once."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self._bits: dict[Condition, int] = {}
        self._conditions: dict[str, list[Condition]] = {}
        self._deriving = tuple((self._indexed(rule), rule.derives) for rule in ruleset.deriving if rule.derives)
        self._concluding = tuple(map(self._indexed, ruleset.concluding))
        self._of_fact = {name: self._mask(conditions) for name, conditions in self._conditions.items()}
        self._known: dict[tuple[str, Value], tuple[int, int]] = {}
        self._derived = frozenset(effect.fact for _, effect in self._deriving)
        self._read_by_deriving = frozenset(name for rule in ruleset.deriving for name in rule.facts)
        self._reading: dict[str, list[_Indexed]] = {}
        for rule, indexed in zip(ruleset.concluding, self._concluding, strict=True):
            for name in rule.facts:
                self._reading.setdefault(name, []).append(indexed)

    def evaluate(self, given: Answers) -> Evaluation:
        """Evaluate every active rule on the answers given; the result equals that of the reference."""
        vocabulary = self.ruleset.vocabulary
        truths, derived = self._derive(given)
        answers = {**given, **derived} if derived else given
        asked = vocabulary.asked_all(answers)
        true, false = self._conditions_of(answers, asked)
        for rule in self._concluding:
            truths[rule.id] = rule.truth(true, false)
        return Evaluation(truths, derived, answers, asked)

    def _derive(self, given: Answers) -> tuple[dict[str, Truth], dict[str, Value]]:
        """The truths of the rules that derive, and what they derive."""
        true, false = self._conditions_of(given, self.ruleset.vocabulary.asked_all(given))
        truths = {rule.id: effect.fact not in given and rule.truth(true, false) for rule, effect in self._deriving}
        derived: dict[str, Value] = {effect.fact: effect.value for rule, effect in self._deriving if truths[rule.id]}
        return truths, derived

    def fired_with(self, known: Evaluation, given: Answers, name: str, value: Value) -> tuple[frozenset[str], Answers]:
        """The ids of the rules that fire on the answers given and one more, and these answers with what is derived.

        ``known`` is the evaluation of the answers given. Only the rules that the one more answer can change are looked
        at again: those that read its fact, or one that is asked by it.
        """
        vocabulary = self.ruleset.vocabulary
        more = {**given, name: value}
        asked = vocabulary.asked_all(more)
        truths: dict[str, Truth] = {}
        derived = known.derived
        if name in self._derived or not self._read_by_deriving.isdisjoint(self._changed(name, known.asked, asked)):
            truths, derived = self._derive(more)
        answers = {**more, **derived} if derived else more
        asked = vocabulary.asked_all(answers)
        true, false = self._conditions_of(answers, asked)
        changed = self._changed(name, known.asked, asked)
        changed |= {name for name in self._derived if derived.get(name) != known.derived.get(name)}
        rules = {rule.id: rule for name in changed for rule in self._reading.get(name, ())}
        truths |= {id_: rule.truth(true, false) for id_, rule in rules.items()}
        return (known.fired - truths.keys()).union(id_ for id_, truth in truths.items() if truth), answers

    def _changed(self, name: str, before: Mapping[str, Truth], asked: Mapping[str, Truth]) -> set[str]:
        """The fact that is answered, and those that are asked now and were not, or the other way round."""
        return {name, *(other for other, truth in asked.items() if truth is not before[other])}

    def _conditions_of(self, answers: Answers, asked: Mapping[str, Truth]) -> tuple[int, int]:
        """The masks of the conditions that are true and of those that are false."""
        true = false = 0
        for name, truth in asked.items():
            if truth is False:
                false |= self._of_fact.get(name, 0)
        for name, value in answers.items():
            satisfied, failed = self._known.get((name, value)) or self._answered(name, value)
            false |= failed
            if asked.get(name, True):
                true |= satisfied
        return true, false

    def _answered(self, name: str, value: Value) -> tuple[int, int]:
        """The masks of the conditions on a fact that this answer makes true, and of those that it makes false."""
        conditions = self._conditions.get(name, ())
        truths = {condition: satisfies(condition, value) for condition in conditions}
        masks = (
            self._mask(condition for condition, truth in truths.items() if truth),
            self._mask(condition for condition, truth in truths.items() if truth is False),
        )
        if len(self._known) > MOST_REMEMBERED:
            self._known.clear()
        self._known[name, value] = masks
        return masks

    def _indexed(self, rule: Rule) -> _Indexed:
        return _Indexed(rule.id, tuple(map(self._conjunction, rule.when)), self._conjunction(rule.unless))

    def _conjunction(self, conjunction: Conjunction) -> int:
        for condition in conjunction:
            if condition not in self._bits:
                self._bits[condition] = 1 << len(self._bits)
                self._conditions.setdefault(condition.fact, []).append(condition)
        return self._mask(conjunction)

    def _mask(self, conditions: Iterable[Condition]) -> int:
        mask = 0
        for condition in conditions:
            mask |= self._bits[condition]
        return mask
