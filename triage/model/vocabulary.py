"""The vocabulary: every fact, when it is asked, when it is core, and which answers contradict each other.

The referral model, the API schema, the form, the engines and the proofs are all made from a :class:`Vocabulary`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from triage.model.fact import Fact
from triage.model.rule import UNKNOWN, Answers, Condition, Conjunction, Truth, Value
from triage.model.truth import all_hold, all_of, any_holds, holds, is_open

MOST_REMEMBERED = 10_000
"""The size at which the cache of ``Vocabulary.asked_all`` is emptied, in combinations of answers."""


@dataclass(frozen=True, slots=True)
class AtMost:
    """A constraint between two numbers: ``lower`` <= ``upper`` + ``plus``."""

    id: str
    message: str
    lower: str
    upper: str
    plus: int

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the constraint is about."""
        return (self.lower, self.upper)

    def broken_by(self, answers: Answers) -> bool:
        """Whether the answers break the constraint."""
        lower, upper = answers.get(self.lower), answers.get(self.upper)
        return isinstance(lower, int) and isinstance(upper, int) and lower > upper + self.plus


@dataclass(frozen=True, slots=True)
class Never:
    """A constraint: the conditions never all hold or, with ``given``, never while that fact has an answer."""

    id: str
    message: str
    never: Conjunction
    given: str | None = None

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts that the constraint is about."""
        named = dict.fromkeys(condition.fact for condition in self.never)
        return (self.given, *named) if self.given else tuple(named)

    def broken_by(self, answers: Answers) -> bool:
        """Whether the answers break the constraint."""
        if self.given is not None and self.given not in answers:
            return False
        return all_hold(self.never, answers) is True


Constraint = AtMost | Never


@dataclass(frozen=True, slots=True)
class Group:
    """A section of the form."""

    id: str
    title: str
    help: str = ""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A kind of person who may have given an answer; ``why`` explains why their reassurance does not count."""

    id: str
    label: str
    counts: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Clouded:
    """A state in which no reassuring answer counts, whoever gave it, and the sentence that says why."""

    when: Conjunction
    why: str


@dataclass(frozen=True, slots=True)
class Lead:
    """The targets that a leading problem is about, and what leads where no rule supports any of them.

    With ``also_remitted`` it is also about every condition answered as remitted. Where none of its targets is
    supported, all supported targets lead (``otherwise``); with "all_lead_capped" none is rated above ``Scales.cap``.
    """

    targets: tuple[str, ...] = ()
    also_remitted: bool = False
    otherwise: Literal["all_lead", "all_lead_capped"] = "all_lead"


@dataclass(frozen=True, slots=True)
class _Gates:
    """Whether each gated fact is asked, and the facts that are or may be asked, the ungated ones included."""

    asked: Mapping[str, Truth]
    may_be_asked: frozenset[str]


