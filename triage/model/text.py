"""Labels as parts of a sentence."""

from __future__ import annotations


def in_sentence(label: str) -> str:
    """A label with its first word in lower case, unless that has capitals after its first letter (IPT, PHQ-9)."""
    first, _, rest = label.partition(" ")
    first = first.lower() if first == first.capitalize() else first
    return f"{first} {rest}".rstrip()
