"""Measure the reading age of what a coordinator reads in the published rules; exit with 1 where it is too high."""

from __future__ import annotations

import sys

from triage.check.reading_age import EXCEPTIONS, GRADE, MOST, reading_age
from triage.reading.folder import read_ruleset
from triage.settings import PUBLISHED


def main() -> int:
    """Print the mean grade, the exceptions and each text that is too hard."""
    found = reading_age(read_ruleset(PUBLISHED))
    print(f"{found.count} texts, Flesch-Kincaid grade {found.mean:.1f} on the average (at most {GRADE}).")
    for name, reason in EXCEPTIONS.items():
        print(f"excepted: {name}: {reason}")
    for each in found.too_hard:
        print(f"{each.name}: grade {each.grade:.1f}, at most {MOST}: {each.text}")
    return 0 if found.holds else 1


if __name__ == "__main__":
    sys.exit(main())
