"""One file an entry: a loss or an identity, with its statements, hypotheses, derivations and references."""