@dataclass(frozen=True)
class Vocabulary:
    """All facts by name in the order of the file, their groups and the constraints between them.

    ``leads`` says for each value of the ``leading_fact`` what that problem is about. ``not_a_condition_beside`` names
    conditions that do not keep the supports of a life problem from counting. ``outside`` names facts whose answer "yes"
    describes something that the rules do not know.
    """

    facts: Mapping[str, Fact]
    groups: tuple[Group, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    speakers: tuple[Speaker, ...] = ()
    clouded_while: tuple[Clouded, ...] = ()
    leading_fact: str | None = None
    leads: Mapping[str, Lead] = field(default_factory=dict)
    not_a_condition_beside: frozenset[str] = frozenset()
    outside: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Fact:
        return self.facts[name]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts.values())

    @cached_property
    def gated(self) -> tuple[Fact, ...]:
        """The facts with a gate: they are asked only while something else holds."""
        return tuple(fact for fact in self.facts.values() if fact.asked_when)

    @cached_property
    def _sets(self) -> tuple[str, ...]:
        return tuple(fact.name for fact in self if fact.is_set)

    @cached_property
    def _can_be_core(self) -> tuple[Fact, ...]:
        return tuple(fact for fact in self if fact.can_be_core)

    @property
    def deciding_conditions(self) -> Iterator[Condition]:
        """Every condition of a gate, a core rule, a floor or a constraint."""
        for fact in self:
            held_while = fact.floor.held_while if fact.floor is not None else ()
            for conjunction in (*fact.asked_when, *fact.core.when, *held_while):
                yield from conjunction
        for constraint in self.constraints:
            if isinstance(constraint, Never):
                yield from constraint.never

    @cached_property
    def conditions(self) -> tuple[str, ...]:
        """The facts of type condition, by name."""
        return tuple(fact.name for fact in self if fact.type == "condition")

    @cached_property
    def conditions_beside(self) -> tuple[str, ...]:
        """The conditions that keep the supports of a life problem from counting, by name."""
        return tuple(name for name in self.conditions if name not in self.not_a_condition_beside)

    @cached_property
    def order(self) -> Mapping[str, int]:
        """The index of each fact in the file, for sorting."""
        return {name: index for index, name in enumerate(self.facts)}

    def is_answered(self, name: str, answers: Answers) -> bool:
        """Whether the fact has an answer that is not an open set."""
        return name in answers and not is_open(answers[name])

    def asked(self, name: str, answers: Answers) -> Truth:
        """Whether the fact is asked of this referral; None where that is not yet known.

        A fact that can be core counts as asked once it has an answer other than its neutral one, so that an answer to
        another question can't hide it.
        """
        fact = self.facts[name]
        if not fact.asked_when:
            return True
        if fact.can_be_core and name in answers and answers[name] != fact.neutral:
            return True
        return any_holds(fact.asked_when, answers)

    def asked_all(self, answers: Answers) -> Mapping[str, Truth]:
        """Whether each gated fact is asked of this referral, by its name.

        The result is cached by the few answers that it depends on, since it is needed several times a referral.
        """
        return self._gates(answers).asked

    def _gates(self, answers: Answers) -> _Gates:
        key = tuple(map(answers.get, self.gating))
        gates = self._kept_gates.get(key)
        if gates is None:
            if len(self._kept_gates) > MOST_REMEMBERED:
                self._kept_gates.clear()
            asked = {fact.name: self.asked(fact.name, answers) for fact in self.gated}
            names = frozenset(name for name in self.facts if asked.get(name, True) is not False)
            gates = self._kept_gates[key] = _Gates(asked, names)
        return gates

    @cached_property
    def gating(self) -> tuple[str, ...]:
        """The facts that decide which facts are asked: those that gates read, and gated facts that can be core."""
        read = (condition.fact for fact in self.gated for when in fact.asked_when for condition in when)
        return tuple(dict.fromkeys([*read, *(fact.name for fact in self.gated if fact.can_be_core)]))

    @cached_property
    def _kept_gates(self) -> dict[tuple[Value | None, ...], _Gates]:
        return {}

    def truth(self, condition: Condition, answers: Answers, asked: Mapping[str, Truth]) -> Truth:
        """Whether a rule's condition holds: its fact is asked and its answer satisfies it.

        ``asked`` is what :meth:`asked_all` gives for these answers.
        """
        return all_of((asked.get(condition.fact, True), holds(condition, answers)))

    def core_unanswered(self, answers: Answers, still_open: frozenset[str] = frozenset()) -> tuple[str, ...]:
        """The core facts that are or may be asked and are not answered, by name.

        ``still_open`` names facts that count as unanswered although they have an answer
        (``Referral.unanswered_for_floor``).
        """
        without = self._without(answers, still_open)
        if not without:
            return ()
        return tuple([fact.name for fact in self._can_be_core if fact.name in without and self._is_core(fact, answers)])

    def _is_core(self, fact: Fact, answers: Answers) -> bool:
        """Whether the fact is core. Under "when" it is, unless all of ``when`` is known to be false."""
        match fact.core.kind:
            case "never":
                return False
            case "always":
                return True
            case "when":
                return any_holds(fact.core.when, answers) is not False
            case "given":
                return fact.core.given in answers

    def contradictions(self, answers: Answers) -> tuple[Constraint, ...]:
        """The constraints that the given answers break."""
        return tuple(constraint for constraint in self.constraints if constraint.broken_by(answers))

    def unanswered(self, answers: Answers) -> tuple[str, ...]:
        """The facts that are or may be asked and are not answered, by name."""
        return tuple(self.in_order(self._without(answers)))

    def _without(self, answers: Answers, still_open: frozenset[str] = frozenset()) -> frozenset[str]:
        """The facts that are or may be asked and are not answered, or are named by ``still_open``."""
        asked = self._gates(answers).may_be_asked
        sets = [(name, answers[name]) for name in self._sets if name in answers]
        open_sets = [name for name, members in sets if isinstance(members, frozenset) and UNKNOWN in members]
        without = asked.difference(answers)
        return without.union(asked.intersection((*open_sets, *still_open))) if open_sets or still_open else without

    def not_used(self, answers: Answers) -> tuple[str, ...]:
        """The facts whose answer has no effect because they are not asked, by name; neutral answers are left out."""
        return tuple(
            name
            for name, truth in self.asked_all(answers).items()
            if truth is False and name in answers and answers[name] != self.facts[name].neutral
        )

    def is_complete(self, answers: Answers) -> bool:
        """Whether every fact that is or may be asked is answered, no set being open."""
        return not self._without(answers)

    def in_order(self, names: Iterable[str]) -> list[str]:
        """The names of facts, sorted by their order in the vocabulary."""
        return sorted(names, key=self.order.__getitem__)
