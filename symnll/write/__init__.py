"""Writing theorems and derivations: plain text, LaTeX, HTML. Untrusted, and fed by the theorem's own terms only."""
