"""The Sphinx extension: `extensions = ["symnll.sphinx"]`. For reStructuredText, and Markdown through MyST."""

from symnll.document.hosts.sphinx_ext import setup

__all__ = ["setup"]
