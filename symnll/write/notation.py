"""From a term to its notation: names for nameless binders, signs and fractions, abbreviations folded.

Everything that is printed comes through here, so that text and LaTeX show the same formula. Names of bound variables
never collide: not with a free symbol of the whole formula, not with an enclosing binder, and a name of an index stands
for one range only in all of a formula.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import TypeVar

from symnll.core.term import BOOL, INT, MINUS_ONE, ONE, POINT, REAL, CoreError, Sort, Term, app, op, sym
from symnll.write.folding import Abbreviation, flat, fold, fold_items, fold_terms, product_items, usable
from symnll.write.nodes import (
    And,
    Big,
    Call,
    Delta,
    Derivative,
    Extremum,
    ForAll,
    If,
    Maps,
    Name,
    Node,
    Number,
    Phrase,
    Power,
    Product,
    Quotient,
    Range,
    Relation,
    Sum,
    Tuple,
)

T = TypeVar("T")
DIGITS = "₀₁₂₃₄₅₆₇₈₉"
_LETTERS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho _ sigma tau upsilon phi chi psi omega"
GREEK = {name: chr(ord("α") + n) for n, name in enumerate(_LETTERS.split())}
PROBE = sym("an index that no one writes", INT)
INDEX_POOL = ("k", "j", "i", "l", "m", "n", "p", "q", "r", "s")
POOLS = {REAL: ("x", "t", "s", "u", "r"), POINT: ("θ", "η", "φ", "ω"), "family": ("v", "u", "w", "z", "q")}
SIGNS = {"eq": "=", "ne": "≠", "le": "≤", "lt": "<"}
BIGS = {"sum": "sum", "prod": "prod", "maxi": "max"}
Scope = tuple[Term, Term]  # the range of an index
OTHER_WAY = {"≤": "≥", "<": ">", "=": "=", "≠": "≠"}


class Reader:
    """Reads terms as notation; `roots` are all the terms that will be read, so that names fit all of them."""

    def __init__(self, roots: Iterable[Term], abbreviations: Sequence[tuple[Term, Term]] = ()) -> None:
        free = sorted({s for t in roots for s in t.free}, key=lambda s: (s.data, repr(s.sort)))
        self.names = _display_names(free)
        taken = (
            frozenset(self.names.values()) | {s.data for s in free} | {n.rstrip(DIGITS) for n in self.names.values()}
        )
        self.abbreviations = usable(abbreviations, taken)
        self.taken = taken | {s.data for a in self.abbreviations for s in a.name.free | a.definition.free}
        self.ranges: dict[str, Scope | None] = {}
        self.used: dict[Abbreviation, None] = {}
        self._open: list[str] = []
        self._off: list[Abbreviation] = []

    def read(self, t: Term) -> Node:
        """The notation of a closed term. A relation whose sides would look the same is shown unfolded."""
        used = dict(self.used)
        node = self.node(t)
        if t.op in SIGNS and t.args[0] is not t.args[1] and isinstance(node, Relation) and node.left == node.right:
            self.used = used
            with self.without(self.abbreviations):
                return self.node(t)
        return node

    @contextmanager
    def without(self, abbreviations: Iterable[Abbreviation]) -> Iterator[None]:
        """With these abbreviations written out."""
        off, self._off = self._off, [*self._off, *abbreviations]
        try:
            yield
        finally:
            self._off = off

    # Names of binders.

    @contextmanager
    def opened(self, f: Term, scope: Scope | None = None) -> Iterator[tuple[str, Term, Term]]:
        """The body of a function term, with a name for its variable: (name, symbol, body)."""
        sort = f.sort[1]
        name = self._choose(sort, scope)
        symbol = sym(name, sort)
        self._open.append(name)
        self.names[symbol] = name
        try:
            yield name, symbol, app(f, symbol)
        finally:
            self._open.pop()

    def _choose(self, sort: Sort, scope: Scope | None) -> str:
        pool = _index_pool(scope) if sort == INT else POOLS.get(sort if isinstance(sort, str) else "family", ("P",))
        candidates = (*pool, *(f"{n}{'′' * more}" for more in range(1, 100) for n in pool))
        for name in candidates:
            if name not in self.taken and name not in self._open and self.ranges.get(name, scope) == scope:
                self.ranges[name] = scope
                return name
        raise CoreError("There are no names left for bound variables.")

    # Terms.

    def node(self, t: Term) -> Node:
        for a in self.abbreviations:
            if a not in self._off and a.definition.sort == t.sort:
                named = fold(t, a)
                if named is not None:
                    self.used[a] = None
                    return self.node(named)
        if t.op in SIGNS:
            return self._relation(t)
        if t.op in BIGS:
            return self._big(t)
        method = getattr(self, f"_{t.op}", None)
        if method is None:
            raise CoreError(f"There is no notation for the operator {t.op!r}.")
        result: Node = method(t)
        return result

    def _num(self, t: Term) -> Node:
        value = Number(abs(t.data)) if t.data.denominator == 1 else _quotient_of(abs(t.data))
        return value if t.data >= 0 else Sum(((-1, value),))

    def _sym(self, t: Term) -> Node:
        return Name(self.names.get(t, t.data))

    def _app(self, t: Term) -> Node:
        args: list[Term] = []
        while t.op == "app":
            args.insert(0, t.args[1])
            t = t.args[0]
        name, sorts, sort = self.names.get(t, t.data), [], t.sort
        for _ in args:
            sorts.append(sort[1])
            sort = sort[2]
        while isinstance(sort, tuple):  # partly applied
            sorts.append(sort[1])
            sort = sort[2]
        if all(s == INT for s in sorts) and sort != BOOL:
            return Name(name, tuple(self.node(a) for a in args))
        groups = [
            tuple(self.node(a) for a, s in zip(args, sorts, strict=False) if (s == INT) is whole)
            for whole in (True, False)
        ]
        return Name(name, (), tuple(g for g in groups if g))

    def _lam(self, t: Term) -> Node:
        head = self._family_name(t)
        if head is not None:
            return head
        with self.opened(t) as (name, _, body):
            return Maps(name, self.node(body))

    def _family_name(self, f: Term) -> Node | None:
        """y, where the function term is k ↦ y_k for an abbreviation y."""
        if f.op != "lam" or f.sort[1] != INT:
            return None
        body = app(f, PROBE)
        for a in self.abbreviations:
            named = fold(body, a) if a not in self._off else None
            if named is not None and named.op == "app" and named.args[1] is PROBE and PROBE not in named.args[0].free:
                self.used[a] = None
                return self.node(named.args[0])
        return None

    def _add(self, t: Term) -> Node:
        terms = self._folded(list(flat(t, "add")), fold_terms)
        signed = [_signed(self.node(u)) for u in terms]
        first = next((n for n, (sign, _) in enumerate(signed) if sign > 0), 0)
        signed.insert(0, signed.pop(first))  # b − a rather than −a + b
        late = [part for part in signed if _open_ended(part[1])]
        rest = [part for part in signed if part not in late]
        if rest and rest[0][0] > 0:
            signed = rest + late  # 1 + Σ … rather than Σ … + 1
        return Sum(tuple(signed)) if len(signed) > 1 or signed[0][0] < 0 else signed[0][1]

    def _folded(self, parts: list[T], step: Callable[[Sequence[T], Abbreviation], list[T] | None]) -> list[T]:
        for a in self.abbreviations:
            while a not in self._off and (found := step(parts, a)) is not None:
                self.used[a] = None
                parts = found
        return parts

    def _mul(self, t: Term) -> Node:
        items = self._folded(product_items(t), fold_items)
        sign, above, below = 1, [], []
        for base, exponent in items:
            if base.op == "num" and base.data and exponent in (1, -1):
                value = base.data**exponent
                sign = -sign if value < 0 else sign
                if abs(value).numerator != 1 or value == 1:
                    above.append(Number(Fraction(abs(value).numerator)))
                if value.denominator != 1:
                    below.append(Number(Fraction(value.denominator)))
                continue
            part, (s, factor) = (above if exponent > 0 else below), self._factor(base, abs(exponent))
            sign *= s
            part.append(factor)
        node = _fraction(above, below)
        return node if sign > 0 else Sum(((-1, node),))

    def _factor(self, base: Term, exponent: int) -> tuple[int, Node]:
        node = self.node(base)
        return (1, Power(node, Number(Fraction(exponent)))) if exponent != 1 else _signed(node)

    def _pow(self, t: Term) -> Node:
        base, exponent = self.node(t.args[0]), t.args[1]
        if exponent.op != "num":
            return Power(base, self.node(exponent))
        size = abs(exponent.data)
        if size == 1 and exponent.data == -1:
            inner = base
        elif size == Fraction(1, 2):
            inner = Call("sqrt", (base,))
        else:
            inner = Power(base, Number(size) if size.denominator == 1 else _quotient_of(size))
        return inner if exponent.data >= 0 else Quotient(Number(Fraction(1)), inner)

    def _exp(self, t: Term) -> Node:
        return Call("exp", (self.node(t.args[0]),))

    def _log(self, t: Term) -> Node:
        return Call("log", (self.node(t.args[0]),))

    def _max(self, t: Term) -> Node:
        return Call("max", tuple(map(self.node, t.args)))

    def _delta(self, t: Term) -> Node:
        return Delta(self.node(t.args[0]), self.node(t.args[1]))

    def _big(self, t: Term) -> Node:
        low, high, f = t.args
        bounds = self.node(low), self.node(high)
        with self.opened(f, (low, high)) as (name, _, body):
            return Big(BIGS[t.op], name, *bounds, self.node(body), low is ONE and high.op == "sym")

    # Derivatives.

    def _diff(self, t: Term) -> Node:
        f, at = t.args
        if f.op == "sym":
            return Name(self.names.get(f, f.data), (), ((self.node(at),),), primes=1)
        total = all(s.sort == INT for s in f.free)
        if at.op == "sym" and at not in f.free and at.sort == REAL:
            return _derivative(self.node(app(f, at)), Name(self.names.get(at, at.data)), total)
        with self.opened(f) as (name, _, body):
            return Derivative(self.node(body), (Name(name),), (Name(name), self.node(at)), total)

    def _partial(self, t: Term) -> Node:
        f, point, *indices = t.args
        where = tuple(self.node(i) for i in indices)
        if point.op == "sym" and point not in f.free:
            return _derivative(self.node(app(f, point)), Name(self.names.get(point, point.data), where))
        head = self._family_name(point)
        if isinstance(head, Name) and not head.indices and not head.arguments:
            # C(y) for y = softmax(z): the variable may be called y where the body does not mention y otherwise.
            symbol = sym(head.name, point.sort)
            off = [a for a in self.abbreviations if a.head.data == head.name]
            if symbol not in f.free:
                with self.without(off):
                    return Derivative(self.node(app(f, symbol)), (Name(head.name, where),))
        with self.opened(f) as (name, _, body):
            return Derivative(self.node(body), (Name(name, where),), (Name(name), self.node(point)))

    _partial2 = _partial

    # Formulas.

    def _relation(self, t: Term) -> Node:
        left, right, sign = self.node(t.args[0]), self.node(t.args[1]), SIGNS[t.op]
        if t.op in ("le", "lt") and t.args[0].op == "num" and t.args[1].op != "num":
            return Relation(OTHER_WAY[sign], right, left)
        return Relation(sign, left, right)

    def _and(self, t: Term) -> Node:
        return And(tuple(conditions(self, flat(t, "and"))))

    def _implies(self, t: Term) -> Node:
        premises = []
        while t.op == "implies":
            premises += flat(t.args[0], "and")
            t = t.args[1]
        parts = conditions(self, premises)
        return If(parts[0] if len(parts) == 1 else And(tuple(parts)), self.read(t))

    def _forall(self, t: Term) -> Node:
        with self.quantified(t) as (binders, body):
            return ForAll(_grouped(binders), self.read(body))

    @contextmanager
    def quantified(self, t: Term) -> Iterator[tuple[tuple[Node, ...], Term]]:
        """The binders and the body of nested quantifiers; i → lo ≤ i → i ≤ hi → … reads as i ∈ lo..hi."""
        if t.op != "forall":
            yield (), t
            return
        f = t.args[0]
        scope = _range_of(f)
        with self.opened(f, scope) as (name, symbol, body):
            if scope is not None:
                binder: Node = Relation("∈", Name(name), Range(self.node(scope[0]), self.node(scope[1])))
                body = body.args[1].args[1]
            else:
                binder = Phrase((sort_words(symbol.sort), Name(name)))
            with self.quantified(body) as (inner, innermost):
                yield (binder, *inner), innermost

    def _argmax_eq(self, t: Term) -> Node:
        domain, left, right = t.args
        return Relation("=", self._extremum(domain, left), self._extremum(domain, right))

    def _extremum(self, domain: Term, f: Term) -> Node:
        with self.opened(domain) as (name, symbol, condition):
            value, name_of = app(f, symbol), "argmax"
            if value.op == "mul" and value.args[0] is MINUS_ONE:
                value, name_of = op("mul", *value.args[1:]) if len(value.args) > 2 else value.args[1], "argmin"
            body = self.node(value)
            trivial = condition.op in ("eq", "le") and condition.args[0] is condition.args[1]
            return Extremum(name_of, name, None if trivial else self.node(condition), body)

    def _hasd(self, t: Term) -> Node:
        f, at, value = t.args
        with self.opened(f) as (name, _, body):
            slope = Derivative(self.node(body), (Name(name),), (Name(name), self.node(at)), total=True)
        return Phrase((Relation("=", slope, self.node(value)), " (it exists)"))

    def _smooth(self, t: Term) -> Node:
        return Phrase((self.node(t.args[0]), " is differentiable"))

    def _differentiable(self, t: Term) -> Node:
        f, low, high = t.args
        return Phrase(
            (self.node(f), " is totally differentiable in the entries ", Range(self.node(low), self.node(high)))
        )


def conditions(reader: Reader, formulas: Sequence[Term]) -> list[Node]:
    """The formulas as notation; lo ≤ t with t ≤ hi becomes t ∈ lo..hi, and indices of one range stand together."""
    lower = {f.args[1]: f.args[0] for f in formulas if f.op == "le" and f.args[1].sort == INT and f.args[0].sort == INT}
    upper = {f.args[0]: f.args[1] for f in formulas if f.op == "le" and f.args[0].sort == INT and f.args[1].sort == INT}
    inside = [t for t in lower if t in upper and t.op in ("sym", "app")]
    done, nodes = set(), []
    for f in formulas:
        t = next((t for t in inside if f.op == "le" and (f.args == (lower[t], t) or f.args == (t, upper[t]))), None)
        if t is None:
            nodes.append(reader.read(f))
        elif t not in done:
            same = [u for u in inside if u not in done and (lower[u], upper[u]) == (lower[t], upper[t])]
            done.update(same)
            members = tuple(reader.node(u) for u in same)
            scope = Range(reader.node(lower[t]), reader.node(upper[t]))
            nodes.append(Relation("∈", members[0] if len(members) == 1 else Tuple(members), scope))
    return nodes


def sort_words(sort: Sort) -> str:
    """What kind of thing a symbol of that sort is."""
    if isinstance(sort, str):
        return {INT: "integer", REAL: "real", POINT: "point"}.get(sort, "formula")
    count, value = 0, sort
    while isinstance(value, tuple) and value[1] == INT:
        count, value = count + 1, value[2]
    if isinstance(value, tuple) or value not in (INT, REAL):
        return "function"
    return f"{'integer' if value == INT else 'real'} {'vector' if count == 1 else 'array'}"


def kind(words: str, names: Sequence[Node]) -> Node:
    """real p, q; point θ; real vectors v, w"""
    plural = words + "s" if len(names) > 1 and words != "real" else words
    return Phrase((plural + " ", names[0] if len(names) == 1 else Tuple(tuple(names))))


def _grouped(binders: Sequence[Node]) -> tuple[Node, ...]:
    """Binders of one kind or range together: i, m ∈ 1..K."""
    groups: dict[Node | str, list[Node]] = {}
    for b in binders:
        if isinstance(b, Relation):
            groups.setdefault(b.right, []).append(b.left)
        elif isinstance(b, Phrase):
            groups.setdefault(str(b.parts[0]), []).append(b.parts[1])  # type: ignore[arg-type]
    return tuple(
        kind(key, names)
        if isinstance(key, str)
        else Relation("∈", names[0] if len(names) == 1 else Tuple(tuple(names)), key)
        for key, names in groups.items()
    )


def _display_names(free: Sequence[Term]) -> dict[Term, str]:
    """A name for each symbol: τ for tau, m₁ for m1; symbols of one name that would look the same get primes."""
    names: dict[Term, str] = {}
    used: set[tuple[str, bool]] = set()
    raw = {s.data for s in free}
    for s in free:
        name, shape = _styled(s.data, raw), isinstance(s.sort, tuple)  # n and n_i may share a letter
        while (name, shape) in used or (name != s.data and name in raw):
            name += "′"
        used.add((name, shape))
        names[s] = name
    return names


def _styled(name: str, others: set[str]) -> str:
    if name in GREEK:
        return GREEK[name]
    letter = name.rstrip("0123456789")
    if len(letter) == 1 and letter != name and letter not in others:
        return letter + name[1:].translate(str.maketrans("0123456789", DIGITS))
    return name


def _index_pool(scope: Scope | None) -> tuple[str, ...]:
    """Names for an index by its range: k, j, i for 1..K, n for 1..N, d for 1..D."""
    if scope is None:
        return (*INDEX_POOL[1:], "k")
    sizes = sorted(s.data for s in (scope[1].free or scope[0].free) if s.sort == INT)
    letter = sizes[0].lower() if sizes and len(sizes[0]) == 1 and sizes[0].isupper() else ""
    if letter in ("", "k") or letter not in "abcdefghijklmnopqrstuvwxyz":
        return INDEX_POOL
    return (letter, *(("m",) if letter == "n" else ()), *INDEX_POOL)


def _range_of(f: Term) -> Scope | None:
    """(lo, hi), if the quantified formula is `between` these bounds."""
    if f.op != "lam" or f.sort[1] != INT:
        return None
    body = app(f, PROBE)
    if (
        body.op != "implies"
        or body.args[0].op != "le"
        or body.args[1].op != "implies"
        or body.args[1].args[0].op != "le"
    ):
        return None
    (low, one), (two, high) = body.args[0].args, body.args[1].args[0].args
    return (low, high) if one is PROBE and two is PROBE and PROBE not in low.free | high.free else None


def _signed(node: Node) -> tuple[int, Node]:
    if isinstance(node, Sum) and len(node.terms) == 1:
        return node.terms[0]
    return 1, node


def _quotient_of(value: Fraction) -> Node:
    return Quotient(Number(Fraction(value.numerator)), Number(Fraction(value.denominator)))


def _open_ended(node: Node) -> bool:
    return isinstance(node, Big) or (isinstance(node, Product) and isinstance(node.factors[-1], Big))


def _rank(node: Node) -> int:
    """The place of a factor in a product: numbers, names, brackets, then what extends to the right."""
    if isinstance(node, Number):
        return 0
    if isinstance(node, Call) and node.function == "log":
        return 3
    if isinstance(node, Power) and isinstance(node.base, Sum):
        return 2
    return {Sum: 2, Derivative: 4, Big: 5}.get(type(node), 1)


def _product(factors: Sequence[Node]) -> Node:
    flat_factors = [g for f in factors for g in (f.factors if isinstance(f, Product) else (f,))]
    ordered = sorted(flat_factors, key=_rank)
    return ordered[0] if len(ordered) == 1 else Product(tuple(ordered))


def _fraction(above: list[Node], below: list[Node]) -> Node:
    one = Number(Fraction(1))
    if not below:
        return _product(above or [one])
    quotients = [f for f in above if isinstance(f, Quotient)]  # from x^(−1/2) and the like
    above = [f for f in above if not isinstance(f, Quotient)]
    above += [q.numerator for q in quotients if q.numerator != one]
    below = below + [q.denominator for q in quotients]
    if not above:
        return Quotient(one, _product(below))
    wide = any(isinstance(f.arguments[0] if isinstance(f, Call) else f, Big | Derivative) for f in above)
    if wide and not any(isinstance(f, Big) for f in below):
        return Product((Quotient(one, _product(below)), *sorted(above, key=_rank)))
    return Quotient(_product(above), _product(below))


def _derivative(body: Node, variable: Name, total: bool = False) -> Node:
    """∂body/∂variable; a derivative of a derivative in the same scalar or vector is a second derivative."""
    if isinstance(body, Derivative) and body.at is None:
        inner = body.variables[0]
        if isinstance(inner, Name) and (inner.name, len(inner.indices)) == (variable.name, len(variable.indices)):
            return Derivative(body.body, (variable, *body.variables), total=total)
    return Derivative(body, (variable,), total=total)
