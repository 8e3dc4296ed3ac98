"""What the words of a row say: a condition, a reason, a statement of its own, or that something does not hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

CONDITIONAL = {
    "if", "for", "when", "given", "with", "assuming", "unless", "case", "provided", "whenever",
    "iff", "subject", "such", "s.t.", "any", "every", "all", "each", "while",
}  # fmt: skip
DEFINING = {"where", "let", "define", "denote", "with", "here", "denoting", "writing", "setting", "put"}
OTHERWISE = {"otherwise", "else"}
DENYING = {"not", "unless", "except", "never"}
UNDECIDED = {"or", "only", "iff", "either", "neither", "nor"}
# Words that stand beside those in a condition and leave it what it is.
BESIDE = {
    "a", "an", "the", "this", "that", "these", "in", "of", "on", "at", "to", "is", "are", "be", "has", "have", "and",
    "we", "it", "other", "others", "fixed", "distinct", "different", "equal", "indices", "index", "i.e.",
    "entry", "entries", "element", "elements", "term", "terms", "component", "components", "row", "rows", "column",
    "columns", "class", "classes", "action", "actions", "sample", "samples", "label", "labels", "token", "tokens",
    "diagonal", "off-diagonal", "gradient", "gradients", "derivative", "derivatives", "logit", "logits", "score",
    "scores", "word", "words", "value", "values", "cases", "first", "second", "third", "then", "holds", "true",
    "correct", "target", "now", "consider", "suppose", "assume", "hence", "so", "thus", "therefore", "follows",
    "following", "which", "one", "two", "our", "its", "pair", "pairs", "otherwise",
    # the same words in other languages
    "当", "若", "如果", "时", "当且", "对", "对于", "所有", "其中", "則", "则", "wenn", "falls", "für", "alle", "mit",
    "si", "pour", "tout", "para", "todo", "se", "per", "если", "при", "для", "всех", "jeśli", "dla",
}  # fmt: skip
DENIED = {
    "not", "false", "wrong", "incorrect", "never", "cannot", "fails", "fail", "untrue", "no", "hardly", "unlike",
    "impossible", "absurd", "excluded", "contradicts", "contradiction", "violates", "violated", "nor", "neither",
    "instead",
}  # fmt: skip
DOUBTFUL = {
    "even", "also", "regardless", "whether", "almost", "irrespective", "independent", "independently", "besides",
    "including", "matter", "most", "too", "irrelevant", "approximately", "roughly", "about",
}  # fmt: skip
REASONS = {
    "because", "since", "by", "using", "from", "as", "via", "due", "thanks", "recall", "recalling", "noting", "apply",
    "applying", "use", "multiply", "multiplying", "divide", "dividing", "subtract", "subtracting", "expand",
    "expanding", "substitute", "substituting", "plug", "plugging", "insert", "inserting", "decompose", "decomposing",
    "factor", "factoring", "cancel", "cancelling", "canceling", "simplify", "simplifying", "rewrite", "rewriting",
    "differentiate", "differentiating",
}  # fmt: skip
LAWS = {"rule", "identity", "law", "definition", "lemma", "theorem", "property", "fact", "formula", "inequality"}
CONCLUDING = {
    "hence", "so", "thus", "then", "therefore", "implies", "and", "consequently", "i.e.", "which", "well", "get",
    "have", "obtain", "yields", "yield", "gives", "give", "follows", "becomes", "means", "conclude", "find", "finally",
    "implying", "giving", "yielding",
}  # fmt: skip
SURELY = {"clearly", "obviously", "trivially", "simply", "immediately", "easily", "indeed", "directly", "just"}
FURTHER = {
    "similarly", "finally", "moreover", "furthermore", "likewise", "consequently", "namely", "again", "conversely",
    "whenever",
}  # fmt: skip
ALTERING = {"plus", "minus", "times", "up", "modulo", "mod", "over", "or", "squared", "cubed", "per"}


def cleaned(words: Iterable[str]) -> list[str]:
    """Words without the signs around them; formulas among them are left out."""
    bare = (w.strip("(),.:;!?'\"“”[]") if w != "i.e." else w for w in words)
    return [w for w in bare if w and not w.startswith("$")]


def gives_a_reason(cue: Sequence[str], relates: bool) -> bool:
    """Whether words only say why something holds: `since`, `using`, `multiply top and bottom by`.

    Where they stand before a relation, nothing may be concluded in them: `by symmetry we get`, `as well as`.
    """
    words = cleaned(cue)
    concluded = relates and (set(words) & CONCLUDING - {"and"} or words[-1:] == ["and"])
    return bool(words) and (words[0] in REASONS or bool(LAWS & set(words))) and not concluded


def is_foreign(cue: Sequence[str]) -> bool:
    """Whether all words are of another script."""
    words = cleaned(cue)
    return bool(words) and not any(w.isascii() for w in words)


def denies(cue: Sequence[str]) -> bool:
    """Whether words say that something does not hold, or change what it says: `is false`, `plus a constant`."""
    words = cleaned(cue)
    negated = any(w in DENIED or w.endswith(("n't", "n’t")) for w in words)
    return negated or (bool(words) and words[0] in ALTERING)


def odd_in_condition(cue: Sequence[str]) -> str:
    """The first word before a formula for which it is not known that the formula is then a condition, or ""."""
    known = CONDITIONAL | DEFINING | OTHERWISE | DENYING | BESIDE
    words = cleaned(cue)
    odd = [w for w in words if w in UNDECIDED] or [w for w in words if w not in known and not w.isdigit()]
    return odd[0] if odd else ""


def leaves_open(cue: Sequence[str]) -> bool:
    """Whether words after a condition may take it back: `if i = j, or else`, `where i = j is excluded`."""
    words = cleaned(cue)
    if is_foreign(cue) or gives_a_reason(cue, False):
        return False
    known = (BESIDE | CONCLUDING | CONDITIONAL | SURELY) - OTHERWISE - DOUBTFUL - UNDECIDED
    return denies(cue) or any(w not in known and not w.isdigit() for w in words)
