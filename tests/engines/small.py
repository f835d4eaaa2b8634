"""Small rule sets for enumeration: a few facts of every type, gates, constraints, and rules over them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.conftest import FIXTURE_RULES
from triage.model.fact import FIXED_VALUES, Fact, FactType, Label
from triage.model.rule import (
    Answers,
    Between,
    Condition,
    Conjunction,
    Effect,
    Empty,
    Includes,
    Limits,
    OneOf,
    Rule,
    SourceRef,
    Supports,
    Urgency,
    Value,
)
from triage.model.ruleset import RuleSet
from triage.model.scales import Scales
from triage.model.vocabulary import AtMost, Constraint, Never, Vocabulary
from triage.reading.scales_file import read_scales
from triage.reading.yaml_text import read

TYPES: tuple[FactType, ...] = ("yes_no", "choice", "integer", "choices", "condition")


SCALES: Scales = read_scales(read(FIXTURE_RULES / "scales.yaml", "scales.yaml"))


def _fact(name: str, type_: FactType, asked_when: tuple[Conjunction, ...]) -> Fact:
    names = [value for value, _ in FIXED_VALUES[type_]] if type_ in FIXED_VALUES else ["none", "some", "much"]
    labels = {} if type_ == "integer" else {each: Label(each) for each in names}
    maximum = 4 if type_ == "integer" else 0
    return Fact(name, type_, "all", f"{name}?", name, labels=labels, maximum=maximum, asked_when=asked_when)


@st.composite
def conditions(draw: st.DrawFn, fact: Fact) -> Condition:
    if fact.is_integer:
        low = draw(st.integers(fact.minimum, fact.maximum))
        return Between(fact.name, low, draw(st.integers(low, fact.maximum)))
    if fact.is_set and draw(st.integers(0, 2)) == 0:
        return Empty(fact.name, draw(st.booleans()))
    some = draw(st.frozensets(st.sampled_from(fact.values), min_size=1, max_size=len(fact.values) - 1))
    return Includes(fact.name, some) if fact.is_set else OneOf(fact.name, some)


@st.composite
def conjunctions(draw: st.DrawFn, facts: list[Fact], least: int = 1, most: int = 3) -> Conjunction:
    chosen = draw(st.lists(st.sampled_from(facts), min_size=least, max_size=most))
    return tuple(draw(conditions(fact)) for fact in chosen)


@st.composite
def vocabularies(draw: st.DrawFn) -> Vocabulary:
    always = [_fact(f"f{number}", draw(st.sampled_from(TYPES)), ()) for number in range(draw(st.integers(2, 4)))]
    gated = [
        _fact(f"g{number}", draw(st.sampled_from(TYPES)), draw(st.tuples(conjunctions(always, 1, 2)) | _two(always)))
        for number in range(draw(st.integers(0, 2)))
    ]
    facts = [*always, *gated]
    constraints = draw(st.lists(_constraint(facts), max_size=2))
    return Vocabulary({fact.name: fact for fact in facts}, constraints=tuple(constraints))


def _two(facts: list[Fact]) -> st.SearchStrategy[tuple[Conjunction, ...]]:
    return st.tuples(conjunctions(facts, 1, 2), conjunctions(facts, 1, 2))


@st.composite
def _constraint(draw: st.DrawFn, facts: list[Fact]) -> Constraint:
    numbers = [fact.name for fact in facts if fact.is_integer]
    if len(numbers) > 1 and draw(st.booleans()):
        lower, upper = draw(st.permutations(numbers))[:2]
        return AtMost("at-most", "", lower, upper, draw(st.integers(-1, 3)))
    given = draw(st.none() | st.sampled_from([fact.name for fact in facts]))
    return Never("never", "", draw(conjunctions(facts, 1, 2)), given)


def _effects() -> st.SearchStrategy[Effect]:
    ratings, levels = SCALES.rating_ids, SCALES.urgency_ids
    return st.one_of(
        st.sampled_from(ratings[2:]).map(lambda rating: Supports(rating, (), "monotherapy", "low")),
        st.sampled_from((ratings[0], *ratings[2:-1])).map(lambda to: Limits(to, "low")),
        st.sampled_from(levels[1:]).map(lambda level: Urgency(level, "")),
    )


@st.composite
def rulesets(draw: st.DrawFn) -> RuleSet:
    vocabulary = draw(vocabularies())
    facts = list(vocabulary)
    rules = tuple(
        Rule(
            f"r{number:02}",
            "",
            tuple(draw(st.lists(conjunctions(facts), min_size=1, max_size=2))),
            draw(conjunctions(facts, 0, 2)),
            draw(_effects()),
            "",
            (SourceRef("s"),),
        )
        for number in range(draw(st.integers(1, 8)))
    )
    return RuleSet(vocabulary, SCALES, rules)


def answer_to(fact: Fact) -> st.SearchStrategy[Any]:
    if fact.is_integer:
        return st.integers(fact.minimum, fact.maximum)
    if fact.is_set:
        return st.frozensets(st.sampled_from(fact.values))
    return st.sampled_from(fact.values)


@st.composite
def referrals(draw: st.DrawFn, ruleset: RuleSet) -> Answers:
    """Some answers that do not contradict each other; answers to facts that are not asked may be among them."""
    facts: dict[str, Value] = {}
    for fact in ruleset.vocabulary:
        if draw(st.integers(0, 2)) == 0:
            more = {**facts, fact.name: draw(answer_to(fact))}
            facts = facts if ruleset.vocabulary.contradictions(more) else more
    return facts
