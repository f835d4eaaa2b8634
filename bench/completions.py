"""What an incomplete referral can still become: how long the decision diagrams take, and how large they are."""

from __future__ import annotations

import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter, process_time

from bench.referrals import partial_referrals
from bench.table import print_table
from triage.answer.assess import build_assessor
from triage.check import load_ruleset
from triage.engines.completions.counting import CompleteReferrals
from triage.engines.completions.engine import Completions
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.reading.frequencies_file import read_frequencies
from triage.reading.referral import Referral
from triage.settings import PUBLISHED

FREQUENCIES = Path(__file__).resolve().parents[1] / "examples" / "frequencies.yaml"
SHARES = (0.0, 0.1, 0.3, 0.7, 0.95)
COUNT = 200
"""How many referrals of each share of answers; the empty one is asked as often."""


def main() -> None:
    """Print how long questions and bounds take, then what building and counting take."""
    ruleset = load_ruleset(PUBLISHED)
    diagram, assessor = Completions(ruleset), build_assessor(ruleset)
    gc.freeze()  # as the service does
    works: dict[str, Callable[[Answers], object]] = {
        "bounds": diagram.bounds,
        "bounds and questions": diagram.of,
        "assess (targets 10, 40)": lambda answers: assessor.assess(Referral(answers)),
    }
    together: dict[str, list[float]] = {name: [] for name in works}
    rows = []
    for share in SHARES:
        referrals = partial_referrals(ruleset, COUNT, share)
        for name, work in works.items():
            measured = _times(work, referrals)
            rows.append(_row(f"{share:.0%} answered: {name}", measured))
            together[name].extend(measured)
    rows += [_row(f"all together: {name}", times) for name, times in together.items()]
    headings = ("what", "ms", "p99")
    print_table(f"Incomplete referrals, {len(ruleset.deciding)} deciding rules", headings, rows)
    print_table("Building and counting", ("what", "amount"), _building(ruleset))


def _building(ruleset: RuleSet) -> list[tuple[str, str]]:
    build = median(_times(lambda _: Completions(ruleset), [{}] * 9))
    tracemalloc.start()
    built = Completions(ruleset)
    memory, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    counting, twice = CompleteReferrals(ruleset), CompleteReferrals(ruleset, ruleset)
    count = sum(counting.outcomes().values())
    frequencies = read_frequencies(FREQUENCIES, ruleset.vocabulary)
    return [
        ("build, ms", f"{build:.0f}"),
        ("nodes", f"{built.size:,}"),
        ("nodes, with those for supposed answers", f"{len(built.nodes):,}"),
        ("memory kept, MB", f"{memory / 1e6:.1f}"),
        ("complete referrals", f"{count:.2e}"),
        ("counted exactly by rating and level, ms", f"{median(_times(lambda _: counting.outcomes(), [{}] * 5)):.0f}"),
        (
            "expected shares from frequencies, ms",
            f"{median(_times(lambda _: counting.shares(frequencies), [{}] * 5)):.0f}",
        ),
        ("moves between two versions counted, ms", f"{median(_times(lambda _: twice.moves(), [{}] * 5)):.0f}"),
        ("start of Python to a checked rule set and ready engines, s", f"{_start_to_ready():.2f}"),
    ]


def _start_to_ready() -> float:
    """The median of five processes that load the rules and put the assessor together."""
    program = (
        "from triage.answer.assess import build_assessor; from triage.check import load_ruleset; "
        "from triage.settings import PUBLISHED; build_assessor(load_ruleset(PUBLISHED))"
    )
    times = _times(lambda _: subprocess.run([sys.executable, "-c", program], check=True), [{}] * 5, perf_counter)
    return median(times) / 1e3


def _times(
    work: Callable[[Answers], object], referrals: Sequence[Answers], clock: Callable[[], float] = process_time
) -> list[float]:
    """Milliseconds of each, of processor time unless another clock is given: other work may run meanwhile."""
    times = []
    for answers in referrals:
        started = clock()
        work(answers)
        times.append((clock() - started) * 1e3)
    return times


def _row(name: str, times: list[float]) -> tuple[str, ...]:
    return name, f"{median(times):.2f}", f"{_p99(times):.2f}"


def _p99(times: Sequence[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


if __name__ == "__main__":
    main()
