"""What a deployment sets, each by an environment variable that begins with ``TRIAGE_``."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_PACKAGED = Path(__file__).resolve().parent / "rules"
PUBLISHED = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).resolve().parents[1] / "rules"
"""The folder of the published rule set: inside the package if that was installed as a wheel, else beside it."""

CRISIS_LINE_NOT_SET = "the crisis line (not set)"
EMERGENCY_NUMBER_NOT_SET = "the emergency number (not set)"
"""What stands in the place of a number that is not set: short, so that no action grows beyond its 90 words."""


def _known_time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise ValueError(f"`{name}` is no time zone. Give a name such as Europe/London") from unknown
    return name


def _secure_address(address: str) -> str:
    parts = urlsplit(address)
    if address and (parts.scheme != "https" or not parts.netloc or parts.path.strip("/")):
        raise ValueError(f"`{address}` is no address of a service. Give one such as https://triage.example.org")
    return address.rstrip("/")


def _several(text: object) -> object:
    """Split a text at its commas; anything else stays as it is."""
    return [part.strip() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


def now() -> datetime:
    """The current time in UTC: the default clock of the service."""
    return datetime.now(UTC)


def data_folder() -> Path:
    """The folder for this user's data, according to the XDG Base Directory Specification. It may not exist yet."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "ipt-triage"


class Settings(BaseSettings):
    """The settings that the command line, the service and Python callers share.

    No telephone number is built in. Until ``crisis_line`` and ``emergency_number`` are set, texts say "not set" in
    their place.
    """

    model_config = SettingsConfigDict(env_prefix="TRIAGE_", frozen=True)

    rules: Path = PUBLISHED
    service_name: str = "this service"
    crisis_line: str | None = None
    emergency_number: str | None = None
    largest_request: int = Field(default=262_144, ge=1_024, description="bytes of one request's body")
    database_url: str = Field(default="", description="where records are kept; empty: a file in the user's data folder")
    log_level: Literal["warning", "info"] = "warning"
    """What is logged; ``info`` is a line for each request."""
    requests_per_minute: int = Field(default=600, ge=1, description="of one account or address, where others come in")
    rules_digest: str = Field(default="", description="the one rule set with which every process of a service answers")
    tables: Path | None = None
    """The folder of tables that are uploaded to be rated; none: a new one among the temporary files."""
    public_url: Annotated[str, AfterValidator(_secure_address)] = ""
    """The https address at which others reach the service; empty: it is reached from this machine only."""
    time_zone: Annotated[str, AfterValidator(_known_time_zone)] = "UTC"
    holidays: Annotated[frozenset[date], NoDecode, BeforeValidator(_several)] = frozenset()
    draft_days: int = Field(default=7, ge=1, description="days after its last change that a draft is kept")
    reply_days: int = Field(default=14, ge=1, description="days that a referrer's reply link can be used")
    idempotency_hours: int = Field(default=24, ge=1, description="hours that an Idempotency-Key is remembered")
    webhook_url: str = Field(default="", pattern="^(https?://.*)?$", description="what is called for an overdue record")
    webhook_secret: SecretStr = SecretStr("")

    @property
    def is_secure(self) -> bool:
        """Whether browsers reach the service by https."""
        return bool(self.public_url)

    def words(self) -> dict[str, str]:
        """The values for placeholders of texts, by the name of the placeholder."""
        return {
            "service_name": self.service_name,
            "crisis_line": self.crisis_line or CRISIS_LINE_NOT_SET,
            "emergency_number": self.emergency_number or EMERGENCY_NUMBER_NOT_SET,
        }
