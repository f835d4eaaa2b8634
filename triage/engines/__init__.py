"""Engines: which rules fire on a referral, and what an incomplete one can still become."""
