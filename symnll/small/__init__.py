"""The small-size check: a statement written out at K = 1, 2, 3, …, its sides compared exactly or in ball arithmetic.

No code is shared with the trusted core or the prover, and none of SymPy's own algebra is used: its trees are only read.
0⁰ = 1, an empty sum is 0 and an empty product is 1; what is undefined (1/0, log 0, …) stays undefined.

`names` finds what a statement leaves open, `sample` draws values for it, `cases` and `writer` write the statement out
as a `graph` of scalars, `evaluate` gives values of such a graph, `compare` and `maximisers` compare the two sides at a
point, `formal` compares them for all values at once, `search` looks for a counterexample, and `show` makes it readable.
"""

from symnll.small.search import Agreement, NotChecked, Witness, examine, formally_equal, holds_when

__all__ = ["Agreement", "NotChecked", "Witness", "examine", "formally_equal", "holds_when"]
