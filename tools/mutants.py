"""Change the code in small ways and see whether a test notices: ``python tools/mutants.py [--sample N] [MODULE…]``.

Each change (a mutant) is made by mutmut in a copy of the working tree under `var/mutants/`, one copy a package, and
only the tests that run the changed function are run on it. Without a module, those of `triage/` and `api/` that differ
from the revision are changed. A mutant that no test can notice is named in `tests/equivalent_mutants.txt` with the
reason, and set apart.

``--sample N`` tries N mutants of each package, drawn evenly over all mutants of its named modules; ``--seed`` draws
others. The share noticed is printed with its 95 % interval (Wilson): at 90 %, N = 120 gives about 83 to 94 %, N = 400
about 87 to 93 %.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from math import sqrt
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPIES = ROOT / "var" / "mutants"
EQUIVALENT = ROOT / "tests" / "equivalent_mutants.txt"
TESTS: Mapping[str, tuple[str, ...]] = {
    "triage/model": ("model", "reading", "answer"),
    "triage/reading": ("reading", "check", "model"),
    "triage/engines": ("engines",),
    "triage/answer": ("answer",),
    "triage/check": ("check", "reading", "cli/test_rules.py", "cli/test_rule_examples.py", "docs/test_docs.py"),
    "triage/presenting": ("presenting", "cli", "docs"),
    "triage/analysis": ("analysis", "prove"),
    "triage/cli": ("cli", "docs/test_docs.py", *(f"records/test_{name}.py" for name in ("audit", "backup", "replay"))),
    "triage/population": ("population",),
    "api": ("api",),
}
"""The folders and files of tests that show the behaviour of each package."""
SURVIVED, UNTESTED, TIMED_OUT = 0, 33, (36, 24, -24, 152, 255, -9)
"""The exit codes that mutmut keeps for a mutant; all others are counted as noticed: a crash, a time limit."""
WRITE_MUTANTS = "from mutmut.__main__ import copy_src_dir, create_mutants; copy_src_dir(); create_mutants(1)"
"""What `mutmut run` does first, so that the mutants have names to draw from."""


def main() -> None:
    """Run the mutants of the named modules and print the score of each package."""
    parser = argparse.ArgumentParser(description="Change the code in small ways and see whether a test notices.")
    parser.add_argument("modules", nargs="*", help="files or folders in triage/ or api/")
    parser.add_argument("--since", default="main", help="without modules: those that differ from this revision")
    parser.add_argument("--processes", default="2", help="how many mutants are tried at a time")
    parser.add_argument("--sample", type=int, help="try this many mutants of each package, drawn at random")
    parser.add_argument("--seed", type=int, default=1, help="which mutants the sample draws")
    arguments = parser.parse_args()
    modules = [_inside(module) for module in arguments.modules] or _changed_since(arguments.since)
    if not modules:
        sys.exit(f"No module differs from {arguments.since}. Name one, for instance triage/engines/outcome.py.")
    survivors = 0
    for package, of_package in _by_package(modules).items():
        copy = COPIES / package.replace("/", "-")
        _copy_tree(copy, package, of_package)
        drawn = _drawn(copy, of_package, arguments.sample, arguments.seed) if arguments.sample else []
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", arguments.processes, *drawn]
        subprocess.run(command, cwd=copy, check=True)
        survivors += _report(copy, package, of_package)
    sys.exit(1 if survivors else 0)


def _inside(module: str) -> str:
    return str(Path(module).resolve().relative_to(ROOT))


def _changed_since(revision: str) -> list[str]:
    changed = subprocess.run(
        ["git", "diff", "--name-only", "--diff-filter=d", revision, "--", "triage", "api"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return [name for name in changed.stdout.split() if name.endswith(".py")]


def _by_package(modules: Iterable[str]) -> dict[str, list[str]]:
    """The modules of each package; one beside the packages of `triage/` goes with `triage/cli`."""
    grouped: dict[str, list[str]] = {}
    for module in modules:
        package = next((package for package in TESTS if f"{module}/".startswith(f"{package}/")), "triage/cli")
        grouped.setdefault(package, []).append(module)
    return grouped


def _copy_tree(copy: Path, package: str, modules: Iterable[str]) -> None:
    """Copy what git knows or would take up, with mutmut's settings for these modules."""
    shutil.rmtree(copy, ignore_errors=True)
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout.splitlines()
    for name in names:
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, target)
    built = "api/pages/static/built"
    shutil.copytree(ROOT / built, copy / built)
    with (copy / "pyproject.toml").open("a") as settings:
        settings.write(_settings(copy, package, list(modules)))


