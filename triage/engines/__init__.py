"""Engines that run one rule set: each must agree with :mod:`triage.engines.reference`, which is the meaning."""
