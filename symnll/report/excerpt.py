"""Source lines as a terminal can show them: nothing that moves its cursor, tabs and wide characters measured."""

from __future__ import annotations

import unicodedata

TAB = 4
_UNSEEN = {"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"}  # controls, directions, line separators: never sent to a terminal


def visible(text: str) -> str:
    """The text with a sign in place of each character that has no glyph of its own; newlines and tabs become spaces.

    What a document says reaches terminals and logs: it must not steer them.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_glyph(c) if c not in "\t\n\r" else " " for c in text)


def _glyph(character: str) -> str:
    if character.isprintable():
        return character
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)  # the picture of that control character
    if code == 0x7F:
        return "␡"
    return "\ufffd" if unicodedata.category(character) in _UNSEEN else " "


def cells(text: str) -> int:
    """How many cells of a terminal the text takes."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shorten(text: str, width: int) -> str:
    """The text on one line, its end cut off where it is wider than that."""
    text = visible(" ".join(text[: 8 * width].split()))
    if cells(text) <= width:
        return text
    kept, used = [], 0
    for character in text:
        used += _width(character)
        if used >= width:
            break
        kept.append(character)
    return "".join(kept) + "…"


def excerpt(line: str, start: int, end: int, width: int) -> tuple[str, int, int]:
    """The line, cut to a window around the characters start..end-1 where it is wider than `width`; then how many cells
    stand before the mark, and how many the mark takes (at least one)."""
    start = max(0, min(start, len(line)))
    end = max(start + 1, min(end, len(line)))
    low = max(0, start - 2 * width)  # a line of a megabyte is not looked through
    shown: list[tuple[str, int]] = []
    column = 0
    for character in line[low : start + 3 * width]:
        glyph = " " * (TAB - column % TAB) if character == "\t" else _glyph(character)
        size = cells(glyph)
        shown.append((glyph, size))
        column += size
    start, end = start - low, min(end - low, len(shown))
    rest = low + len(shown) < len(line)
    first, last = 0, len(shown)
    if low or rest or column > width:
        first, last = _window([size for _, size in shown], start, width - 2)
    cut_left, cut_right = bool(low or first), rest or last < len(shown)
    text = "…" * cut_left + "".join(glyph for glyph, _ in shown[first:last]) + "…" * cut_right
    before = cut_left + sum(size for _, size in shown[first:start])
    return text.rstrip(), before, max(1, sum(size for _, size in shown[start : min(end, last)]))


def _window(sizes: list[int], start: int, width: int) -> tuple[int, int]:
    """The widest stretch of that width that has a third of itself before the start, and more where there is room."""
    first, used = start, 0
    while first > 0 and used + sizes[first - 1] <= width // 3:
        first -= 1
        used += sizes[first]
    last = start
    while last < len(sizes) and used + sizes[last] <= width:
        used += sizes[last]
        last += 1
    while first > 0 and used + sizes[first - 1] <= width:
        first -= 1
        used += sizes[first]
    return first, last
