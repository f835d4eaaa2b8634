"""An answer as a readable page in a terminal: urgency first, then the rating or its range, reasons, what is missing."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule as Line
from rich.text import Text

from triage.answer.model import (
    Answer,
    Citation,
    Course,
    FormatStance,
    Reason,
    SuitabilityPart,
    UnansweredQuestion,
    UrgencyPart,
)
from triage.cli.common import printable
from triage.model.ruleset import RuleSet
from triage.presenting.labels import Labels
from triage.presenting.urgency import urgency_title
from triage.presenting.words import STANDING

SHOWN_QUESTIONS = 8
_HEADINGS = {
    "urgency": "Why this urgency",
    "limits": "What speaks against",
    "supports": "What speaks for",
    "derives": "Taken to hold for now",
    "advice": "Advice",
}
_SHOWN_ON_HOLD = ("urgency", "limits")


class _Page:
    def __init__(self, ruleset: RuleSet, console: Console) -> None:
        self.labels = Labels(ruleset)
        self.ruleset = ruleset
        self.console = console

    def label(self, id_: str) -> str:
        return self.labels.term(id_)

    def line(self, text: str = "", style: str = "", indent: int = 0) -> None:
        self.console.print(Padding(Text(text, style=style), (0, 0, 0, indent)))

    def heading(self, text: str) -> None:
        self.line()
        self.line(text, "bold")


def print_page(answer: Answer, ruleset: RuleSet, console: Console) -> None:
    """Print one answer. On hold, nothing of the rating is shown; at an emergency, no further question is asked."""
    page = _Page(ruleset, console)
    rating, urgency, held = answer.suitability, answer.urgency, answer.on_hold
    console.print(Line(Text(printable(answer.reference or "Referral without a reference")), align="left"))
    _print_urgency(page, urgency)
    page.line()
    page.line(rating_in_words(answer, page.labels), "bold")
    if rating.settled or not urgency.missing:
        _print_rating_detail(page, rating, held=held)
    page.line(f"Next step: {answer.next_step}")
    _print_reasons(page, answer, held=held)
    if not held:
        _print_offers(page, answer)
    _print_formats(page, answer.formats, held=held)
    if not answer.is_emergency:
        _print_questions(page, answer.unanswered, held=held)
    _print_beside(page, answer)
    if answer.not_used:
        page.line()
        page.line("Given, but not used: " + page.labels.facts(answer.not_used) + ".")
    page.line()
    page.line(
        f"Rule set {answer.ruleset.name} {answer.ruleset.version}, {answer.ruleset.digest[:19]}. {STANDING}",
        "dim",
    )


def _print_beside(page: _Page, answer: Answer) -> None:
    """The answers that are not counted, and what the rules do not cover."""
    for uncounted in answer.not_counted:
        page.line(f"Not counted: {page.labels.fact(uncounted.fact)}, {uncounted.why}.")
    for name in answer.outside:
        page.line(f"Outside the rule set: {page.labels.fact(name)}.")


def _print_urgency(page: _Page, urgency: UrgencyPart) -> None:
    """The level, the one thing to do now, and the lines of the action; at an emergency no other question."""
    page.line(urgency_title(urgency, page.labels), "bold")
    page.line(urgency.action.first.upper(), "bold reverse")
    for line in urgency.action.lines:
        page.line(f"- {line}", indent=2)
    if urgency.missing and not urgency.is_emergency:
        page.line(f"Safety questions open: {page.labels.facts(urgency.missing)}.", indent=2)
    if urgency.action.more:
        page.line("Afterwards:", indent=2)
        for line in urgency.action.more:
            page.line(f"- {line}", "dim", indent=4)


def rating_in_words(answer: Answer, labels: Labels) -> str:
    """The rating as it may be shown: held, its range only, its range and "so far", or settled."""
    rating, urgency = answer.suitability, answer.urgency
    if answer.on_hold:
        return "Suitability: on hold, safety first"
    span = labels.span(rating.could_become)
    if urgency.missing and not rating.settled:
        return f"Suitability: can still be {span}"
    now = labels.term(rating.rating)
    if rating.settled:
        return f"Suitability: {now}"
    return f"Suitability: can still be {span}; so far: {now}"


def _print_rating_detail(page: _Page, rating: SuitabilityPart, *, held: bool) -> None:
    if held or not rating.for_:
        return
    in_sentence = page.labels.term_in_sentence
    targets = " and ".join(in_sentence(target) for target in rating.for_)
    role = f"; role: {in_sentence(rating.role)}" if rating.role else ""
    certainty = f"; certainty of evidence: {in_sentence(rating.certainty)}" if rating.certainty else ""
    page.line(f"For {targets}{role}{certainty}.", indent=2)


def _print_reasons(page: _Page, answer: Answer, *, held: bool) -> None:
    for effect, heading in _HEADINGS.items():
        reasons = answer.reasons_of(effect)
        if not reasons or (held and effect not in _SHOWN_ON_HOLD):
            continue
        page.heading(heading)
        for reason in reasons:
            _print_reason(page, reason, hidden=held and effect != "urgency")


def _print_reason(page: _Page, reason: Reason, *, hidden: bool) -> None:
    value = f" [{page.label(reason.value)}]" if reason.value and reason.value in page.labels and not hidden else ""
    page.line(f"• {reason.title}{value}", indent=1)
    page.line(reason.because, indent=3)
    cited = "; ".join(_cited(citation, page.ruleset) for citation in reason.sources)
    page.line(f"Source: {cited}   Rule: {reason.rule}", "dim", indent=3)


def _cited(citation: Citation, ruleset: RuleSet) -> str:
    source = ruleset.sources.get(citation.id)
    claim = f" {citation.claim}" if citation.claim else ""
    return citation.id + claim + ("" if source and source.verified else " (not verified)")


def _print_offers(page: _Page, answer: Answer) -> None:
    if answer.focus:
        page.heading("Problem areas")
        for area in answer.focus:
            page.line(f"• {page.label(area.area)}{'' if area.proposed else ' (also present)'}", indent=1)
    if answer.alternatives:
        page.heading("Other treatments to offer")
        for treatment in answer.alternatives:
            offer = "" if treatment.offer == "beside" else f" ({treatment.offer})"
            page.line(f"• {page.label(treatment.therapy)}{offer}: {treatment.because}", indent=1)
    if answer.course is not None:
        _print_course(page, answer.course)


def _print_course(page: _Page, course: Course) -> None:
    cost = course.cost_usd
    price = f", {cost.low} to {cost.high} USD" if cost else ""
    page.heading(f"Course: {sessions_in_words(course.sessions)}{price}")
    for phase in course.phases:
        page.line(f"• {phase.title}: {' '.join((*phase.aims, *phase.notes))}", indent=1)


def sessions_in_words(sessions: tuple[int, int] | None) -> str:
    """How many sessions a course has."""
    if sessions is None:
        return "number of sessions not known"
    low, high = sessions
    return f"{low} sessions" if low == high else f"{low} to {high} sessions"


def _print_formats(page: _Page, formats: tuple[FormatStance, ...], *, held: bool) -> None:
    shown = [stance for stance in formats if not held or stance.stance == "unsuited"]
    if shown:
        page.heading("Formats")
        for stance in shown:
            suited = "suited" if stance.stance == "suited" else "not suited"
            page.line(f"• {page.label(stance.format)}: {suited}. {stance.because}", indent=1)


def _print_questions(page: _Page, unanswered: tuple[UnansweredQuestion, ...], *, held: bool) -> None:
    """The open questions; on hold only those that can change the urgency."""
    open_ = [question for question in unanswered if not held or "urgency" in question.can_change]
    if not open_:
        return
    page.heading(f"{len(open_)} open questions can change this; ask next")
    for question in open_[:SHOWN_QUESTIONS]:
        changes = [part for part in question.can_change if not held or part == "urgency"]
        page.line(f"• {question.question} ({page.labels.fact(question.fact)}: {' and '.join(changes)})", indent=1)
    if len(open_) > SHOWN_QUESTIONS:
        page.line(f"and {len(open_) - SHOWN_QUESTIONS} more.", indent=1)
