"""Authors' own files: their prose, their formulas, and the verdicts at their steps."""
