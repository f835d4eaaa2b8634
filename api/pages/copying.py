"""What is copied from a result: the rationale, short and in full, and the questions back to the referrer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from api.pages.wording import HEADINGS, OFFERS, Wording
from triage.answer.model import Answer, UnansweredQuestion
from triage.model.fact import Fact
from triage.model.rule import is_open
from triage.presenting.words import STANDING
from triage.reading.referral import Referral

MOST_OPEN = 8
"""How many open questions the short rationale names."""


class Copies:
    """The texts to copy of one answer. ``questions`` are the open ones that its page may show."""

    def __init__(
        self, wording: Wording, referral: Referral, answer: Answer, questions: Sequence[UnansweredQuestion]
    ) -> None:
        self._wording = wording
        self._referral = referral
        self._answer = answer
        self._questions = () if answer.is_emergency else tuple(questions)

    def open_fact(self, name: str) -> str:
        """An open question's short name, marked where it was asked without an answer."""
        label = self._wording.labels.fact(name)
        if name in self._referral.unknown:
            return f"{label} (asked, not known)"
        if name in self._referral.given and is_open(self._referral.given[name]):
            return f"{label} (asked, others not known)"
        return label

    def open_facts(self, names: Sequence[str]) -> str:
        """Open questions' short names, one after the other."""
        return ", ".join(map(self.open_fact, names))

    def short(self) -> str:
        """The rationale in few lines: level, what is done first, rating, the reasons that decide, what is open."""
        answer = self._answer
        lines = [*self._opening(), answer.urgency.action.first]
        lines.append(f"Suitability for IPT: {self._rating()}.")
        deciding = [
            reason.title for effect in self._effects() for reason in answer.reasons_of(effect) if reason.decides
        ]
        if deciding:
            lines.append(f"Because: {'; '.join(dict.fromkeys(deciding))}.")
        return "\n".join((*lines, *self._not_counted(), *self._open_questions(), self._rule_set()))

    def full(self) -> str:
        """The whole answer as text; on hold nothing of the rating."""
        answer = self._answer
        action = answer.urgency.action
        lines = [*self._opening(), " ".join((action.first, *action.lines))]
        lines += [f"Suitability for IPT: {self._rating()}.", f"Next step: {answer.next_step}"]
        lines += self._not_counted()
        lines += self._reasons()
        lines += self._offers()
        if answer.outside:
            lines.append(f"Outside the rule set: {self._wording.labels.facts(answer.outside)}.")
        return "\n".join((*lines, self._rule_set(), STANDING))

    def questions_back(self) -> str:
        """What to ask the referrer, ready to send: the open questions, each with its answers."""
        reference = self._answer.reference
        opening = f"About referral {reference}:" if reference else "About your referral:"
        asked = "we can answer it once we know the following. Where you asked and it is not known, say so."
        vocabulary = self._wording.ruleset.vocabulary
        listed = (
            f"{number}. {question.question} ({_choices(vocabulary[question.fact])})"
            for number, question in enumerate(self._questions, start=1)
        )
        return "\n".join([opening, asked, "", *listed])

    def _opening(self) -> tuple[str, str]:
        answer = self._answer
        return f"Referral {answer.reference or '(no reference)'}", f"{self._wording.urgency_title(answer.urgency)}."

    def _rating(self) -> str:
        return "on hold, safety first" if self._answer.on_hold else self._wording.rating_words(self._answer)

    def _effects(self) -> tuple[str, ...]:
        """The effects whose reasons may be shown: on hold none that speaks for the therapy."""
        shown = ("urgency", "limits", "supports", "derives", "advice")
        return shown[:2] if self._answer.on_hold else shown

    def _not_counted(self) -> Iterator[str]:
        labels = self._wording.labels
        facts = [f"{labels.fact(uncounted.fact)} ({uncounted.why})" for uncounted in self._answer.not_counted]
        if facts:
            yield f"Not counted: {', '.join(facts)}."

    def _open_questions(self) -> Iterator[str]:
        """The open questions, the first of them by name."""
        if self._questions:
            named = self.open_facts([question.fact for question in self._questions[:MOST_OPEN]])
            more = len(self._questions) - MOST_OPEN
            yield f"Still open: {named}{f', and {more} more' if more > 0 else ''}."

    def _reasons(self) -> Iterator[str]:
        for effect in self._effects():
            for reason in self._answer.reasons_of(effect):
                sources = "; ".join(self._wording.cited(source)["short"] for source in reason.sources)
                yield f"- {HEADINGS[effect]}: {reason.title}. {reason.because} [{sources}]"

    def _offers(self) -> Iterator[str]:
        """Formats and alternatives; on hold only what is not suited."""
        held = self._answer.on_hold
        for format_ in self._answer.formats:
            if not held or format_.stance == "unsuited":
                stance = "not suited" if format_.stance == "unsuited" else "suited"
                yield f"- {self._wording.label(format_.format)}: {stance}."
        for offered in () if held else self._answer.alternatives:
            about = f" for {self._wording.labels.all_of(offered.for_)}" if offered.for_ else ""
            yield f"- {OFFERS[offered.offer]}: {self._wording.label(offered.therapy)}{about}."

    def _rule_set(self) -> str:
        used = self._answer.ruleset
        return f"Rule set {used.name} {used.version}, {used.digest[:19]}."


def _choices(fact: Fact) -> str:
    """The answers that a question takes."""
    if fact.is_integer:
        return f"{fact.minimum} to {fact.maximum} {fact.unit}".strip()
    labels = [label.label for label in fact.labels.values()]
    return " / ".join([*labels, "None of these"] if fact.is_set else labels)
