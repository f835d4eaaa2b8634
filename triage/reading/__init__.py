"""Read rule sets and referrals from text, naming every mistake with its place."""
