"""What a deployment sets, each by an environment variable that begins with ``TRIAGE_``."""

from __future__ import annotations

import json
import os
from datetime import UTC, date, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, FilePath, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

_PACKAGED = Path(__file__).resolve().parent / "rules"
PUBLISHED = _PACKAGED if _PACKAGED.is_dir() else Path(__file__).resolve().parents[1] / "rules"
"""The folder of the published rule set: inside the package if that was installed as a wheel, else beside it."""

CRISIS_LINE_NOT_SET = "the crisis line (not set)"
EMERGENCY_NUMBER_NOT_SET = "the emergency number (not set)"
"""What stands in the place of a number that is not set: short, so that no action grows beyond its 90 words."""

Role = Literal["coordinator", "clinician", "provider", "auditor", "admin"]
"""What someone may do; a clinician may lower a level."""


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


def is_this_machine(host: str) -> bool:
    """Whether a name or an address is this machine's own."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_private_way(address: str) -> bool:
    """Whether nobody between can read what is sent to an address: by https, or within this machine."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:  # no address, or no port that there can be
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_this_machine(host)))


def _issuer(address: str) -> str:
    if address and (not is_private_way(address) or "?" in address or "#" in address or not address.isprintable()):
        raise ValueError(f"`{address}` is no OpenID issuer. Give its https address, without `?` and `#`")
    return address


def _roles(text: object) -> object:
    """Read the role for each value from JSON: a value may be any text, such as a name in a directory."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        raise ValueError('Give JSON with a role for each value, such as {"ipt-clinicians": "clinician"}') from None


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

    model_config = SettingsConfigDict(env_prefix="TRIAGE_", frozen=True, hide_input_in_errors=True)

    rules: Path = PUBLISHED
    service_name: str = "this service"
    crisis_line: str | None = None
    emergency_number: str | None = None
    largest_request: int = Field(default=262_144, ge=1_024, description="bytes of one request's body")
    database_url: str = Field(default="", description="where records are kept; empty: a file in the user's data folder")
    log_level: Literal["warning", "info"] = "warning"
    """What is logged; ``info`` is a line for each request."""
    helpers: int = Field(default=0, ge=0, le=64, description="processes that answer incomplete referrals; 0: a thread")
    """`triage serve` has as many as there are processors, unless this is set."""
    requests_per_minute: int = Field(default=600, ge=1, description="of one account or address, where others come in")
    rules_digest: str = Field(default="", description="the one rule set with which every process of a service answers")
    tables: Path | None = None
    """The folder of tables that are uploaded to be rated; none: a new one among the temporary files."""
    public_url: Annotated[str, AfterValidator(_secure_address)] = ""
    """The https address at which others reach the service; empty: it is reached from this machine only."""
    time_zone: Annotated[str, AfterValidator(_known_time_zone)] = "UTC"
    holidays: Annotated[frozenset[date], NoDecode, BeforeValidator(_several)] = frozenset()
    draft_days: int = Field(default=7, ge=1, description="days after its last change that a draft is kept")
    table_days: int = Field(default=30, ge=1, description="days that the outcomes of a table are kept, where asked for")
    reply_days: int = Field(default=14, ge=1, description="days that a referrer's reply link can be used")
    idempotency_hours: int = Field(default=24, ge=1, description="hours that an Idempotency-Key is remembered")
    webhook_url: str = Field(default="", pattern="^(https?://.*)?$", description="what is called for an overdue record")
    webhook_secret: SecretStr = SecretStr("")
    webhook_inside: bool = Field(default=False, description="whether it may be at an address inside the network")
    password_sign_in: bool = True
    """Whether people may sign in with a password of this service."""
    openid_issuer: Annotated[str, AfterValidator(_issuer)] = ""
    """The address of the OpenID provider by which people sign in; empty: there is none."""
    openid_name: str = Field(default="", max_length=60, description="what people call the provider")
    openid_client_id: str = ""
    openid_client_secret: SecretStr = SecretStr("")
    openid_client_secret_file: FilePath | None = None
    openid_scope: str = Field(default="openid profile", pattern=r"^openid( \S+)*$", description="what is asked for")
    openid_role_claim: str = Field(default="groups", min_length=1, description="the claim that says the role")
    openid_roles: Annotated[dict[str, Role], NoDecode, BeforeValidator(_roles)] = {}
    """The role for each value of the claim; of several that someone has, the first here counts."""
    openid_login_claim: str = Field(default="preferred_username", min_length=1, description="the claim for the login")
    openid_tenant: str = Field(default="local", min_length=1, max_length=200, description="the clinic of these people")

    @model_validator(mode="after")
    def _someone_can_sign_in(self) -> Self:
        """Refuse half of what sign-in needs."""
        if not self.openid_issuer:
            if not self.password_sign_in:
                raise ValueError(
                    "TRIAGE_PASSWORD_SIGN_IN is off and TRIAGE_OPENID_ISSUER is not set: nobody could sign in"
                )
            return self
        if self.public_url and not self.openid_issuer.startswith("https://"):
            raise ValueError("TRIAGE_OPENID_ISSUER is not https: where others reach the service, it has to be")
        if bool(self.openid_client_secret.get_secret_value()) == bool(self.openid_client_secret_file):
            raise ValueError("Set TRIAGE_OPENID_CLIENT_SECRET or TRIAGE_OPENID_CLIENT_SECRET_FILE, one of them")
        missing = [name for name in ("client_id", "roles") if not getattr(self, f"openid_{name}")]
        if missing:
            names = " and ".join(f"TRIAGE_OPENID_{name.upper()}" for name in missing)
            raise ValueError(f"TRIAGE_OPENID_ISSUER is set, so set {names} as well")
        return self

    @property
    def openid_is_called(self) -> str:
        """What people call the provider: its name, or else its host."""
        return self.openid_name or urlsplit(self.openid_issuer).hostname or ""

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
