"""What every folder of tests shares: the rule sets, read once, and how generated examples are run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import Phase, core, settings
from hypothesis.vendor import pretty

from triage.check import load_ruleset
from triage.model.ruleset import RuleSet
from triage.reading.referral_reader import ReferralReader

RULES = Path(__file__).resolve().parents[1] / "rules"
FIXTURE_RULES = Path(__file__).resolve().parent / "fixture_rules"

FOUND = (Phase.explicit, Phase.reuse, Phase.generate)
settings.register_profile("found", phases=FOUND, print_blob=True, report_multiple_bugs=False)
settings.register_profile("quick", settings.get_profile("found"), max_examples=10)
settings.register_profile("shrink", settings.get_profile("found"), phases=(*FOUND, Phase.shrink))
settings.load_profile("found")
# Schemathesis puts a printer in the place of Hypothesis' own that leaves every value of a failing example out.
core.RepresentationPrinter = pretty.RepresentationPrinter  # type: ignore[attr-defined]
# A console keeps the COLUMNS that it is made with: xdist's, or those of whichever test makes it first.
os.environ.pop("COLUMNS", None)
import_module("triage.cli.common")
# A failing example is printed as it was found, at once, and kept in .hypothesis/. To make it small, which can take
# minutes: `pytest --lf --hypothesis-profile=shrink --timeout=0`.


def generated(number: int) -> int:
    """How many generated examples a test makes: the number, or a tenth of it under `make quick`."""
    return max(1, number * settings().max_examples // 100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test that reads the published rules through the fixture `ruleset`."""
    for item in items:
        if "ruleset" in getattr(item, "fixturenames", ()):
            item.add_marker("published")


@pytest.fixture(scope="session", autouse=True)
def _data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the records of every service that a test starts out of the user's own data."""
    before = os.environ.get("XDG_DATA_HOME")
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))
    yield
    os.environ.pop("XDG_DATA_HOME")
    if before is not None:
        os.environ["XDG_DATA_HOME"] = before


@pytest.fixture(scope="session")
def ruleset() -> RuleSet:
    """The published rule set. A test that only needs some rule set takes `fixture_rules`."""
    return load_ruleset(RULES)


@pytest.fixture(scope="session")
def fixture_rules() -> RuleSet:
    """The small rule set of `fixture_rules/`, which names nothing published."""
    return load_ruleset(FIXTURE_RULES)


@pytest.fixture(scope="session")
def reader(ruleset: RuleSet) -> ReferralReader:
    return ReferralReader(ruleset.vocabulary)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the pages were measured at, beside what the first edition had and what is to be reached."""
    passed = (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed"))
    measured = [value for report in passed for name, value in report.user_properties if name == "measure"]
    if measured:
        terminalreporter.write_sep("-", "the pages, measured")
        terminalreporter.write_line(f"{'':56}{'first edition':>14}{'now':>7}{'to reach':>10}")
    for name, first, number, most in measured:
        terminalreporter.write_line(f"{name:56}{first or '-':>14}{number:>7}{f'<= {most}' if most else '-':>10}")
