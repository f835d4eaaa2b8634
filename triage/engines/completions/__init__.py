"""What an incomplete referral can still become, from decision diagrams of the whole meaning of a rule set."""
