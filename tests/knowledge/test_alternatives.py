"""Another therapy says why it is offered for this referral, in a sentence that no other part of the answer repeats."""

from __future__ import annotations

import pytest

from triage import assess
from triage.answer.assess import Assessor
from triage.answer.model import Answer
from triage.model.rule import Alternative, Answers
from triage.model.ruleset import RuleSet
from triage.reading.folder import read_ruleset
from triage.reading.referral import as_json
from triage.settings import PUBLISHED

OFFERING = [rule.id for rule in read_ruleset(PUBLISHED).rules if rule.of(Alternative)]
MOST_WORDS = 35
EXAMPLES = 2


def _answer(given: Answers, assessor: Assessor) -> Answer:
    vocabulary = assessor.ruleset.vocabulary
    return assess({"facts": {name: as_json(value, vocabulary[name]) for name, value in given.items()}}, assessor)


def test_every_offer_has_a_sentence_of_its_own(ruleset: RuleSet) -> None:
    offers = {(rule.place, effect) for rule in ruleset.rules for effect in rule.of(Alternative)}
    sentences = [effect.because for effect in {effect for _, effect in offers}]
    assert "" not in sentences
    assert len(set(sentences)) == len(sentences)
    assert not {rule.because for rule in ruleset.rules} & set(sentences)


@pytest.mark.parametrize("id_", OFFERING)
def test_an_answer_says_no_sentence_twice_and_each_offer_in_few_words(id_: str, assessor: Assessor) -> None:
    firing = [example.given for example in assessor.ruleset.by_id[id_].examples if example.fires]
    for given in firing[:EXAMPLES]:
        answer = _answer(given, assessor)
        whys = [offer.because for offer in answer.alternatives]
        assert len(set(whys)) == len(whys)
        assert not {reason.because for reason in answer.reasons} & set(whys)
        assert all(len(why.split()) <= MOST_WORDS for why in whys), whys


def test_an_offer_names_the_answers_that_made_it(assessor: Assessor) -> None:
    answer = _answer({"age_years": 34, "major_depression": "current", "cbt_history": "helped_then_relapsed"}, assessor)
    first, *_ = answer.alternatives
    assert first.therapy == "cbt"
    assert first.because == (
        "It helped this person once, and IPT does no better on average. "
        "Because of: major depression (current), CBT before (helped, then came back)."
    )
