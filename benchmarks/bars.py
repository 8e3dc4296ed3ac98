"""What was to be reached, and whether the figures reach it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from contestants import BOTH, VALUE

Row = dict[str, Any]
Choice = Callable[[Row], bool]
OUT, FRESH = "symnll, out=", "symnll"
BY_HAND = ("NumPy", "NumPy in place", "NumPy in blocks", "SciPy")


def large(dtype: str) -> Choice:
    return lambda row: row["classes"] >= 1000 and row["dtype"] == dtype


def few(row: Row) -> bool:
    return row["classes"] <= 100


def many(row: Row) -> bool:
    return row["classes"] >= 1000


def every(row: Row) -> bool:
    return True


# What, which rows of it, ours, the peer, and how many times our time its time has to be.
SPEED: tuple[tuple[str, str, Choice, str, str, float], ...] = (
    *(
        (f"value and gradient, out=, {dtype}, K ≥ 1,000", BOTH, large(dtype), OUT, peer, bar)
        for dtype, row in (("float32", (8, 3, 3, 5)), ("float64", (6, 2.5, 3, 4)))
        for peer, bar in zip(("PyTorch", "PyTorch recycled", "JAX", "torch.compile"), row, strict=True)
    ),
    ("value and gradient, out=, K = 10 and 100", BOTH, few, OUT, "PyTorch", 4),
    ("value and gradient, out=, K = 10 and 100", BOTH, few, OUT, "JAX", 2),
    ("value and gradient, a fresh array, every K", BOTH, every, FRESH, "PyTorch", 3),
    ("value, K ≥ 1,000", VALUE, many, FRESH, "PyTorch", 4),
    ("value, K ≥ 1,000", VALUE, many, FRESH, "JAX", 1.5),
    ("value, K ≥ 1,000", VALUE, many, FRESH, "SciPy", 6),
)
FROM_LIMIT = 2.3
IMPORT, CALL = 1.3, 3


def bar_lines(result: dict[str, Any]) -> Iterator[str]:
    yield "To reach (the worst of all rows it is about, 1 and 2 threads):"
    for title, what, choice, ours, peer, bar in SPEED:
        rows = [row for row in result["rows"] if row["what"] == what and choice(row)]
        yield _line(f"{title}: ≥ {bar}× {peer}", _worst(rows, ours, (peer,)), bar)
    for what, ours in ((VALUE, FRESH), (BOTH, OUT)):
        rows = [
            row
            for row in result["rows"]
            if row["what"] == what and row["threads"] == 2 and row["dtype"] == "float32" and row["classes"] >= 32_000
        ]
        away = [(ours, where) for ratio, where in _ratios(rows, ours, ("limit",)) for ours in [1 / ratio]]
        title = f"{what}, 2 threads, float32, K ≥ 32,000: ≤ {FROM_LIMIT}× the bandwidth limit"
        yield _line(title, max(away, default=None), FROM_LIMIT, below=True)
    for what in (VALUE, BOTH):
        rows = [row for row in result["rows"] if row["what"] == what]
        title = f"NumPy target, {what}: not slower than NumPy or SciPy by hand"
        yield _line(title, _worst(rows, "symnll NumPy", BY_HAND), 1)
    yield from _small(result)


def _small(result: dict[str, Any]) -> Iterator[str]:
    imports = result["imports"]
    ratio = imports["symnll.kernels"] / imports["numpy"]
    place = f"{1e3 * imports['symnll.kernels']:.0f} and {1e3 * imports['numpy']:.0f} ms"
    yield _line(f"import symnll.kernels: ≤ {IMPORT}× import numpy", (ratio, place), IMPORT, below=True)
    loaded = imports["loaded"]
    yield f"  {'missed' if loaded else 'met   '}  neither SymPy nor Numba imported: {', '.join(loaded) or 'none'}"
    for row in result["overhead"]:
        bare = row["seconds"]["bare softmax"]
        for name, seconds in row["seconds"].items():
            if name == "bare softmax":
                continue
            target = f", SYMNLL_TARGET={row['target']}" if row.get("target") else ""
            title = f"{name} at {row['shape'][0]} × {row['shape'][1]}{target}: ≤ {CALL}× a bare NumPy softmax"
            place = f"{1e6 * seconds:.0f} and {1e6 * bare:.0f} µs"
            yield _line(title, (seconds / bare, place), CALL, below=True)


def _ratios(rows: list[Row], ours: str, peers: tuple[str, ...]) -> list[tuple[float, str]]:
    """The best peer's time divided by ours, and the row."""
    found = []
    for row in rows:
        times = [row["seconds"][peer] for peer in peers if peer in row["seconds"]]
        if times and ours in row["seconds"]:
            place = f"K = {row['classes']:,}, {row['dtype']}, {row['threads']} thread{'s' * (row['threads'] > 1)}"
            found.append((min(times) / row["seconds"][ours], place))
    return found


def _worst(rows: list[Row], ours: str, peers: tuple[str, ...]) -> tuple[float, str] | None:
    return min(_ratios(rows, ours, peers), default=None)


def _line(title: str, found: tuple[float, str] | None, bar: float, below: bool = False) -> str:
    if found is None:
        return f"  not measured  {title}"
    ratio, place = found
    met = ratio <= bar if below else ratio >= bar
    return f"  {'met   ' if met else 'missed'}  {title}: {ratio:.2f} ({place})"
