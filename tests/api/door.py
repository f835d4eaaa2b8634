"""Many threads at the door at once: well and badly formed bodies, each answered as one thread alone answered it.

``python -m tests.api.door THREADS REFERRALS`` prints how many were answered and how many refused. It is run with the
memory checks of the C library on, since the matcher is written in C.
"""

from __future__ import annotations

import random
import sys
import threading
from collections import Counter
from itertools import count

import orjson

from bench.referrals import as_request, complete_referrals, partial_referrals
from triage.answer.assess import Assessor, build_assessor
from triage.check import load_ruleset
from triage.model.ruleset import RuleSet
from triage.model.written import encode
from triage.reading.json_text import parse_json
from triage.reading.referral import RefusedReferral
from triage.settings import PUBLISHED

COMPLETE, PARTIAL, MANGLED = 400, 20, 60
"""How many bodies of each kind there are to draw from."""


def main() -> None:
    """Answer many referrals in many threads; the exit code is 1 where one got another answer than before."""
    threads, referrals = map(int, sys.argv[1:])
    ruleset = load_ruleset(PUBLISHED)
    assessor = build_assessor(ruleset)
    bodies = bodies_of(ruleset)
    expected = {body: _answered(assessor, body) for body in bodies}
    wrong: list[bytes] = []
    turn = count()

    def work() -> None:
        while (place := next(turn)) < referrals:
            body = bodies[place * 7919 % len(bodies)]
            if _answered(assessor, body) != expected[body]:
                wrong.append(body)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    kinds = Counter(expected[bodies[place * 7919 % len(bodies)]][:8] == b"refused:" for place in range(referrals))
    sys.stdout.write(f"{kinds[False]} answered, {kinds[True]} refused, {len(wrong)} otherwise than before\n")
    sys.exit(1 if wrong else 0)


def bodies_of(ruleset: RuleSet) -> list[bytes]:
    """Referrals as they are sent: complete ones, incomplete ones, and ones that are broken or badly formed."""
    chance = random.Random(12)
    whole = [orjson.dumps(as_request(ruleset, facts)) for facts in complete_referrals(ruleset, COMPLETE)]
    partial = [orjson.dumps(as_request(ruleset, facts)) for facts in partial_referrals(ruleset, PARTIAL, 0.9)]
    return [*whole, *partial, *(_mangled(body, chance) for body in whole[:MANGLED])]


def _answered(assessor: Assessor, body: bytes) -> bytes:
    """The answer as it is sent, or what is refused and why."""
    try:
        return encode(assessor.assess(assessor.reader.read(parse_json(body))))
    except RefusedReferral as refused:
        return f"refused: {refused}".encode()


def _mangled(body: bytes, chance: random.Random) -> bytes:
    """A body with some bytes changed, left out or said again."""
    mangled = bytearray(body)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(mangled))
        piece = chance.choice([b"", b"9" * 40, b'"', b"\x00", b"\xff", bytes(mangled[place : place + 30])])
        mangled[place : place + chance.randint(0, 3)] = piece
    return bytes(mangled)


if __name__ == "__main__":
    main()
