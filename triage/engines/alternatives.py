"""Which rules fire and which are open, by bit masks of alternatives.

An alternative is one conjunction of a rule's ``when`` together with the rule's ``unless``: the rule fires where one of
its alternatives holds, and is open where none holds and one is open. Each alternative has a bit. Each answer to a fact
keeps some alternatives from holding and rules some of them out; both masks are cached by fact and answer. Those of all
facts together say what becomes of every alternative.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from triage.model.rule import Answers, Condition, Rule, Truth, Value
from triage.model.truth import all_of, satisfies
from triage.model.vocabulary import Vocabulary

MOST_REMEMBERED = 1_000
"""The number of different answers to one fact at which those that are cached are dropped."""

_Answered = tuple[Value | None, Truth]
"""The answer to a fact (None: there is none), and whether the fact is asked."""


class _OfFact(dict[_Answered, int]):
    """What each answer to one fact means for the alternatives that read it, as one number of two masks.

    The lower mask has the alternatives that the answer keeps from holding, the upper one those that it rules out. It
    begins at the bit ``width``.
    """

    def __init__(self, width: int) -> None:
        self._width = width
        self._needs_true: dict[Condition, int] = {}
        self._needs_false: dict[Condition, int] = {}

    def add(self, condition: Condition, bit: int, *, stops: bool) -> None:
        """Add an alternative with this bit, which needs the condition to be true or, if it ``stops``, to be false."""
        needing = self._needs_false if stops else self._needs_true
        needing[condition] = needing.get(condition, 0) | bit

    def __missing__(self, answered: _Answered) -> int:
        value, asked = answered
        kept = ruled_out = 0
        for needing, wanted in ((self._needs_true, True), (self._needs_false, False)):
            for condition, alternatives in needing.items():
                truth = all_of((asked, None if value is None else satisfies(condition, value)))
                if truth is not wanted:
                    kept |= alternatives
                    ruled_out |= 0 if truth is None else alternatives
        if len(self) > MOST_REMEMBERED:
            self.clear()
        masks = self[answered] = kept | ruled_out << self._width
        return masks


class Alternatives:
    """The alternatives of some rules. It may be used from several threads at once."""

    def __init__(self, rules: Iterable[Rule], vocabulary: Vocabulary) -> None:
        alternatives = [(rule, index) for rule in rules for index in range(len(rule.when))]
        self._alternatives = [(rule.id, index) for rule, index in alternatives]
        self._every = (1 << len(alternatives)) - 1
        self._of_fact: dict[str, _OfFact] = {}
        for place, (rule, index) in enumerate(alternatives):
            for condition in rule.when[index]:
                self._of(condition.fact).add(condition, 1 << place, stops=False)
            for condition in rule.unless:
                self._of(condition.fact).add(condition, 1 << place, stops=True)
        gated = {fact.name for fact in vocabulary.gated}
        self._always_asked = [(name, of_fact) for name, of_fact in self._of_fact.items() if name not in gated]
        self._gated = [(name, of_fact) for name, of_fact in self._of_fact.items() if name in gated]

    def _of(self, fact: str) -> _OfFact:
        return self._of_fact.setdefault(fact, _OfFact(len(self._alternatives)))

    def held_and_open(self, answers: Answers, asked: Mapping[str, Truth]) -> tuple[dict[str, int], set[str]]:
        """The index of the first alternative that holds, by id of each rule that fires; and the ids of open rules.

        ``asked`` is what ``Vocabulary.asked_all`` gives for these answers.
        """
        masks = 0
        for name, of_fact in self._always_asked:
            masks |= of_fact[answers.get(name), True]
        for name, of_fact in self._gated:
            masks |= of_fact[answers.get(name), asked[name]]
        kept, ruled_out = masks & self._every, masks >> len(self._alternatives)
        held: dict[str, int] = {}
        for place in _places(kept ^ self._every):
            id_, index = self._alternatives[place]
            held.setdefault(id_, index)
        return held, {self._alternatives[place][0] for place in _places(kept ^ ruled_out)} - held.keys()


def _places(mask: int) -> Iterator[int]:
    """The places of the bits that are set, the lowest first."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
