"""Documents: the library and people's own derivations, in every format. Untrusted: it makes no theorem."""
