"""The gates: whose approval counts, what holds, what is missing, and who can supply it."""
