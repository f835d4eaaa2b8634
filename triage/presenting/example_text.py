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
    return [_line(each, vocabulary) for each in proposals]


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
    """The answers in words; of a neighbour only the one that is another."""
    given, changed = proposal.example.given, proposal.changed
    if changed is None:
        return " and ".join(_answer(name, given[name], vocabulary) for name in vocabulary.in_order(given))
    if changed not in given:
        return f"{vocabulary[changed].title} not answered"
    ending = "instead" if proposal.example.fires else "all else as before"
    return f"{_answer(changed, given[changed], vocabulary)}, {ending}"


def _answer(name: str, value: Value, vocabulary: Vocabulary) -> str:
    return f"{vocabulary[name].title}: {answer_label(vocabulary[name], value)}"


def add_examples(path: Path, rule: str, lines: list[str]) -> None:
    """Put the lines under the rule's id in a file of examples, which may be new."""
    text = path.read_text(encoding="utf-8") if path.is_file() else "examples:\n"
    found = text.splitlines()
    if f"  {rule}:" not in found:
        found.append(f"  {rule}:")
    at = found.index(f"  {rule}:") + 1
    while at < len(found) and not (found[at].startswith("  ") and found[at][2:3].strip() and found[at][2] != "#"):
        at += 1
    path.write_text("\n".join([*found[:at], *lines, *found[at:]]) + "\n", encoding="utf-8")
