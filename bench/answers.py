"""Answering one complete referral: checking it, running the rules, the runtime check, explaining it."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from bench.referrals import as_request, complete_referrals
from bench.table import print_table
from triage.answer.assess import build_assessor
from triage.check import load_ruleset
from triage.engines import reference
from triage.reading.referral import Referral
from triage.reading.referral_reader import ReferralReader
from triage.settings import PUBLISHED

COUNT = 500
ROUNDS = 7


def main() -> None:
    """Print the median microseconds of each part, and its ratio to the reference interpreter."""
    ruleset = load_ruleset(PUBLISHED)
    whole = complete_referrals(ruleset, COUNT)
    reader, assessor = ReferralReader(ruleset.vocabulary), build_assessor(ruleset)
    requests = [as_request(ruleset, facts) for facts in whole]
    referrals = [Referral(facts) for facts in whole]
    parts: dict[str, Callable[[int], object]] = {
        "reference interpreter (baseline)": lambda index: reference.evaluate(ruleset, whole[index]),
        "checking a referral": lambda index: reader.read(requests[index]),
        "live engine": lambda index: assessor.live.fired(whole[index]),
        "the whole answer, target 500": lambda index: assessor.assess(referrals[index]),
        "checked and answered": lambda index: assessor.assess(reader.read(requests[index])),
    }
    times: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(ROUNDS):
        for name, part in parts.items():
            started = perf_counter()
            for index in range(COUNT):
                part(index)
            times[name].append((perf_counter() - started) / COUNT * 1e6)
    medians = {name: sorted(durations)[ROUNDS // 2] for name, durations in times.items()}
    base = medians["reference interpreter (baseline)"]
    rows = [(name, f"{value:,.0f}", f"{value / base:.2f}") for name, value in medians.items()]
    print_table(f"One complete referral, {len(ruleset.rules)} rules", ("part", "µs", "ratio"), rows)
