"""What would change a rating: for each other rating the fewest changed answers that give it, proved the fewest.

Only unanswered facts, open sets included, and answered ones that the vocabulary marks as changeable are varied.
Answered safety questions, scores, diagnoses and histories are fixed, so the output cannot be used to game the rating.
What a limit waits for is its ``until``.
"""

from __future__ import annotations

from typing import Any

from triage.analysis.explained import Change, Explained, OtherRating, WhyNot
from triage.analysis.formulas import (
    Formula,
    Search,
    SolverTimeout,
    at_most,
    every,
    holding,
    holds_in,
    no,
    solving,
    some,
)
from triage.analysis.shortfall import why_not
from triage.analysis.symbolic import Symbolic
from triage.analysis.variables import Variables, search_among
from triage.answer.model import RuleSetUsed
from triage.engines import reference
from triage.engines.completions.engine import Completions
from triage.engines.floors import floors
from triage.engines.outcome import outcome
from triage.model.rule import Answers, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import is_open, members
from triage.reading.referral import Referral, as_json


class _Choice:
    """One solution among many, chosen by preferences in a fixed order, so that the same question has one answer."""

    def __init__(self, search: Search, model: Any, settled: list[Formula]) -> None:
        self._search = search
        self._settled = settled
        self.model = model

    def prefers(self, formula: Formula) -> bool:
        """Require the formula from here on, if a solution is left with it, else its opposite; say which."""
        model = self.model if holds_in(self.model, formula) else self._search.model(*self._settled, formula)
        self._settled.append(no(formula) if model is None else formula)
        if model is None:
            return False
        self.model = model
        return True


class Explorer:
    """Explains the ratings that a referral did not get. Building one takes about a second: build it once."""

    def __init__(self, ruleset: RuleSet, timeout: float = 2.0) -> None:
        self.ruleset = ruleset
        self.timeout = timeout
        self._completions = Completions(ruleset)
        with solving:
            self._symbolic = Symbolic(ruleset, Variables(ruleset.vocabulary, [ruleset]))

    def explain(self, referral: Referral) -> Explained:
        """Explain every rating but the one so far: the changes that would give it, if any, and why it is not reached.

        ``proved`` is false where the solver had no time: the changes are then not given.
        """
        with solving:  # until the last formula is freed: z3's default context is not thread-safe
            return self._explain(referral)

    def _explain(self, referral: Referral) -> Explained:
        facts = referral.answers
        evaluation = reference.evaluate(self.ruleset, facts)
        so_far = outcome(self.ruleset, self.ruleset.fired(evaluation.fired), evaluation.answers)
        return Explained(
            reference=referral.reference,
            rating_so_far=so_far.rating,
            held=self._held(referral, so_far.level),
            other_ratings=tuple(
                self._other_rating(facts, rating, why) for rating, why in why_not(self.ruleset, facts).items()
            ),
            ruleset=RuleSetUsed(self.ruleset.name, self.ruleset.version, self.ruleset.digest),
        )

    def _held(self, referral: Referral, level: str) -> bool:
        """Whether the level, by rules, floors and the lowest one still possible, holds the rating back."""
        missing = self.ruleset.vocabulary.core_unanswered(referral.answers, referral.unanswered_for_floor)
        levels = {level, *(floor.level for floor in floors(self.ruleset, missing, referral.answers))}
        if not self.ruleset.vocabulary.is_complete(referral.answers):
            levels.add(self._completions.bounds(referral.answers).urgency[0])
        return not levels.isdisjoint(self.ruleset.scales.hold_at)

    def _other_rating(self, answers: Answers, rating: str, why: WhyNot) -> OtherRating:
        variables = self._symbolic.variables
        free = self._free(answers)
        fixed = {name: value for name, value in answers.items() if name not in free}
        kept = [variables.is_given(fixed), *(no(variables.given(name)) for name in self._unasked(answers, free))]
        kept += [self._allowed(answers, name) for name in free]
        changed = [self._differs(answers, name) for name in free]
        try:
            search = search_among(variables, timeout=self.timeout)
            wanted = [*kept, self._symbolic.rating_is(rating)]
            model = search.smallest(*wanted, counted=changed)
            if model is None:
                return OtherRating(rating, possible=False, proved=True, changes=(), why_not=why)
            choice = _Choice(search, model, [*wanted, at_most(holding(model, changed), changed)])
            for name, differs in zip(free, changed, strict=True):
                if choice.prefers(no(differs)):
                    continue
                self._choose_value(choice, name)
            replayed = self._symbolic.replay(choice.model)
        except SolverTimeout:
            return OtherRating(rating, possible=None, proved=False, changes=(), why_not=why)
        return OtherRating(rating, possible=True, proved=True, changes=self._changes(answers, replayed), why_not=why)

    def _free(self, answers: Answers) -> list[str]:
        """The facts that may be varied: those that are unanswered or answered in part, and the changeable ones."""
        vocabulary = self.ruleset.vocabulary
        return [fact.name for fact in vocabulary if fact.changeable or not vocabulary.is_answered(fact.name, answers)]

    def _allowed(self, answers: Answers, name: str) -> Formula:
        """What a varied fact may become: an answer, not an open set; known members stay, unless it is changeable.

        An unanswered fact may stay unanswered, and an open set as it is; an answered fact can't become unanswered.
        """
        variables, fact = self._symbolic.variables, self.ruleset.vocabulary[name]
        value = answers.get(name)
        if value is None:
            return no(variables.open(name)) if fact.is_set else every(())
        if not isinstance(value, frozenset) or not is_open(value):
            return variables.answered(name)
        kept = every(variables.values[name][member] for member in members(value) if not fact.changeable)
        return every((kept, some((variables.answered(name), variables.is_answer(name, value)))))

    def _choose_value(self, choice: _Choice, name: str) -> None:
        """Choose the answer to a fact that changes: the fewest members of a set, or the first possible value."""
        values = self._symbolic.variables.values[name].values()
        if self.ruleset.vocabulary[name].is_set:
            for member in values:
                choice.prefers(no(member))
        else:
            next(value for value in values if choice.prefers(value))

    def _unasked(self, answers: Answers, free: list[str]) -> list[str]:
        """The unanswered facts that would not be asked, as they are known not to apply."""
        vocabulary = self.ruleset.vocabulary
        fixed = {name: value for name, value in answers.items() if name not in free}
        return [name for name in free if name not in answers and vocabulary.asked(name, fixed) is False]

    def _differs(self, answers: Answers, name: str) -> Any:
        variables = self._symbolic.variables
        if name not in answers:
            return variables.given(name)
        return no(variables.is_answer(name, answers[name]))

    def _changes(self, answers: Answers, others: dict[str, Value]) -> tuple[Change, ...]:
        vocabulary = self.ruleset.vocabulary
        changes = []
        for name in vocabulary.in_order(others):
            fact = vocabulary[name]
            before, after = answers.get(name), others[name]
            if before == after or (isinstance(before, int) and self._same_stretch(name, before, after)):
                continue
            given = None if before is None else as_json(before, fact)
            changes.append(Change(name, fact.question, given, as_json(after, fact)))
        return tuple(changes)

    def _same_stretch(self, name: str, before: int, after: Value) -> bool:
        stretches = self._symbolic.variables.values[name]
        return any(low <= before <= high and isinstance(after, int) and low <= after <= high for low, high in stretches)
