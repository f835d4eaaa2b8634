"""What is installed carries every module, the published rules, the templates and the marker of its types."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def _committed(*folders: str) -> set[str]:
    listed = subprocess.run(["git", "ls-files", *folders], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {path for path in listed.splitlines() if (ROOT / path).is_file()}


def test_everything_that_runs_is_packaged(tmp_path: Path) -> None:
    base = ["--build-base", str(tmp_path), "egg_info", "--egg-base", str(tmp_path)]
    subprocess.run([sys.executable, "setup.py", "--quiet", "build", *base], cwd=ROOT, capture_output=True, check=True)
    built = {path.relative_to(tmp_path / "lib").as_posix() for path in (tmp_path / "lib").rglob("*") if path.is_file()}
    not_run = {path for path in _committed("triage", "api") if path.endswith((".scss", "build.sh", ".md"))}
    rules = {f"triage/{path}" for path in _committed("rules") if path.endswith((".yaml", "lock.json"))}
    assert _committed("triage", "api") - not_run | rules <= built
    assert "triage/py.typed" in built
