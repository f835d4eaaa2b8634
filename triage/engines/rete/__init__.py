"""The live engine: durable_rules, called through its C module."""
