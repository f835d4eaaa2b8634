"""What a deployment says of itself, each by an environment variable that begins with ``TRIAGE_``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from triage.assess import Settings

_PACKAGED = Path(__file__).resolve().parent / "rules"
PUBLISHED = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).resolve().parents[1] / "rules"
"""The published rule set: inside the package where it was installed as a wheel, else beside it."""


class Deployment(BaseSettings):
    """The settings that the command line and the service share. No telephone number is built in."""

    model_config = SettingsConfigDict(env_prefix="TRIAGE_", frozen=True)

    rules: Path = PUBLISHED
    service_name: str = "this service"
    crisis_line: str = "the crisis line"
    emergency_number: str = "the local emergency number"
    time_limit: float = Field(
        default=0.5, gt=0, le=30, description="seconds for what an incomplete referral can become"
    )

    def words(self) -> Settings:
        """The settings that the words of an answer use."""
        return Settings(self.service_name, self.crisis_line, self.emergency_number)
