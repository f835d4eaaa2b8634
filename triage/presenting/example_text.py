"""Examples as the text of a file of examples, each on a line with a name made of its answers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from triage.check.proposed_examples import Proposal
from triage.model.rule import Truth, Value
from triage.model.vocabulary import Vocabulary
from triage.presenting.labels import answer_label

_FIRES = {True: "true", False: "false", None: "unknown"}


def example_lines(proposals: Iterable[Proposal], vocabulary: Vocabulary) -> list[str]:
    """The lines of some proposed examples."""
    return [_line(proposal, vocabulary) for proposal in proposals]


def _line(proposal: Proposal, vocabulary: Vocabulary) -> str:
    given = proposal.example.given
    answers = ", ".join(f"{name}: {_value(given[name])}" for name in vocabulary.in_order(given))
    name = _name(proposal, vocabulary).replace('"', "'")
    return f'    - {{name: "{name}", given: {{{answers}}}, fires: {_fires(proposal.example.fires)}}}'


def _fires(truth: Truth) -> str:
    return _FIRES[truth]


def _value(value: Value) -> str:
    return f"[{', '.join(sorted(value))}]" if isinstance(value, frozenset) else str(value)


def _name(proposal: Proposal, vocabulary: Vocabulary) -> str:
    """The answers in words, without neutral ones beside others; for a neighbour, only the answer that was changed."""
    given, changed = proposal.example.given, proposal.changed
    if changed is None:
        names = vocabulary.in_order(given)
        telling = [name for name in names if given[name] != vocabulary[name].neutral] or names
        return "; ".join(_answer(name, given[name], vocabulary) for name in telling)
    if changed not in given:
        return f"{vocabulary[changed].title} not answered"
    ending = "instead" if proposal.example.fires else "all else as before"
    return f"{_answer(changed, given[changed], vocabulary)}, {ending}"


def _answer(name: str, value: Value, vocabulary: Vocabulary) -> str:
    return f"{vocabulary[name].title}: {answer_label(vocabulary[name], value)}"


def add_examples(path: Path, rule: str, lines: list[str]) -> None:
    """Put the lines under the rule's id in a file of examples, which may be new."""
    text = path.read_text(encoding="utf-8") if path.is_file() else "examples:\n"
    existing = text.splitlines()
    if f"  {rule}:" not in existing:
        existing.append(f"  {rule}:")
    at = existing.index(f"  {rule}:") + 1
    while at < len(existing) and not _begins_a_rule(existing[at]):
        at += 1
    path.write_text("\n".join([*existing[:at], *lines, *existing[at:]]) + "\n", encoding="utf-8")


def _begins_a_rule(line: str) -> bool:
    """Whether a line names the next rule: two spaces and then a name, not a comment."""
    return line.startswith("  ") and bool(line[2:3].strip()) and line[2] != "#"
