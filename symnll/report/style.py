"""How a report is to look: colour, width, and how much is said."""

from __future__ import annotations

import html
from dataclasses import dataclass

# Role: the ANSI attributes, and the CSS that means the same.
_ROLES = {
    "error": ("1;31", "color:#c62828;font-weight:bold"),
    "warning": ("1;33", "color:#a86500;font-weight:bold"),
    "note": ("1;36", "color:#00798c;font-weight:bold"),
    "help": ("1;32", "color:#2e7d32;font-weight:bold"),
    "fine": ("32", "color:#2e7d32"),
    "gutter": ("34", "color:#3f6fb5"),
    "title": ("1", "font-weight:bold"),
    "quiet": ("2", "opacity:.7"),
}


@dataclass(frozen=True)
class Style:
    """`width` is in terminal cells. `verbose` has a line for every step, `explain` its reasons, `quiet` no summary.
    `told`: codes of problems that the user was told of already.
    """

    color: bool = False
    html: bool = False
    width: int = 120
    verbose: bool = False
    explain: bool = False
    quiet: bool = False
    told: tuple[str, ...] = ()

    def paint(self, text: str, role: str = "") -> str:
        """The text in the colours of that role; text for HTML is escaped."""
        if self.html:
            text = html.escape(text)
            return f'<span style="{_ROLES[role][1]}">{text}</span>' if role and text else text
        return f"\x1b[{_ROLES[role][0]}m{text}\x1b[0m" if role and text and self.color else text
