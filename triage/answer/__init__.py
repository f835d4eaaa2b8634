"""Answer one referral: which rules fired, what was decided, why, and what is still open."""
