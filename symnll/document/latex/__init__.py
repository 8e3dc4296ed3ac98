"""LaTeX and PDF."""
