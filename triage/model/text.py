"""Labels and names as parts of a sentence."""

from __future__ import annotations


def in_sentence(label: str) -> str:
    """A label as part of a sentence: in lower case, unless its first word is an abbreviation or a name with one."""
    first, _, rest = label.partition(" ")
    first = first.lower() if first == first.capitalize() else first
    return f"{first} {rest}".rstrip()
