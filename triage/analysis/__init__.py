"""Questions about all referrals at once: proofs, comparisons, counterfactuals. The only package that may import z3."""
