"""Draw completions with one rating at random: what differs between two of them is not common to all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from random import Random

from triage.engines import reference
from triage.engines.completions.diagram import Node
from triage.engines.completions.levels import Levels
from triage.engines.outcome import Common, standing
from triage.engines.plans import plan_for
from triage.model.fact import Fact
from triage.model.rule import Answers, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import members

NOTHING = Common()


def drawn_completions(levels: Levels, given: Answers, rating: Node, rank: int) -> Iterator[Answers]:
    """Draw completions of the answers given whose rating has this rank, endlessly.

    ``rating`` is the function of the rating, restricted by the answers given. At least one completion must have the
    rank. The same referral draws the same completions.
    """
    chance = Random(0)  # noqa: S311  # no secret; a fixed seed makes the draw reproducible
    while True:
        yield _completed(levels, given, _drawn_classes(rating, rank, chance), chance)


def _drawn_classes(node: Node, rank: int, chance: Random) -> dict[int, int]:
    """The classes of the levels on a random path to a terminal with the value ``rank``."""
    classes: dict[int, int] = {}
    while node.children:
        leading_there = [class_ for class_, child in enumerate(node.children) if child.values >> rank & 1]
        classes[node.level] = chance.choice(leading_there)
        node = node.children[classes[node.level]]
    return classes


def _completed(levels: Levels, given: Answers, classes: dict[int, int], chance: Random) -> Answers:
    """The answers given, and an answer to every other fact that is asked: of its class, or any where none is drawn.

    An open set stays until it is closed: by its members a core fact whose gate is shut counts as asked.
    """
    vocabulary = levels.vocabulary
    answers = dict(given)
    for fact in sorted(vocabulary, key=lambda fact: bool(fact.asked_when)):  # gated facts last: gates read ungated ones
        if not vocabulary.is_answered(fact.name, given) and vocabulary.asked(fact.name, answers):
            answers[fact.name] = _answer(fact, levels, given.get(fact.name), classes, chance)
    return answers


def _answer(fact: Fact, levels: Levels, given: Value | None, classes: dict[int, int], chance: Random) -> Value:
    of_fact = levels.facts.get(fact.name)
    if fact.is_set:
        known = members(given) if isinstance(given, frozenset) else frozenset[str]()
        read = zip(of_fact.of_answer, of_fact.members, strict=True) if of_fact else ()
        return known.union(member for level, member in read if classes.get(level, chance.randrange(2)))
    if of_fact is None:
        return chance.choice(fact.all_answers)
    level = of_fact.of_answer[0]
    class_ = classes[level] if level in classes else chance.randrange(len(of_fact.classes))
    return chance.choice(of_fact.classes[class_])


def common_to(ruleset: RuleSet, completions: Iterable[Answers]) -> Common:
    """What is the same in all of these completions, of which there must be at least one."""
    common: Common | None = None
    for complete in completions:
        shown = _shown(ruleset, complete)
        common = shown if common is None else _same(common, shown)
        if common == NOTHING:
            break
    return common or NOTHING


def _shown(ruleset: RuleSet, complete: Answers) -> Common:
    """Targets, role, certainty and course that an answer to a complete referral shows with its rating."""
    evaluation = reference.evaluate(ruleset, complete)
    so_far = standing(ruleset, ruleset.fired(evaluation.fired), evaluation.answers)
    targets = tuple(target.target for target in so_far.best)
    return Common(targets, so_far.role, so_far.certainty, plan_for(ruleset, targets, complete))


def _same(one: Common, other: Common) -> Common:
    return Common(
        tuple(target for target in one.targets if target in other.targets),
        one.role if one.role == other.role else None,
        one.certainty if one.certainty == other.certainty else None,
        one.plan if one.plan == other.plan else None,
    )
