"""Follow-up questions: styles that show them only where they apply; no script is needed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from triage.model.fact import Fact
from triage.model.rule import Condition, Empty, Includes, OneOf
from triage.model.vocabulary import Vocabulary


@lru_cache(maxsize=4)
def _styles(gated: tuple[tuple[str, tuple[str, ...]], ...]) -> str:
    lines = []
    for name, shown_where in gated:
        lines.append(f"#q-{name}:not(.q--error, .q--sought, :target) {{ display: none; }}")
        lines += [f"#assessment{where} #q-{name} {{ display: grid; }}" for where in shown_where]
    return "\n".join(lines)


def follow_up_styles(vocabulary: Vocabulary) -> str:
    """The styles that show each follow-up question where it is asked or counts as asked, and hide it elsewhere.

    A link to it, and a fault, show it too.
    """
    return _styles(tuple((fact.name, (*_opened(fact), *_counts_as_asked(fact))) for fact in vocabulary.gated))


def _opened(fact: Fact) -> Iterable[str]:
    """Where another answer opens the question."""
    for conjunction in fact.asked_when:
        yield "".join(f":has({_chosen(condition)})" for condition in conjunction)


def _counts_as_asked(fact: Fact) -> Iterable[str]:
    """Where an answer to the question itself keeps it: of a fact that can be core any but the neutral one."""
    if fact.can_be_core:
        neutral = "none_of_these" if fact.is_set else fact.neutral
        yield f':has(input[name="{fact.name}"]:not([value="{neutral}"], [value="unknown"]):checked)'


def _chosen(condition: Condition) -> str:
    """The input that is checked where a condition holds."""
    match condition:
        case OneOf(values=values) | Includes(members=values):
            chosen = ", ".join(f'[value="{value}"]' for value in sorted(values))
            return f'input[name="{condition.fact}"]:is({chosen}):checked'
        case Empty(empty=True):
            return f'input[name="{condition.fact}"][value="none_of_these"]:checked'
        case Empty():
            return f'input[name="{condition.fact}"]:not([value="none_of_these"], [value="unknown"]):checked'
    raise ValueError(f"{condition.fact}: a follow-up can't hang on a number's bounds, which styles can't see")
