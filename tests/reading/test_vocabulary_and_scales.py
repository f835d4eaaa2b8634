"""Faults of the vocabulary and of the scales, each told whole: place, sentence, fix."""

from __future__ import annotations

import pytest

from tests.conftest import FIXTURE_RULES
from triage.model.faults import FaultyRuleSet
from triage.model.scales import Scales
from triage.model.vocabulary import Vocabulary
from triage.reading.scales_file import read_scales
from triage.reading.vocabulary_file import compare_with_scales, read_vocabulary
from triage.reading.yaml_text import parse

VOCABULARY = (FIXTURE_RULES / "vocabulary.yaml").read_text(encoding="utf-8")
SCALES = (FIXTURE_RULES / "scales.yaml").read_text(encoding="utf-8")


def _read(vocabulary: str = VOCABULARY, scales: str = SCALES) -> tuple[Vocabulary, Scales]:
    document = parse(vocabulary, "vocabulary.yaml")
    facts = read_vocabulary(document)
    read = read_scales(parse(scales, "scales.yaml"), facts.facts)
    faults = compare_with_scales(document, facts, read)
    if faults:
        raise FaultyRuleSet(faults)
    return facts, read


def _faults(text: str, old: str, new: str, name: str) -> list[str]:
    assert old in text
    changed = text.replace(old, new, 1)
    with pytest.raises(FaultyRuleSet) as refused:
        _read(changed) if name == "vocabulary.yaml" else _read(scales=changed)
    line = changed[: text.index(old)].count("\n") + 1
    return [str(fault).replace(f"{name}:{line}:", "HERE:") for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{id: owner, label: The owner, counts: true}", "{id: owner, label: The owner, counts: false, why: so}",
         "HERE:5: The first under `said_by` is who is meant where nothing is said, so it must count. "
         "Put `person` first. [structure]"),
        ("counts: false, why: said by a neighbour", "counts: false",
         "HERE:5: `neighbour` does not count and says no `why`. Add the words that an answer gives. [structure]"),
        ("leading_fact: main_wish", "leading_fact: main_wsh",
         "HERE:1: `main_wsh` is not a fact. Did you mean `main_wish`? [unknown-fact]"),
        ("not_a_condition_beside: [canker]", "not_a_condition_beside: [lean]",
         "HERE:26: `lean` is not a condition. [structure]"),
        ("clouded_while:\n  - {when: {hazards", "clouded_while:\n  - {when: {propped",
         "vocabulary.yaml:6:23: `includes` is not a test for `propped`. Known: `at_least`, `at_most`. [condition]"),
        ("reassuring: {in_part: [slight]}", "reassuring: {in_part: [slihgt]}",
         "HERE:18: `slihgt` is not a value of `lean`. Did you mean `slight`? [unknown-value]"),
        ("reassuring: {but: [clouded]}", "reassuring: {but: [cloudy]}",
         "HERE:24: `cloudy` is not one of the values that belong here. "
         "Did you mean `clouded`? Allowed: said_by, clouded. [structure]"),
        ("    neutral: none\n    core_safety: {when", "    neutral: nobody\n    core_safety: {when",
         "HERE:5: `nobody` is not an answer to `nestlings`, so it can't be its neutral one. "
         "Give one of none, disturbed, in_danger. [unknown-value]"),
        ("floor: {level: very_urgent", "floor: {level: very_urgnt",
         "HERE:5: `very_urgnt` is not an urgency. Did you mean `very_urgent`? [unknown-value]"),
        ("core_safety: {when: {nesting: [breeding, fledged]}}", "core_safety: {when: {propped: yes}}",
         "HERE:19: `propped` is only sometimes asked itself, so nothing can hang on it. "
         "Refer to a fact that is always asked. [structure]"),
        ("core_safety: {when: {nesting: [breeding, fledged]}}", "core_safety: {when: {nesting: none}, given: lean}",
         "HERE:5: `nestlings` is core `when` something is so, or once a fact is `given`. "
         "Write one of the two. [structure]"),
        ("targets: [blight, mildew]", "targets: [blihgt, mildew]",
         "HERE:39: `blihgt` is no target: neither a condition nor one of the `targets` of scales.yaml. "
         "Did you mean `blight`? [unknown-value]"),
        ("aphids: {label: Aphids}", "aphids: {label: Aphids, targets: [blight]}",
         "HERE:7: Only the values of the `leading_fact` say what they are about, and `pests` is not it. "
         "Leave the targets out. [structure]"),
        ("question: Are there old wounds?}",
         "question: Are there old wounds?, floor: {level: urgent, while: {lean: none}}}",
         "HERE:103: `old_wounds` is never core, so it sets no floor. Leave `floor` out. [structure]"),
        ("question: Are there old wounds?}", "question: Are there old wounds?, reassuring: {values: [yes]}}",
         "HERE:103: `old_wounds` is never core, so no answer to it is reassuring. Leave `reassuring` out. [structure]"),
    ],
)  # fmt: skip
def test_a_fault_of_the_vocabulary(old: str, new: str, message: str) -> None:
    assert message in _faults(VOCABULARY, old, new, "vocabulary.yaml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("danger: birds, action", "danger: brids, action",
         "HERE:15: `brids` is not a danger. Did you mean `birds`? [scales]"),
        ("focus: crowding}", "focus: crowdng}",
         "HERE:57: `crowdng` is not a problem area. Did you mean `crowding`? [scales]"),
        ("not_beside: rope", "not_beside: rop",
         "HERE:53: `rop` is not another additive line. Did you mean `rope`? [scales]"),
        ("Bring a rope.", "Bring a rope that is long and new.",
         "HERE:5: The additive line `rope` has 8 words. At most 6. [scales]"),
        ("{first: Ask the open questions on danger today.}",
         "{first: Ask the open questions on danger today., also: [rop]}",
         "HERE:94: `rop` is not an additive line. Did you mean `rope`? [scales]"),
        ("{sprayed: no_effect}", "{sprayed: no_effct}",
         "HERE:50: `no_effct` is not a value of `sprayed`. Did you mean `no_effect`? [unknown-value]"),
        ("value: suitable, title", "value: suitabel, title",
         "HERE:51: The value of `not-the-leading-problem` is not a rating. Did you mean `suitable`? [scales]"),
        ("urgency_order: [falling-now, falling,", "urgency_order: [falling, falling,",
         "HERE:1: `urgency_order` has an id twice. Keep one. [scales]"),
        ("id: condition-beside-a-life-problem", "id: condition-beside",
         "scales.yaml:60:1: `built_in_reasons` lacks `condition-beside-a-life-problem`. "
         "Did you mean `condition-beside`? [scales]"),
        ("floors:\n  general: {", "floors:\n  generl: {", "vocabulary.yaml:1:1: The general floor has no action. "
         "Add it to `floors`. [structure]"),
        ("  nestlings: {danger", "  nestling: {danger",
         "vocabulary.yaml:75:5: The floor of `nestlings` has no action. "
         "Add it to `floors` in scales.yaml. [structure]"),
    ],
)  # fmt: skip
def test_a_fault_of_the_scales(old: str, new: str, message: str) -> None:
    assert message in _faults(SCALES, old, new, "scales.yaml")


def test_nine_additive_lines_are_too_many() -> None:
    many = "lines:\n" + "".join(f"  - {{id: l{n}, kind: also, text: Do it.}}\n" for n in range(7))
    assert "HERE:1: There are 10 additive lines. At most 8: they are never cut. [scales]" in _faults(
        SCALES, "lines:\n", many, "scales.yaml"
    )


def test_what_is_sound_is_read() -> None:
    vocabulary, scales = _read()
    assert vocabulary.leads["nothing"].also_remitted
    assert "felling" not in vocabulary.leads, "about nothing, so all lead"
    assert scales.cap == "suitable"
    assert scales.life_problems == {"crowding", "exposure"}
