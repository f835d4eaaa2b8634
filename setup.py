"""Find the packages, and carry the rule set of the folder ``rules`` in the wheel as ``triage.rules``."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["triage*", "api*"]), "triage.rules"])
