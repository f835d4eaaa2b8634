"""Ask the same questions in several threads at once, and collect the answers that are not the expected ones."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TypeVar

THREADS = 8

Question = TypeVar("Question")
Answered = TypeVar("Answered")


def wrong_in_eight_threads(
    answer: Callable[[Question], Answered], expected: Iterable[tuple[Question, Answered]], rounds: int = 1
) -> list[object]:
    """Put every question to ``answer`` in each of eight threads, ``rounds`` times.

    Gives each question with another answer than expected, and each error raised; empty where all is well.
    """
    wrong: list[object] = []
    pairs = [*expected] * rounds

    def ask_all() -> None:
        for question, right in pairs:
            try:
                if answer(question) != right:
                    wrong.append(question)
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=ask_all) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return wrong
