r"""One-hot vectors that a sentence describes: `where $y_c = 1$ and all other entries vanish`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from symnll.check.plain import plain, stated_text
from symnll.check.sentences import lower
from symnll.check.stretch import Stretch
from symnll.meaning.formulas import tokens_of
from symnll.meaning.scope import Scope
from symnll.read import syntax as S
from symnll.read.prose import Sentence
from symnll.read.words import DENIED

_TARGET = r"(?:for the (?:true|correct|target|right|actual) (?:class|label|index|token|word) )?"
_OTHER = r"(?:all )?(?:the )?(?:other|others|remaining|rest)(?: (?:entries|elements|components|classes|labels|terms))?"
_REST = re.compile(rf"{_TARGET}(?:and|with|while|but) {_OTHER}(?: (?:is|are|being|be|vanish|vanishes|zero|equal|to))*")
_ZERO = re.compile(rf"{_TARGET}(?:and|with|while|but)(?: (?:otherwise|elsewhere|for(?: all)?|for {_OTHER}))")

_BOLD = r"\\(?:mathbf|boldsymbol|bm|vec)\s*\{\s*(?P<%s>[A-Za-z])\s*\}"
_SAYS = re.compile(
    rf"one[- ]hot[”\"’']*\s+(?:structure of|encoding|representation|vector|target|label)s?\s+(?:of\s+)?(?:the\s+)?\$?"
    rf"{_BOLD % 'after'}|{_BOLD % 'before'}(?:[_^](?:\w|\{{[^{{}}]*\}}))?\$? (?:is|be) (?:a|the) one[- ]hot"
)
_PLACE = r"_\{?\s*%s\s*[_^]"


def announced(text: str) -> dict[str, str]:
    r"""The bold letters that a page calls one-hot, where plain ones are places of entries: \mathbf{y}_i, a_{y_i}."""
    found: dict[str, str] = {}
    text = stated_text(text)
    for m in _SAYS.finditer(text):
        name = m["after"] or m["before"]
        words = lower(re.findall(r"[^\W\d_]+(?:'\w+)?", text[max(m.start() - 60, 0) : m.start()])[-8:])
        denied = any(w in DENIED | {"if", "unless", "or"} for w in words) or not plain(Sentence(before=tuple(words)))
        if not denied and re.search(_PLACE % name, text):
            found.setdefault(name, f"the page says that {name} in bold is one-hot, with the 1 at {name}")
    return found


def one_hot(
    stretch: Stretch, left: Any, right: Any, s: Sentence, rest: Sequence[Any], macros: Mapping[str, Any]
) -> bool:
    """Declare the vector of which a sentence sets one entry to 1 and the others to 0. Whether it surely does."""
    scope, node, one = stretch.scope, S.unwrap(left), S.unwrap(right)
    if not (isinstance(node, S.Atom) and isinstance(node.base, S.Name) and len(node.subs) == 1 and not node.sups):
        return False
    name, at = node.base.text, S.unwrap(node.subs[0])
    q = scope.quantities.get((name, 1))
    if not isinstance(at, S.Name) or not isinstance(one, S.Num) or one.value != 1 or q is None or not q.inferred:
        return False
    if scope.ranges.get(at.text, q.axes[0]) != q.axes[0] or not _says_so(scope, name, at.text, s, rest, macros):
        return False
    scope.ranges[at.text] = q.axes[0]
    scope.quantity(name, "onehot", q.axes, inferred=True, at=q.axes[0].place(scope.index(at.text)))
    scope.notes[name] = f"{name} is one-hot, with the 1 at {at.text}"
    stretch.note(scope.notes[name])
    return True


def _says_so(scope: Scope, name: str, at: str, s: Sentence, rest: Sequence[Any], macros: Mapping[str, Any]) -> bool:
    words = " ".join(lower([*s.after, *(w for i in rest for w in i.sentence.after)]))
    formulas = [tokens_of(scope, i.body.text, macros) for i in rest]
    texts = [" ".join(t.text for t in f if t.kind not in ("LBRACE", "RBRACE")) for f in formulas]
    if all(t in (at, "0") for t in texts):
        return _REST.fullmatch(words) is not None
    zeros = [m[1] for t in texts if (m := re.fullmatch(rf"{re.escape(name)} _ (\S+) = 0", t))]
    if len(zeros) != 1 or zeros[0] == at or not _ZERO.fullmatch(words):
        return False
    b = zeros[0]
    others = [t for t in texts if t not in (at, f"{name} _ {b} = 0", b)]
    apart = {rf"{b} \neq {at}", rf"{at} \neq {b}"}
    return set(others) <= apart and (bool(others) or not words.endswith((" for", " all")))
