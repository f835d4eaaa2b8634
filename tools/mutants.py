"""Change the code in small ways and see whether a test notices: ``python tools/mutants.py [--since REV] [MODULE…]``.

Each change (a mutant) is made by mutmut in a copy of the working tree under `var/mutants/`, and only the tests that run
the changed function are run on it. Without a module, those of `triage/` and `api/` that differ from the revision are
changed. A mutant that no test can notice is named in `tests/equivalent_mutants.txt` with the reason, and set apart.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COPY = ROOT / "var" / "mutants"
EQUIVALENT = ROOT / "tests" / "equivalent_mutants.txt"
TESTS: Mapping[str, tuple[str, ...]] = {
    "triage/model": ("model", "engines", "answer", "reading"),
    "triage/reading": ("reading", "check", "model"),
    "triage/engines": ("engines",),
    "triage/answer": ("answer",),
    "triage/check": ("check", "reading"),
    "triage/presenting": ("presenting", "cli", "docs"),
    "triage/analysis": ("analysis", "prove"),
    "triage/cli": ("cli",),
    "api": ("api",),
}
"""The folders of tests that show the behaviour of each package."""
SURVIVED, UNTESTED = 0, 33
"""The exit codes that mutmut keeps for a mutant; all others are counted as noticed: a crash, a time limit."""


def main() -> None:
    """Run the mutants of the named modules and print the score of each."""
    parser = argparse.ArgumentParser(description="Change the code in small ways and see whether a test notices.")
    parser.add_argument("modules", nargs="*", help="files or folders in triage/ or api/")
    parser.add_argument("--since", default="main", help="without modules: those that differ from this revision")
    parser.add_argument("--processes", default="2", help="how many mutants are tried at a time")
    arguments = parser.parse_args()
    modules = [_inside(module) for module in arguments.modules] or _changed_since(arguments.since)
    if not modules:
        sys.exit(f"No module differs from {arguments.since}. Name one, for instance triage/engines/outcome.py.")
    _copy_tree(modules)
    subprocess.run([sys.executable, "-m", "mutmut", "run", "--max-children", arguments.processes], cwd=COPY, check=True)
    sys.exit(_report(modules))


def _inside(module: str) -> str:
    return str(Path(module).resolve().relative_to(ROOT))


def _changed_since(revision: str) -> list[str]:
    changed = subprocess.run(
        ["git", "diff", "--name-only", "--diff-filter=d", revision, "--", "triage", "api"],
        cwd=ROOT, capture_output=True, check=True, text=True,
    )  # fmt: skip
    return [name for name in changed.stdout.split() if name.endswith(".py")]


def _copy_tree(modules: Iterable[str]) -> None:
    """Copy what git knows or would take up, with mutmut's settings for these modules."""
    shutil.rmtree(COPY, ignore_errors=True)
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout.splitlines()
    for name in names:
        target = COPY / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copy2(ROOT / name, target)
    built = "api/pages/static/built"
    shutil.copytree(ROOT / built, COPY / built)
    with (COPY / "pyproject.toml").open("a") as settings:
        settings.write(_settings(list(modules)))


def _settings(modules: list[str]) -> str:
    packages = [package for package in TESTS if any(module.startswith(package) for module in modules)]
    folders = dict.fromkeys(f"tests/{folder}" for package in packages for folder in TESTS[package])
    beside = [path.name for path in COPY.iterdir() if path.name not in ("triage", "api", "tests", "pyproject.toml")]
    return "\n".join(
        (
            "",
            "[tool.mutmut]",
            'source_paths = ["triage", "api"]',
            f"only_mutate = {json.dumps([_pattern(module) for module in modules])}",
            f"also_copy = {json.dumps(['triage', 'api', *beside])}",
            f"pytest_add_cli_args_test_selection = {json.dumps(list(folders))}",
            'pytest_add_cli_args = ["-m", "not deep", "-p", "no:cacheprovider", "--hypothesis-profile=quick", '
            '"--timeout=0"]',  # mutmut has a limit of its own, by how long the tests took without a change
            "track_dependencies = false",
            "",
        )
    )


def _pattern(module: str) -> str:
    return module if module.endswith(".py") else f"{module}/*"


def _report(modules: Iterable[str]) -> int:
    """Print the score of each module and name what survived. The exit code is 1 where something did."""
    equivalent = {line.split()[0] for line in EQUIVALENT.read_text().splitlines() if line and not line.startswith("#")}
    survivors: list[str] = []
    for meta in sorted(meta for module in modules for meta in _results(module)):
        codes: dict[str, int] = json.loads(meta.read_text())["exit_code_by_key"]
        counted = {name: code for name, code in codes.items() if name not in equivalent}
        unnoticed = [name for name, code in counted.items() if code in (SURVIVED, UNTESTED)]
        survivors += unnoticed
        noticed, name = len(counted) - len(unnoticed), str(meta.relative_to(COPY / "mutants")).removesuffix(".meta")
        share = noticed / max(1, len(counted))
        print(f"{name}: {noticed} of {len(counted)} noticed, {share:.0%} ({len(codes) - len(counted)} equivalent)")
    for name in survivors:
        command = [sys.executable, "-m", "mutmut", "show", name]
        print(subprocess.run(command, cwd=COPY, capture_output=True, check=False, text=True).stdout)
    return 1 if survivors else 0


def _results(module: str) -> Iterable[Path]:
    return (COPY / "mutants").glob(f"{module}.meta" if module.endswith(".py") else f"{module}/**/*.meta")


if __name__ == "__main__":
    main()
