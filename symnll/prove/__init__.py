"""Untrusted: searches for proofs, refutes, and checks at small sizes. A theorem comes from the core's rules only."""
