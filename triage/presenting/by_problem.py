"""The rules by problem, in the order in which a clinician reads and signs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from triage.model.property import Property
from triage.model.rule import Alternative, EffectName, Rule, Supports, effect_name
from triage.model.ruleset import RuleSet
from triage.presenting.as_data import describe_rule, describe_source, folder_of
from triage.presenting.descriptions import RuleDescription, SourceDescription
from triage.presenting.hazard_log import NAMED_RULE, Proved, result_in_words
from triage.presenting.labels import Labels

SECTIONS: dict[EffectName, str] = {
    "urgency": "What is urgent",
    "supports": "What speaks for IPT",
    "limits": "What holds the rating back",
    "alternative": "What else is offered",
    "focus": "Problem areas",
    "format": "In which form",
    "advice": "What is said beside the rating",
    "derives": "What a score opens",
}
"""The sections of a problem's page, by the first effect of a rule, in the order of reading."""


@dataclass(frozen=True)
class Problem:
    """A problem (a folder of the rule set) and its rules."""

    id: str
    title: str
    rules: tuple[Rule, ...]

    @property
    def signed(self) -> int:
        """How many of its rules a clinician has signed."""
        return sum(rule.reviewed_by is not None for rule in self.rules)


@dataclass(frozen=True)
class Section:
    """The rules of a problem that do the same."""

    id: str
    title: str
    rules: tuple[RuleDescription, ...]


@dataclass(frozen=True)
class Offer:
    """Where a rule offers a therapy: first or beside IPT, for what, and why."""

    offered: str
    about: str
    because: str
    rule: Rule


@dataclass(frozen=True)
class CitedHere:
    """A source, and the rules of the problem that cite it."""

    source: SourceDescription
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class ProofHere:
    """A property that concerns the problem, and its last result in words."""

    id: str
    sentence: str
    result: str


def title_of(problem: str) -> str:
    """The title of a problem, which is its folder's name in words."""
    return problem.replace("-", " ").capitalize()


def problems(ruleset: RuleSet) -> tuple[Problem, ...]:
    """The problems of a rule set by title, each with all its rules, also those that do not run."""
    by_folder: dict[str, list[Rule]] = {}
    for rule in ruleset.all_rules:
        by_folder.setdefault(folder_of(rule), []).append(rule)
    return tuple(Problem(id_, title_of(id_), tuple(rules)) for id_, rules in sorted(by_folder.items()))


def sections(problem: Problem, ruleset: RuleSet) -> tuple[Section, ...]:
    """The rules of a problem by what they do, urgencies by level, the highest first."""
    by_section: dict[tuple[EffectName, str], list[Rule]] = {}
    for rule in problem.rules:
        level = rule.urgency.level if rule.urgency else ""
        by_section.setdefault((effect_name(rule.effects[0]), level), []).append(rule)
    levels = ["", *(term.id for term in ruleset.scales.urgencies)]
    order = list(SECTIONS)
    in_order = sorted(by_section, key=lambda key: (order.index(key[0]), -levels.index(key[1])))
    return tuple(_section(key, by_section[key], ruleset) for key in in_order)


def _section(key: tuple[EffectName, str], rules: Iterable[Rule], ruleset: RuleSet) -> Section:
    effect, level = key
    id_ = f"{effect}-{level}".rstrip("-")
    title = f"{SECTIONS[effect]}: {Labels(ruleset).term(level)}" if level else SECTIONS[effect]
    return Section(id_, title, tuple(describe_rule(rule, ruleset) for rule in rules))


def offers(problem: Problem, ruleset: RuleSet) -> dict[str, list[Offer]]:
    """What the rules of a problem offer first or beside IPT, by therapy."""
    labels = Labels(ruleset)
    by_therapy: dict[str, list[Offer]] = {}
    for rule in problem.rules:
        for offered in rule.of(Alternative):
            when = "first" if offered.offer == "first" else "as well"
            about = labels.purpose(offered.targets)
            offer = Offer(when, about, offered.because or rule.because, rule)
            by_therapy.setdefault(labels.term(offered.therapy), []).append(offer)
    return by_therapy


def sources(problem: Problem, ruleset: RuleSet) -> Iterator[CitedHere]:
    """The sources that the rules of a problem cite, those that nobody has seen first."""
    citing: dict[str, list[Rule]] = {}
    for rule in problem.rules:
        for id_ in dict.fromkeys(ref.id for ref in rule.sources):
            citing.setdefault(id_, []).append(rule)
    described = [describe_source(source, ruleset) for source in ruleset.sources.values() if source.id in citing]
    for source in sorted(described, key=lambda source: source.verified):
        yield CitedHere(source, tuple(citing[source.id]))


def proofs(
    problem: Problem, properties: Iterable[Property], ruleset: RuleSet, proved: Proved, *, under_way: bool
) -> Iterator[ProofHere]:
    """The properties that concern a problem, each with its last result.

    A property concerns it where a rule of the problem was the fault by which the property was seen to fail, or where
    the property is about a condition that the problem's rules support.
    """
    rules = {rule.id for rule in problem.rules}
    conditions = {target for rule in problem.rules for support in rule.of(Supports) for target in support.targets}
    for property_ in properties:
        named = {*NAMED_RULE.findall(ruleset.planted.get(property_.id, "")), *property_.never_fires}
        about = {condition.fact for condition in property_.conditions} | set(property_.targets)
        if rules & named or conditions & about:
            result = result_in_words(property_.id, proved, under_way=under_way)
            yield ProofHere(property_.id, property_.sentence, result)
