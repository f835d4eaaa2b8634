"""The rule set as one plan of columns: for every referral of a table what fires, the level and the rating so far.

A plan is a list of steps; a step computes columns from the table and from the steps before it, so that every engine for
tables can run it as a few wide selections. Its columns mean what ``engines/reference.py``, ``engines/outcome.py`` and
``answer/decide.py`` mean for one referral; the tests compare them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.model.rule import Alternative
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import AtMost, Constraint
from triage.population.counting_answers import CountedAnswers, count_answers
from triage.population.expressions import (
    Boolean,
    Column,
    Constant,
    Exceeds,
    Expression,
    Named,
    Replaced,
    all_of,
    any_of,
    not_,
    read_by,
)
from triage.population.ratings import RatingColumns, rate
from triage.population.three_valued import AnswerColumns, Truths
from triage.population.urgency import UrgencyColumns, triage_level

DOUBTED = "doubted_"
"""What the name of a column begins with that says whether a fact's answer comes from somebody who may not reassure."""


class Steps:
    """Collects named expressions, each in the first step after those that it reads."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Expression]] = []
        self._names: dict[Expression, str] = {}
        self._step_of: dict[str, int] = {}

    def name(self, expression: Expression, prefix: str) -> str:
        """The name of the expression's column. Equal expressions are one column."""
        if isinstance(expression, Named):
            return expression.name
        if expression not in self._names:
            self._names[expression] = self._add(expression, f"{prefix}_{len(self._names)}")
        return self._names[expression]

    def _add(self, expression: Expression, name: str) -> str:
        step = 1 + max((self._step_of.get(read, -1) for read in read_by(expression)), default=-1)
        while len(self.steps) <= step:
            self.steps.append({})
        self.steps[step][name] = expression
        self._step_of[name] = step
        return name


@dataclass(frozen=True)
class Plan:
    """The columns of a rule set.

    ``fired`` and ``possible`` name a boolean column for each active rule: it fires; it is not ruled out. ``broken``
    names one for each constraint between answers: such a row is refused. ``counted`` says which answers do not count,
    and ``complete`` which rows have answers to all that is asked. ``therapies`` are those that a rule offers and no
    answer rules out, where the rating is not on hold.
    """

    ruleset: RuleSet
    steps: tuple[Mapping[str, Expression], ...]
    fired: Mapping[str, str]
    possible: Mapping[str, str]
    broken: tuple[str, ...]
    counted: CountedAnswers
    complete: str
    urgency: UrgencyColumns
    rating: RatingColumns
    therapies: Mapping[str, str]


def plan_of(ruleset: RuleSet, said_by: Iterable[str] = ()) -> Plan:
    """Make the plan of a rule set, for tables that say who gave the answers to the facts named by ``said_by``."""
    steps = Steps()

    def named(expression: Boolean, prefix: str) -> str:
        return steps.name(expression, prefix)

    table = AnswerColumns(ruleset.vocabulary, steps.name)
    doubted = {name: Named(DOUBTED + name) for name in said_by}
    broken = tuple(named(_is_broken(constraint, table), "broken") for constraint in ruleset.vocabulary.constraints)
    counted = count_answers(table, doubted, steps.name)
    given = table.with_changed(counted.columns)
    deriving = {
        rule.id: _derives(given, rule.derives.fact, given.fires(rule)) for rule in ruleset.deriving if rule.derives
    }
    answers = given.with_changed(_derived(ruleset, given, deriving, steps))
    truths = {rule.id: deriving.get(rule.id) or answers.fires(rule) for rule in ruleset.rules}
    fired = {id_: named(truth.true, "fired") for id_, truth in truths.items()}
    fires = {id_: Named(name) for id_, name in fired.items()}
    urgency = triage_level(ruleset, fires, given, answers, counted.in_part, steps.name)
    return Plan(
        ruleset=ruleset,
        fired=fired,
        possible={id_: named(truth.possible, "possible") for id_, truth in truths.items()},
        broken=broken,
        counted=counted,
        complete=named(_is_complete(given), "complete"),
        urgency=urgency,
        rating=rate(ruleset, fires, answers, urgency.on_hold, steps.name),
        therapies=_therapies(ruleset, fires, answers, not_(urgency.on_hold), steps),
        steps=tuple(steps.steps),
    )


def _is_broken(constraint: Constraint, table: AnswerColumns) -> Boolean:
    """Whether the answers given break a constraint."""
    if isinstance(constraint, AtMost):
        lower, upper = table.column(constraint.lower), table.column(constraint.upper)
        both = (table.is_given(constraint.lower), table.is_given(constraint.upper))
        return all_of((*both, Exceeds(lower, upper, constraint.plus)))
    given = () if constraint.given is None else (table.is_given(constraint.given),)
    return all_of((*given, table.all_hold(constraint.never).true))


def _derives(given: AnswerColumns, fact: str, fires: Truths) -> Truths:
    """Whether a rule derives its fact: it fires, and the fact has no answer."""
    blank = not_(given.is_given(fact))
    return Truths(all_of((blank, fires.true)), all_of((blank, fires.possible)))


def _derived(
    ruleset: RuleSet, given: AnswerColumns, deriving: Mapping[str, Truths], steps: Steps
) -> Mapping[str, Column]:
    """The columns of the facts that rules derive. Rules that derive different values are refused by the checks."""
    cases: dict[str, dict[int, list[Boolean]]] = {}
    for rule in ruleset.deriving:
        assert rule.derives
        fact = rule.derives.fact
        code = given.codings[fact].code(rule.derives.value)
        fires = Named(steps.name(deriving[rule.id].true, "fired"))
        cases.setdefault(fact, {}).setdefault(code, []).append(fires)
    derived = {}
    for fact, by_code in cases.items():
        before = given.column(fact)
        replaced = Replaced(before, tuple((any_of(fires), code) for code, fires in by_code.items()))
        derived[fact] = Column(steps.name(replaced, "derived"), before.highest)
    return derived


def _is_complete(given: AnswerColumns) -> Boolean:
    """Whether every fact that is or may be asked is answered, no set being open."""
    return not_(
        any_of(
            all_of((not_(given.is_answered(fact.name)), given.asked(fact.name).possible)) for fact in given.vocabulary
        )
    )


def _therapies(
    ruleset: RuleSet, fires: Mapping[str, Boolean], answers: AnswerColumns, shown: Boolean, steps: Steps
) -> Mapping[str, str]:
    """The therapies that a rule that fired offers and no answer rules out, where the rating is shown."""
    offered = {
        therapy: any_of(
            fires[rule.id]
            for rule in ruleset.concluding
            if any(offer.therapy == therapy.id for offer in rule.of(Alternative))
        )
        for therapy in ruleset.scales.therapies
    }
    return {
        therapy.id: steps.name(all_of((shown, by, not_(answers.any_holds(therapy.not_offered_when).true))), "therapy")
        for therapy, by in offered.items()
        if not isinstance(by, Constant)
    }
