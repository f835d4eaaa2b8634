"""The thirty composed actions that are likeliest: ``python -m tests.knowledge.composed`` writes them anew.

Each is of two urgency rules that fire together most often among the referrals of the alarm report, with the answers
that made them fire and every other core question answered as neutral.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

from tests.conftest import RULES
from triage.answer.assess import Assessor, build_assessor
from triage.answer.model import Answer
from triage.check.alarm import REFERRALS, SEED
from triage.check.drawn_referrals import drawn_referrals
from triage.engines.indexed import IndexedEvaluator
from triage.model.rule import Answers, Rule, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import satisfies
from triage.presenting.labels import Labels
from triage.reading.folder import read_ruleset
from triage.reading.frequencies_file import read_frequencies
from triage.reading.referral import as_json
from triage.reading.referral_reader import ReferralReader
from triage.settings import Settings

FILE = Path(__file__).parent / "composed-actions.md"
FREQUENCIES = RULES.parent / "examples" / "frequencies.yaml"
PAIRS = 30
NUMBERS = {"emergency_number": "112", "crisis_line": "116 123"}
Pair = tuple[str, str]


def likeliest(ruleset: RuleSet) -> list[tuple[Pair, int, Answers]]:
    """The pairs of urgency rules that fire together most often: how often, and the first referral on which they do."""
    engine, counts, first = IndexedEvaluator(ruleset), Counter[Pair](), dict[Pair, Answers]()
    frequencies = read_frequencies(FREQUENCIES, ruleset.vocabulary)
    for answers in drawn_referrals(ruleset.vocabulary, frequencies, REFERRALS, SEED):
        rules = ruleset.fired(engine.evaluate(answers).fired)
        urgent = [rule for rule in rules if rule.urgency and rule.urgency.level != ruleset.scales.urgency_ids[0]]
        covered = {id_ for rule in urgent if rule.urgency for id_ in rule.urgency.covers}
        for pair in combinations(sorted(rule.id for rule in urgent if rule.id not in covered), 2):
            counts[pair] += 1
            first.setdefault(pair, answers)
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [(pair, count, first[pair]) for pair, count in ranked[:PAIRS]]


def answer_to(pair: Pair, answers: Answers, assessor: Assessor) -> Answer:
    """The answer to a referral with nothing but what made the two rules fire.

    A neutral answer that contradicts these (an item of 0 beside a total that needs more) gives way to the drawn one.
    """
    ruleset = assessor.ruleset
    given: dict[str, Value] = {"age_years": 34}
    for id_ in pair:
        given |= {name: answers[name] for name in _behind(ruleset.by_id[id_], answers)}
    for _ in range(2):  # whether a fact is core may hang on the answer to one before it
        for name in ruleset.vocabulary.core_unanswered(given):
            neutral = ruleset.vocabulary[name].neutral
            assert neutral is not None, name
            contradicted = ruleset.vocabulary.contradictions({**given, name: neutral})
            given.setdefault(name, answers[name] if contradicted else neutral)
    facts = {name: as_json(value, ruleset.vocabulary[name]) for name, value in given.items()}
    return assessor.assess(ReferralReader(ruleset.vocabulary).read({"facts": facts}))


def _behind(rule: Rule, answers: Answers) -> list[str]:
    """The facts of the first alternative of the rule that holds."""
    holding = (
        conjunction
        for conjunction in rule.when
        if all(condition.fact in answers and satisfies(condition, answers[condition.fact]) for condition in conjunction)
    )
    return [condition.fact for condition in next(holding, ())]


def lines(ruleset: RuleSet) -> Iterator[str]:
    """The file's lines: for each pair its rules and answers, and the action as a coordinator reads it."""
    assessor = build_assessor(ruleset, Settings.model_validate(NUMBERS))
    labels = Labels(ruleset)
    yield "# The composed actions of the thirty likeliest pairs of urgency rules"
    yield ""
    yield f"How often both fire among the {REFERRALS} referrals of the alarm report stands beside each."
    for number, (pair, count, answers) in enumerate(likeliest(ruleset), 1):
        urgency = answer_to(pair, answers, assessor).urgency
        action = urgency.action
        shown = (action.first, *action.do, *action.ask, *action.never, *action.also)
        titles = " · ".join(ruleset.by_id[id_].title for id_ in pair)
        yield ""
        yield f"## {number}. {titles} ({count})"
        words = sum(len(text.split()) for text in shown)
        yield f"{labels.term(urgency.level)}, {words} words"
        yield ""
        yield f"**{action.first}**"
        yield from (f"- {text}" for text in action.do)
        yield from (f"- Ask: {text}" for text in action.ask)
        yield from (f"- {text}" for text in action.never)
        yield from (f"- {text}" for text in action.also)


def text_of(ruleset: RuleSet) -> str:
    """The whole file."""
    return "\n".join(lines(ruleset)) + "\n"


if __name__ == "__main__":
    FILE.write_text(text_of(read_ruleset(RULES)), encoding="utf-8")
