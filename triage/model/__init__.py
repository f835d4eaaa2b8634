"""What a rule set is, as frozen data: rules, facts, scales, sources and the faults found in them."""
