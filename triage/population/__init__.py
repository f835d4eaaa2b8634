"""Many referrals at once: the rule set as columns of a table, on Polars or, as SQL, on a database."""
