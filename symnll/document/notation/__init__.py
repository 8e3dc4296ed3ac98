"""Formulas in the reader's own notation."""
