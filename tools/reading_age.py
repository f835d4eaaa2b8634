"""Measure the reading age of the texts that coordinators read in the published rules; exit 1 if it is too high."""

from __future__ import annotations

import sys

from triage.check.reading_age import GRADE, MOST, reading_age
from triage.reading.folder import read_ruleset
from triage.settings import PUBLISHED


def main() -> int:
    """Print the mean grade, the exceptions and each text that is too hard."""
    ruleset = read_ruleset(PUBLISHED)
    measured = reading_age(ruleset)
    print(f"{measured.count} texts, Flesch-Kincaid grade {measured.mean:.1f} on the average (at most {GRADE}).")
    for name, reason in ruleset.about.wording.may_be_harder.items() if ruleset.about else ():
        print(f"excepted: {name}: {reason}")
    for text in measured.too_hard:
        print(f"{text.name}: grade {text.grade:.1f}, at most {MOST}: {text.text}")
    return 0 if measured.holds else 1


if __name__ == "__main__":
    sys.exit(main())
