"""Trusted: terms, axioms, rules, theorems, certificates. The standard library only, under 1,000 lines."""
