"""Checking documents: every step of every display gets a verdict. `symnll.check(text)` does it in Python.

Importing the package is cheap: the reader and the prover are imported when there is something to decide.
"""
