"""Rule sets and problems as words, data and documents for people."""
