"""Answer one referral: which rules fired, what is decided and why, and which questions are still open."""
