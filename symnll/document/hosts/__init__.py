"""Pages of other tools: Sphinx, MyST, Pandoc and Quarto, notebooks."""
