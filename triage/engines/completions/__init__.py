"""The completions engine: what an incomplete referral can still become, from decision diagrams of a rule set."""
