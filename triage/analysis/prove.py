"""Prove with the solver what must hold of every accepted referral, complete or not.

The clinical properties are data, in ``rules/properties.yaml``; those about the rules as rules are in ``structural``. A
property that fails comes with the smallest referral that breaks it, replayed in the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from time import perf_counter

from triage.analysis.clinical import check_property
from triage.analysis.formulas import SolverTimeout, solving
from triage.analysis.proof import Proof
from triage.analysis.prover import Prover, Refuted
from triage.analysis.structural import STRUCTURAL
from triage.model.ruleset import RuleSet
from triage.reading.properties_file import read_properties


def prove_all(ruleset: RuleSet, folder: Path, timeout: float = 10.0, only: Iterable[str] = ()) -> tuple[Proof, ...]:
    """Prove every property of a rule set, or those named in ``only``; ``timeout`` is seconds for one question.

    Raises FaultyRuleSet where a property names what does not exist.
    """
    wanted = frozenset(only)
    properties = read_properties(folder, ruleset)
    with solving:
        prover = Prover(ruleset, timeout, [condition for property_ in properties for condition in property_.conditions])
        claims = [
            (property_.id, property_.sentence, partial(check_property, prover, property_)) for property_ in properties
        ]
        claims += [(id_, sentence, partial(check, prover)) for id_, sentence, check in STRUCTURAL]
        return tuple(_proof(*claim) for claim in claims if not wanted or claim[0] in wanted)


def _proof(id_: str, sentence: str, check: Callable[[], None]) -> Proof:
    started = perf_counter()
    try:
        check()
    except Refuted as refuted:
        return Proof(id_, sentence, False, perf_counter() - started, refuted.note, refuted.referrals)
    except SolverTimeout as timeout:
        return Proof(id_, sentence, None, perf_counter() - started, f"{timeout} The property is not settled.")
    return Proof(id_, sentence, True, perf_counter() - started)
