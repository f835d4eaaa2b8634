"""What all proofs of one rule set share: two referrals as variables, the rules over each, and refutation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from triage.analysis.formulas import Formula
from triage.analysis.symbolic import Symbolic
from triage.analysis.variables import Variables, search_among
from triage.engines import reference
from triage.model.rule import Condition, Value
from triage.model.ruleset import RuleSet


class Refuted(Exception):
    """The property does not hold: the reason in words, and the referrals that show it."""

    def __init__(self, note: str, referrals: tuple[dict[str, Value], ...] = ()) -> None:
        self.note = note
        self.referrals = referrals
        super().__init__(note)


class Prover:
    """All that the proofs of one rule set share: two referrals as variables, and the rules over each."""

    def __init__(self, ruleset: RuleSet, timeout: float = 10.0, also_cut: Iterable[Condition] = ()) -> None:
        cuts = tuple(also_cut)
        self.ruleset = ruleset
        self.timeout = timeout
        self.one = Symbolic(ruleset, Variables(ruleset.vocabulary, [ruleset], "a ", cuts))
        self.other = Symbolic(ruleset, Variables(ruleset.vocabulary, [ruleset], "b ", cuts))
        self.single = search_among(self.one.variables, timeout=timeout)
        self.pair = search_among(self.one.variables, self.other.variables, timeout=timeout)

    def never(self, note: str, *formulas: Formula) -> None:
        """Refute with the smallest referral on which all the formulas hold, if there is one."""
        model = self.single.smallest(*formulas)
        if model is not None:
            raise Refuted(note, (self.one.replay(model),))

    def never_both(self, note: str, *formulas: Formula) -> None:
        """Refute with the smallest two referrals on which all the formulas hold, if there are any."""
        model = self.pair.smallest(*formulas)
        if model is not None:
            raise Refuted(note, (self.one.replay(model), self.other.replay(model)))

    def can(self, *formulas: Formula) -> bool:
        """Say whether some referral makes all the formulas hold."""
        return self.single.model(*formulas) is not None

    def same_but(self, *names: str) -> Formula:
        """Both referrals have the same answers, or none, to all facts but these."""
        others = [name for name in self.ruleset.vocabulary.facts if name not in names]
        return self.one.variables.same(self.other.variables, others)

    @cached_property
    def seen(self) -> Mapping[str, frozenset[str] | None]:
        """For each rule, all the rules that fire on one referral on which it fires; None where it fires on none."""
        return {id_: self._fired_with(fired) for id_, fired in self.one.fired.items()}

    def _fired_with(self, fired: Formula) -> frozenset[str] | None:
        model = self.single.model(fired)
        return None if model is None else reference.evaluate(self.ruleset, self.one.variables.read(model)).fired
