"""The JSON API and the pages; every decision is made in ``triage``."""
