"""What is copied from a result: the rationale, short and in full, the hand-over, and the questions to the referrer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from api.pages.asking import asking
from api.pages.due import due_words, moment
from api.pages.wording import HEADINGS, OFFERS, Wording
from triage.answer.model import Answer, UnansweredQuestion
from triage.model.fact import Fact
from triage.model.truth import is_open
from triage.presenting.words import STANDING
from triage.reading.referral import Referral

MOST_OPEN = 6
"""How many open questions the short rationale names."""
MOST_WORDS, FEWEST_WORDS = 120, 60
"""The words of the short rationale."""
MOST_LISTED = 12
"""How many conditions one question to the referrer lists by name."""


class Copies:
    """The texts to copy of one answer, made ``at`` and due at ``due``.

    ``questions`` are the open ones that its page may show.
    """

    def __init__(
        self,
        wording: Wording,
        referral: Referral,
        answer: Answer,
        questions: Sequence[UnansweredQuestion],
        at: datetime,
        due: datetime,
    ) -> None:
        self._wording = wording
        self._referral = referral
        self._answer = answer
        self._questions = () if answer.is_emergency else tuple(questions)
        self._at = at
        self._due = due

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

    @property
    def due(self) -> str:
        """By when somebody must act."""
        return due_words(self._due, self._at)

    @property
    def made_at(self) -> str:
        """When the answer was made."""
        return moment(self._at)

    def short(self) -> str:
        """The rationale in 60 to 120 words: level, first action, rating, the reasons that decide, what is open."""
        for most in range(MOST_OPEN, -1, -1):
            lines = [*self._opening(), *self._suitability(), *self._deciding(1 + most), *self._open_questions(most)]
            lines.append(self._rule_set())
            if _words(lines) <= MOST_WORDS:
                break
        at_end = iter((*self._answer.urgency.action.lines, self._answer.next_step, STANDING))
        while _words(lines) < FEWEST_WORDS:
            extra = next(at_end, None)
            if extra is None:
                break
            if _words([*lines, extra]) <= MOST_WORDS:
                lines.insert(len(lines) - 1, extra)
        return "\n".join(lines)

    def full(self) -> str:
        """The whole answer as text; on hold nothing of the rating."""
        answer = self._answer
        lines = [*self._opening(), *answer.urgency.action.lines, *self._suitability(), f"Next step: {answer.next_step}"]
        lines += self._not_counted()
        lines += self._quoted()
        lines += self._reasons()
        lines += self._offers()
        lines += self._open_questions(len(self._questions))
        if answer.outside:
            lines.append(f"Outside the rule set: {self._wording.labels.facts(answer.outside)}.")
        return "\n".join((*lines, f"{self._rule_set()} {answer.ruleset.digest[:19]}", STANDING))

    def hand_over(self) -> str:
        """What the next person is told: situation, background, assessment, request."""
        answer = self._answer
        given = [f"{name}: {answer}" for name, answer in self._wording.answers(self._referral.given)]
        deciding = "; ".join(self._titles())
        return "\n".join((
            f"SITUATION  {' '.join(self._opening())}",
            f"BACKGROUND  {'; '.join(given) or 'Nothing is known yet'}.",
            *self._quoted(),
            f"ASSESSMENT  {deciding}. {' '.join((*self._suitability(), *self._not_counted()))}".rstrip(),
            *self._open_questions(MOST_OPEN),
            f"REQUEST  {' '.join((answer.urgency.action.first, *answer.urgency.action.lines))}",
            f"{self._rule_set()} {STANDING}",
        ))  # fmt: skip

    def questions_back(self) -> str:
        """What to ask the referrer, ready to send: only what applies and is not the person's own, by group."""
        reference = self._answer.reference
        about = f"About referral {reference}" if reference else "About your referral"
        lines = ["Dear colleague,", "", f"{about}: please answer these questions, if you can {self.due}."]
        lines.append("Where you asked and it is not known, say so. Please do not ask the person for us.")
        for title, asked in self._by_group():
            lines += ["", title, *(f"- {question}" for question in asked)]
        return "\n".join((*lines, "", "With thanks"))

    def _by_group(self) -> Iterator[tuple[str, list[str]]]:
        vocabulary = self._wording.ruleset.vocabulary
        open_facts = [vocabulary[question.fact] for question in self._questions]
        facts = [fact for fact in open_facts if self._is_for_the_referrer(fact)]
        for group in vocabulary.groups:
            of_group = [fact for fact in facts if fact.group == group.id]
            conditions = [fact.title for fact in of_group if fact.type == "condition"]
            asked = [f"{fact.question} ({_choices(fact)})" for fact in of_group if fact.type != "condition"]
            if conditions:
                named = "; ".join((*conditions[:MOST_LISTED], "another"))
                asked.insert(0, f"Which of these has a clinician diagnosed or suspected? ({named}; none of these)")
            if asked:
                yield group.title, asked

    def _is_for_the_referrer(self, fact: Fact) -> bool:
        """Whether a question may be put to the referrer: it applies, and is not one to ask the person alone."""
        applies = self._wording.ruleset.vocabulary.asked(fact.name, self._referral.answers) is True
        return applies and fact.name not in asking().ask_alone

    def _opening(self) -> tuple[str, ...]:
        answer = self._answer
        title = self._wording.urgency_title(answer.urgency).removeprefix("Urgency: ")
        level = f"{title}, {self.due}" if not answer.urgency.not_sorted else title
        return (
            f"Referral {answer.reference or '(no reference)'}, {self.made_at}.",
            f"{level}. {answer.urgency.action.first}",
        )

    def _suitability(self) -> tuple[str, ...]:
        if self._answer.on_hold:
            return ("Suitability for IPT: on hold, safety first.",)
        about = self._answer.suitability.for_ if not self._answer.urgency.missing else ()
        for_ = f", for {self._wording.labels.all_of(about)}" if about else ""
        return (f"Suitability for IPT: {self._wording.rating_words(self._answer)}{for_}.",)

    def _effects(self) -> tuple[str, ...]:
        """The effects whose reasons may be shown: on hold none that speaks for the therapy."""
        shown = ("urgency", "limits", "supports", "derives", "advice")
        return shown[:2] if self._answer.on_hold else shown

    def _titles(self) -> list[str]:
        """The titles of the reasons that decide."""
        reasons = [reason for effect in self._effects() for reason in self._answer.reasons_of(effect)]
        return list(dict.fromkeys(reason.title for reason in reasons if reason.decides))

    def _deciding(self, most: int) -> Iterator[str]:
        titles = self._titles()
        if titles:
            more = len(titles) - most
            yield f"Because: {'; '.join(titles[:most])}{f'; and {more} more' if more > 0 else ''}."

    def _not_counted(self) -> Iterator[str]:
        labels = self._wording.labels
        facts = [f"{labels.fact(uncounted.fact)} ({uncounted.why})" for uncounted in self._answer.not_counted]
        if facts:
            yield f"Not counted: {', '.join(facts)}."

    def _quoted(self) -> Iterator[str]:
        labels = self._wording.labels
        for name, quote in self._referral.quotes.items():
            yield f"{labels.term(name)}, in the words of the letter: “{quote}”"

    def _open_questions(self, most: int) -> Iterator[str]:
        """The open questions, the first of them by name."""
        if self._questions:
            named = self.open_facts([question.fact for question in self._questions[:most]])
            more = len(self._questions) - most
            rest = f"{more} more" if named else f"{more} questions"
            yield f"Still open: {', and '.join(filter(None, (named, rest if more > 0 else '')))}."

    def _reasons(self) -> Iterator[str]:
        for effect in self._effects():
            for reason in self._answer.reasons_of(effect):
                sources = "; ".join(dict.fromkeys(self._wording.cited(source)["short"] for source in reason.sources))
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
        return f"Rule set {used.name} {used.version}."


def _words(lines: Iterable[str]) -> int:
    return sum(len(line.split()) for line in lines)


def _choices(fact: Fact) -> str:
    """The answers that a question takes."""
    if fact.is_integer:
        return f"{fact.minimum} to {fact.maximum} {fact.unit}".strip()
    labels = [label.label for label in fact.labels.values()]
    return " / ".join([*labels, "None of these"] if fact.is_set else labels)
