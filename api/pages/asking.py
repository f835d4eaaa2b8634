"""How the pages ask, beside the vocabulary: words that lead to a question, and questions asked of the person alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from api.pages.arrangement import followers
from triage.model.vocabulary import Vocabulary

FILE = Path(__file__).parent / "asking.yaml"


@dataclass(frozen=True)
class Asking:
    """The words that offer each question, and the questions that are never put to a referrer."""

    words: Mapping[str, tuple[str, ...]]
    ask_alone: frozenset[str]


@lru_cache(maxsize=1)
def asking() -> Asking:
    """What ``asking.yaml`` says."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return Asking({name: tuple(words) for name, words in read["words"].items()}, frozenset(read["ask_alone"]))


def for_the_form(vocabulary: Vocabulary) -> dict[str, Any]:
    """What the form's scripts need: the words of each question, and which answers open which follow-up."""
    words = asking().words
    return {
        "words": {name: list(words.get(name, ())) for name in vocabulary.facts},
        "followers": followers(vocabulary),
    }
