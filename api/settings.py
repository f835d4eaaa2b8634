"""What a deployment sets, each by an environment variable that begins with ``TRIAGE_``."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from triage.assess import Settings as Words

PUBLISHED = Path(__file__).resolve().parents[1] / "rules"


class Settings(BaseSettings):
    """The settings of one deployment. No telephone number is built in: a service states its own."""

    model_config = SettingsConfigDict(env_prefix="TRIAGE_", frozen=True)

    rules: Path = PUBLISHED
    service_name: str = "this service"
    crisis_line: str = "the crisis line"
    emergency_number: str = "the local emergency number"
    time_zone: str = "UTC"
    largest_request: int = Field(default=262_144, ge=1_024, description="bytes of one request's body")
    time_limit: float = Field(
        default=0.5, gt=0, le=30, description="seconds for what an incomplete referral can become"
    )

    def words(self) -> Words:
        """The settings that the words of an answer use."""
        return Words(self.service_name, self.crisis_line, self.emergency_number)
