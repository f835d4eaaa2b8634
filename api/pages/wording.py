"""An answer in the words of a page: labels, titles, tags, sources, and what open questions could do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from triage.answer.model import Answer, Citation, Reason, UnansweredQuestion, UrgencyPart
from triage.model.rule import Limits
from triage.model.ruleset import RuleSet
from triage.model.scales import CORE_UNANSWERED
from triage.presenting.labels import Labels
from triage.presenting.urgency import urgency_title
from triage.reading.referral import Referral


class Wording:
    """The labels of one rule set."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.labels = Labels(ruleset)

    def label(self, id_: str) -> str:
        """How a value of a scale, a therapy or a condition is called."""
        return self.labels.term(id_)

    def urgency_title(self, urgency: UrgencyPart) -> str:
        """The level, or that it is not sorted yet."""
        return urgency_title(urgency, self.labels)

    def queue(self, urgency: UrgencyPart) -> str:
        """The queue of the worklist that it stands in, which also gives it its looks."""
        return NOT_SORTED if urgency.not_sorted and not urgency.is_emergency else urgency.level

    def urgency_in_short(self, urgency: UrgencyPart) -> str:
        """The level in few words, for the bar of a narrow window."""
        if self.queue(urgency) == NOT_SORTED and urgency.missing:
            return f"Not sorted yet: {len(urgency.missing)} safety questions open"
        return "Not sorted yet" if self.queue(urgency) == NOT_SORTED else f"Urgency: {self.label(urgency.level)}"

    def anchor(self, name: str) -> str:
        """Where a question, or the reference, stands in the form."""
        return f"#q-{name}" if name in self.ruleset.vocabulary.facts else "#reference"

    def field(self, name: str) -> str:
        """How a question, or the reference, is called."""
        facts = self.ruleset.vocabulary.facts
        return facts[name].title if name in facts else "Reference"

    def pointer(self, pointer: str) -> str:
        """What a JSON pointer of a referral is about: a question, or the reference."""
        return self.field(pointer.rpartition("/")[2])

    def tag(self, reason: Reason, answer: Answer) -> str:
        """What a reason comes to, without contradicting the headline: a limit is "at most", and names what it binds.

        A support has no value of its own to show: what it speaks for may be held lower. An open safety question sets
        no level.
        """
        if reason.value is None or reason.rule == CORE_UNANSWERED:
            return ""
        if reason.effect == "urgency":
            own = self.ruleset.scales.urgency_rank(reason.value)
            reported = self.ruleset.scales.urgency_rank(answer.urgency.level)
            return self.label(reason.value) if own == reported else f"At least {self.label(reason.value)}"
        if reason.effect == "limits" and not answer.on_hold:
            return f"At most {self.label(reason.value)}{self._bound(reason.rule)}"
        return ""

    def _bound(self, rule: str) -> str:
        """What a limit binds, where that is not everything."""
        known = self.ruleset.by_id.get(rule)
        limits = [effect for effect in known.effects if isinstance(effect, Limits)] if known else []
        targets = [target for limit in limits for target in limit.targets]
        return f" for {self.labels.all_of(targets)}" if targets else ""

    def quoted(self, facts: Mapping[str, Any], referral: Referral) -> list[tuple[str, str, str, str]]:
        """Answers in words: the question's name, the answer, the words of the letter, and who said it."""
        speakers = {speaker.id: speaker.label for speaker in self.ruleset.vocabulary.speakers}
        return [
            (
                self.labels.term(name),
                self.labels.answer(name, value),
                referral.quotes.get(name, ""),
                speakers.get(referral.said_by.get(name, ""), ""),
            )
            for name, value in facts.items()
        ]

    def title(self, rule: str) -> str:
        """The title of a rule, or of what is built in."""
        known = self.ruleset.by_id.get(rule) or self.ruleset.scales.built_in.get(rule)
        return known.title if known else rule

    def answers(self, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Answers in words, each with the name of its question."""
        return [(self.labels.fact(name), self.labels.answer(name, value)) for name, value in facts.items()]

    def consequences(self, question: UnansweredQuestion, answer: Answer) -> list[str]:
        """What single answers to an open question would settle: at most three, those that change most first."""
        ranked = []
        for outcome in question.would:
            changes = []
            if "urgency" in question.can_change and outcome.urgency[0] != answer.urgency.could_become[0]:
                changes.append(f"at least {self.labels.term_in_sentence(outcome.urgency[0])}")
            ratings, now = outcome.suitability, answer.suitability.could_become
            if not answer.on_hold and "suitability" in question.can_change and ratings != now:
                changes.append(self._narrowed(ratings, now))
            if changes:
                rank = self.ruleset.scales.urgency_rank(outcome.urgency[0])
                given = self.labels.answer(question.fact, outcome.answer)
                ranked.append((-rank, len(ratings), f"“{given}”: {', '.join(changes)}"))
        return [text for _, _, text in sorted(ranked)[:3]]

    def _narrowed(self, ratings: Sequence[str], now: Sequence[str]) -> str:
        if len(ratings) == 1:
            return self.labels.term_in_sentence(ratings[0])
        if ratings[-1] != now[-1]:
            return f"at most {self.labels.term_in_sentence(ratings[-1])}"
        if ratings[0] != now[0]:
            return f"at least {self.labels.term_in_sentence(ratings[0])}"
        return "not " + " or ".join(self.labels.term_in_sentence(rating) for rating in now if rating not in ratings)

    def cited(self, source: Citation) -> dict[str, Any]:
        """A source as a page shows it."""
        known = self.ruleset.sources[source.id]
        claim = source.claim
        return {
            "id": known.id,
            "short": f"service page, {claim}" if claim else known.id,
            "said": known.claims.get(claim, "") if claim else source.finding or "",
            "citation": known.citation,
            "verified": known.verified,
            "proposal": known.kind == "proposal",
        }

    def rating_words(self, answer: Answer) -> str:
        """The rating as it may be shown: its range only, its range and "so far", or settled; held ratings never."""
        rating = answer.suitability
        if rating.settled:
            return self.label(rating.rating)
        if answer.urgency.missing:
            return f"Can still be: {self.labels.span(rating.could_become)}"
        return f"Can still be: {self.labels.span(rating.could_become)}. So far: {self.label(rating.rating)}"

    def rating_in_short(self, answer: Answer) -> str:
        """The rating for the bar above the form."""
        possible = answer.suitability.could_become
        if len(possible) == len(self.ruleset.scales.ratings):
            return "Suitability: every step is still possible"
        return self.rating_words(answer)


NOT_SORTED = "not_sorted"
"""The queue of those whose level rests on open safety questions alone."""

OFFERS = {"first": "Offer first", "beside": "As well", "more": "Also possible"}

COURSES = {"acute": "The course", "maintenance": "The course: maintenance", "prevention": "The course: prevention"}

HEADINGS = {
    "urgency": "Why this urgency",
    "limits": "Speaks against",
    "supports": "Speaks for",
    "derives": "Taken to hold for now",
    "advice": "Advice",
}
