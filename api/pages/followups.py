"""Follow-up questions that appear only where they apply, by style alone: made from the vocabulary's ``asked_when``."""

from __future__ import annotations

from functools import lru_cache

from triage.model.rule import Condition, Empty, Includes, OneOf
from triage.model.vocabulary import Vocabulary


@lru_cache(maxsize=4)
def _styles(gated: tuple[tuple[str, tuple[tuple[Condition, ...], ...]], ...]) -> str:
    lines = []
    for name, alternatives in gated:
        lines.append(f"#q-{name}:not(.question--error) {{ display: none; }}")
        for conjunction in alternatives:
            chosen = "".join(f":has({_chosen(condition)})" for condition in conjunction)
            lines.append(f"#assessment{chosen} #q-{name} {{ display: block; }}")
    return "\n".join(lines)


def follow_up_styles(vocabulary: Vocabulary) -> str:
    """The styles that show each follow-up question where it is asked, and hide it elsewhere."""
    return _styles(tuple((fact.name, fact.asked_when) for fact in vocabulary.gated))


def _chosen(condition: Condition) -> str:
    """The input that is checked where a condition holds."""
    match condition:
        case OneOf(values=values) | Includes(members=values):
            chosen = ", ".join(f'[value="{value}"]' for value in sorted(values))
            return f'input[name="{condition.fact}"]:is({chosen}):checked'
        case Empty(empty=True):
            return f'input[name="{condition.fact}"][value="none_of_these"]:checked'
        case Empty():
            return f'input[name="{condition.fact}"]:not([value="none_of_these"]):checked'
    raise ValueError(f"{condition.fact}: a follow-up can't hang on a number's bounds, which styles can't see")