def _settings(copy: Path, package: str, modules: list[str]) -> str:
    beside = [path.name for path in copy.iterdir() if path.name not in ("triage", "api", "tests", "pyproject.toml")]
    return "\n".join(
        (
            "",
            "[tool.mutmut]",
            'source_paths = ["triage", "api"]',
            f"only_mutate = {json.dumps([_pattern(module) for module in modules])}",
            f"also_copy = {json.dumps(['triage', 'api', *beside])}",
            f"pytest_add_cli_args_test_selection = {json.dumps([f'tests/{folder}' for folder in TESTS[package]])}",
            'pytest_add_cli_args = ["-m", "not deep", "-p", "no:cacheprovider", "--hypothesis-profile=quick", '
            # mutmut has a limit of time of its own, by how long the tests took without a change
            '"-k", "not postgresql", "--timeout=0"]',
            'process_isolation = "forkserver"',  # a table engine that has begun its threads hangs in a fork
            "track_dependencies = false",
            "",
        )
    )


def _pattern(module: str) -> str:
    return module if module.endswith(".py") else f"{module}/*"


def _drawn(copy: Path, modules: Iterable[str], number: int, seed: int) -> list[str]:
    """As many mutants, each as likely as any other; all of them where there are no more."""
    subprocess.run([sys.executable, "-c", WRITE_MUTANTS], cwd=copy, check=True, stdout=subprocess.DEVNULL)
    names = sorted(_exit_codes(copy, modules))
    return random.Random(seed).sample(names, min(number, len(names)))  # noqa: S311 (nothing secret is drawn)


def _exit_codes(copy: Path, modules: Iterable[str]) -> dict[str, int | None]:
    """What mutmut keeps for each mutant of the modules; None for one that was not tried."""
    codes: dict[str, int | None] = {}
    for module in modules:
        kept = f"{module}.meta" if module.endswith(".py") else f"{module}/**/*.meta"
        for meta in sorted((copy / "mutants").glob(kept)):
            codes |= json.loads(meta.read_text())["exit_code_by_key"]
    return codes


def _report(copy: Path, package: str, modules: Iterable[str]) -> int:
    """Print the score of the package and each mutant that survived; give how many did."""
    equivalent = {line.split()[0] for line in EQUIVALENT.read_text().splitlines() if line and not line.startswith("#")}
    codes = _exit_codes(copy, modules)
    tried = {name: code for name, code in codes.items() if code is not None}
    counted = {name: code for name, code in tried.items() if name not in equivalent}
    survivors = [name for name, code in counted.items() if code in (SURVIVED, UNTESTED)]
    noticed = len(counted) - len(survivors)
    timed_out = sum(code in TIMED_OUT for code in counted.values())
    low, high = interval(noticed, len(counted))
    print(
        f"{package}: {noticed} of {len(counted)} noticed, {noticed / max(1, len(counted)):.0%}, {timed_out} by time"
        f" ({len(tried) - len(counted)} equivalent; {len(tried)} tried of {len(codes)}: {low:.0%} to {high:.0%} of all)"
    )
    for name in survivors:
        command = [sys.executable, "-m", "mutmut", "show", name]
        print(subprocess.run(command, cwd=copy, capture_output=True, check=False, text=True).stdout)
    return len(survivors)


def interval(noticed: int, drawn: int) -> tuple[float, float]:
    """Wilson's 95 % interval for a share of which a sample was drawn."""
    if not drawn:
        return 0.0, 1.0
    z = 1.96
    share, spread = noticed / drawn, z * z / drawn
    middle, half = share + spread / 2, z * sqrt(share * (1 - share) / drawn + spread / (4 * drawn))
    return (middle - half) / (1 + spread), (middle + half) / (1 + spread)


if __name__ == "__main__":
    main()
