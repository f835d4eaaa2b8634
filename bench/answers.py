"""Answering one complete referral: checking it, running the rules, the runtime check, explaining it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from time import process_time

import orjson

from bench.referrals import as_request, counted_referrals
from bench.table import print_table
from triage.answer.assess import build_assessor
from triage.check import load_ruleset
from triage.engines import reference
from triage.model.written import encode
from triage.reading.json_text import parse_json
from triage.reading.referral import Referral
from triage.reading.referral_reader import ReferralReader
from triage.settings import PUBLISHED

COUNT = 500
ROUNDS = 7


def main() -> None:
    """Print the median processor time of each part, its ratio to matching, and how long an answer is."""
    ruleset = load_ruleset(PUBLISHED)
    whole = counted_referrals(ruleset, COUNT)
    reader, assessor = ReferralReader(ruleset.vocabulary), build_assessor(ruleset)
    texts = [orjson.dumps(as_request(ruleset, facts)) for facts in whole]
    referrals = [Referral(facts) for facts in whole]
    answers = [assessor.assess(referral) for referral in referrals]
    parts: dict[str, Callable[[int], object]] = {
        "matching by the live engine (baseline)": lambda index: assessor.live.fired(whole[index]),
        "reference interpreter": lambda index: reference.evaluate(ruleset, whole[index]),
        "runtime check": lambda index: assessor.check.evaluate(whole[index]),
        "reading and checking": lambda index: reader.read(parse_json(texts[index])),
        "writing the answer": lambda index: encode(answers[index]),
        "assess": lambda index: assessor.assess(referrals[index]),
        "read, assessed and written (target 3.5)": lambda index: encode(
            assessor.assess(reader.read(parse_json(texts[index])))
        ),
    }
    gc.collect()
    gc.freeze()  # as the service does
    times: dict[str, list[float]] = {name: [] for name in parts}
    for _ in range(ROUNDS):
        for name, part in parts.items():
            started = process_time()
            for index in range(COUNT):
                part(index)
            times[name].append((process_time() - started) / COUNT * 1e6)
    medians = {name: sorted(durations)[ROUNDS // 2] for name, durations in times.items()}
    base = medians["matching by the live engine (baseline)"]
    rows = [(name, f"{value:,.0f}", f"{value / base:.2f}") for name, value in medians.items()]
    print_table(f"One complete referral, {len(ruleset.rules)} rules", ("part", "µs", "ratio"), rows)
    sizes = sorted(len(encode(answer)) / 1_000 for answer in answers)
    row = (f"{sizes[COUNT // 2]:.1f}", f"{sizes[int(COUNT * 0.99)]:.1f}")
    print_table("Length of an answer, kB (target 12)", ("median", "p99"), [row])
