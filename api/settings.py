"""What a deployment of the service sets, each by an environment variable that begins with ``TRIAGE_``."""

from __future__ import annotations

from pydantic import Field

from triage.deployment import Deployment


class Settings(Deployment):
    """The settings of the web service."""

    largest_request: int = Field(default=262_144, ge=1_024, description="bytes of one request's body")
