"""Figures, and one that moves."""
