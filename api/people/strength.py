"""How easily a password is guessed."""

from __future__ import annotations

import re

from zxcvbn import zxcvbn

from api.records.refused import wrong_field

LEAST_SCORE = 3
"""Of zxcvbn's 0 to 4: at least 10^8 guesses."""
KNOWN_WORDS = ("handrail", "triage", "interpersonal", "psychotherapy", "ipt", "clinic", "admin")
"""Words that anyone would try here; the login is known as well."""
_ESTIMATED = 72
"""Characters that are looked at: estimating takes longer than their square."""


def refuse_easy(password: str, *words: str, pointer: str = "/password") -> None:
    """Raise a RecordProblem where a password is easily guessed. Known words in it count for nothing."""
    known = {word for text in (*KNOWN_WORDS, *words) for word in re.findall(r"\w{3,}", text.casefold())}
    rest = password.casefold()
    for word in sorted(known, key=len, reverse=True):
        rest = rest.replace(word, "")
    if not rest or min(_score(rest), _score(password)) < LEAST_SCORE:
        message = "This password is easily guessed. Take several words that do not belong together."
        raise wrong_field(pointer, "easily-guessed", message)


def _score(password: str) -> int:
    return int(zxcvbn(password[:_ESTIMATED])["score"])
