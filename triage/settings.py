"""What a deployment sets, each by an environment variable that begins with ``TRIAGE_``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_PACKAGED = Path(__file__).resolve().parent / "rules"
PUBLISHED = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).resolve().parents[1] / "rules"
"""The published rule set: inside the package where it was installed as a wheel, else beside it."""


CRISIS_LINE_NOT_SET = "the crisis line (not set)"
EMERGENCY_NUMBER_NOT_SET = "the local emergency number (not set)"


class Settings(BaseSettings):
    """The settings that the command line, the service and Python callers share.

    No telephone number is built in: until the two are set, every text that names them says so in their place.
    """

    model_config = SettingsConfigDict(env_prefix="TRIAGE_", frozen=True)

    rules: Path = PUBLISHED
    service_name: str = "this service"
    crisis_line: str | None = None
    emergency_number: str | None = None
    largest_request: int = Field(default=262_144, ge=1_024, description="bytes of one request's body")

    def words(self) -> dict[str, str]:
        """The settings that texts name, by the names of their placeholders."""
        return {
            "service_name": self.service_name,
            "crisis_line": self.crisis_line or CRISIS_LINE_NOT_SET,
            "emergency_number": self.emergency_number or EMERGENCY_NUMBER_NOT_SET,
        }
