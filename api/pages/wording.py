"""An answer in the words of a page: labels, what open questions could do, the rationale, the questions back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from triage.answer.model import Answer, Citation, UnansweredQuestion, UrgencyPart
from triage.model.fact import Fact
from triage.model.ruleset import RuleSet
from triage.presenting.labels import Labels
from triage.presenting.urgency import urgency_title
from triage.presenting.words import STANDING


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

    def answers(self, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
        """Answers in words, each with the name of its question."""
        return [(self.labels.fact(name), self.labels.answer(name, value)) for name, value in facts.items()]

    def consequences(self, question: UnansweredQuestion, answer: Answer) -> list[str]:
        """What single answers to an open question would settle: at most three, those that change most first."""
        told = []
        for each in question.would:
            said = []
            if "urgency" in question.can_change and each.urgency[0] != answer.urgency.could_become[0]:
                said.append(f"at least {self.labels.term_in_sentence(each.urgency[0])}")
            ratings, now = each.suitability, answer.suitability.could_become
            if not answer.on_hold and "suitability" in question.can_change and ratings != now:
                said.append(self._narrowed(ratings, now))
            if said:
                rank = self.ruleset.scales.urgency_rank(each.urgency[0])
                given = self.labels.answer(question.fact, each.answer)
                told.append((-rank, len(ratings), f"“{given}”: {', '.join(said)}"))
        return [text for _, _, text in sorted(told)[:3]]

    def _narrowed(self, ratings: Sequence[str], now: Sequence[str]) -> str:
        if len(ratings) == 1:
            return self.labels.term_in_sentence(ratings[0])
        if ratings[-1] != now[-1]:
            return f"at most {self.labels.term_in_sentence(ratings[-1])}"
        if ratings[0] != now[0]:
            return f"at least {self.labels.term_in_sentence(ratings[0])}"
        return "not " + " or ".join(self.labels.term_in_sentence(each) for each in now if each not in ratings)

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

    def rationale(self, answer: Answer) -> str:
        """The whole answer as text to copy; on hold nothing of the rating."""
        held = answer.on_hold
        urgency = answer.urgency
        rating = "on hold, safety first" if held else self.rating_words(answer)
        lines = [
            f"Referral {answer.reference or '(no reference)'}",
            f"{self.urgency_title(urgency)}. {' '.join((urgency.action.first, *urgency.action.lines))}",
            f"Suitability for IPT: {rating}.",
            f"Next step: {answer.next_step}",
        ]
        shown = ("urgency", "limits") if held else ("urgency", "limits", "supports", "derives", "advice")
        for effect in shown:
            for reason in answer.reasons_of(effect):
                sources = "; ".join(self.cited(each)["short"] for each in reason.sources)
                lines.append(f"- {HEADINGS[effect]}: {reason.title}. {reason.because} [{sources}]")
        stances = {"suited": "suited", "unsuited": "not suited"}
        lines += [
            f"- {self.label(each.format)}: {stances[each.stance]}."
            for each in answer.formats
            if not held or each.stance == "unsuited"
        ]
        lines += [
            f"- {OFFERS[each.offer]}: {self.label(each.therapy)}." for each in (() if held else answer.alternatives)
        ]
        used = answer.ruleset
        lines.append(f"Rule set {used.name} {used.version}, {used.digest}.")
        lines.append(STANDING)
        return "\n".join(lines)

    def questions_back(self, answer: Answer) -> str:
        """What to ask the referrer, ready to send: the open questions, each with its answers."""
        opening = f"About referral {answer.reference}:" if answer.reference else "About your referral:"
        lines = [opening, "we can answer it once we know the following. Leave out what is not known.", ""]
        for number, each in enumerate(answer.unanswered, start=1):
            lines.append(f"{number}. {each.question} ({self.choices(self.ruleset.vocabulary[each.fact])})")
        return "\n".join(lines)

    def choices(self, fact: Fact) -> str:
        """The answers that a question takes."""
        if fact.is_integer:
            return f"{fact.minimum} to {fact.maximum} {fact.unit}".strip()
        return " / ".join(label.label for label in fact.labels.values())


OFFERS = {"first": "Offer first", "beside": "As well", "more": "Also possible"}

HEADINGS = {
    "urgency": "Why this urgency",
    "limits": "Speaks against",
    "supports": "Speaks for",
    "derives": "Taken to hold for now",
    "advice": "Advice",
}
