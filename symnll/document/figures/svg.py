"""What becomes of matplotlib's SVG: one element for a page of either theme, or a file of its own in fixed colours."""

from __future__ import annotations

import hashlib
import re
from html import escape

INK, ONE, TWO, RULE = "ink", "one", "two", "rule"
Colours = dict[str, str]

# Colours that nothing else has: what is drawn in them is found again in the SVG.
MARKERS: Colours = {INK: "#010203", ONE: "#010204", TWO: "#010205", RULE: "#010206"}
# The fallbacks have a contrast of 3 and more to white and to black paper.
VARIABLES: Colours = {
    INK: "currentColor",
    ONE: "var(--figure-1, #3d7fc1)",
    TWO: "var(--figure-2, #cb6327)",
    RULE: "var(--figure-rule, #85858a)",
}
THEMES: dict[str, Colours] = {
    "light": {INK: "#1f2024", ONE: "#2a6fb0", TWO: "#bd5116", RULE: "#8d8b85", "paper": "#ffffff"},
    "dark": {INK: "#e4e2dc", ONE: "#6ea8e0", TWO: "#e8935c", RULE: "#77787d", "paper": "#17181b"},
}


def inline(svg: str, name: str, alt: str, description: str) -> str:
    """The <svg> element for a page: described, with identifiers that begin with `name`, without what an element has no
    use for, its colours by custom properties."""
    svg = svg[svg.index("<svg") :].strip()
    for unused in (r"<metadata>.*?</metadata>\s*", r"<defs>\s*<style.*?</style>\s*</defs>\s*", r"<!--.*?-->\s*"):
        svg = re.sub(unused, "", svg, flags=re.DOTALL)
    width, height = re.findall(r' (?:width|height)="([\d.]+)pt"', svg)[:2]
    size = f'width="{float(width) * 1.35:.0f}" height="{float(height) * 1.35:.0f}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox="0 0 {width} {height}" {size} role="img" '
        f'aria-label="{escape(alt)}" stroke-linejoin="round" style="max-width: 100%; height: auto">'
        f"<desc>{escape(description, quote=False)}</desc>"
    )
    body = svg[svg.index(">") + 1 :].replace("xlink:href", "href")
    body = re.sub(r'(?<=\b[dxy]=")[^"]*|(?<=translate\()[^)]*', lambda places: _rounded(places[0]), body)
    body = _identified(body, name)
    for colour, marker in MARKERS.items():
        body = body.replace(marker, VARIABLES[colour])
    return head + re.sub(r"\s*\n\s*", "\n", _ungrouped(body))


def _rounded(places: str) -> str:
    """Coordinates to a hundredth of a point, in one line."""
    shorter = re.sub(r"-?\d+\.\d+", lambda number: f"{float(number[0]):.2f}".rstrip("0").rstrip("."), places)
    return " ".join(shorter.split())


def _identified(body: str, name: str) -> str:
    """Identifiers that we gave begin with the figure's name, and those that are referred to with a hash of it, so
    that those of two figures in a page never mean two things; the others are left out."""
    used = dict.fromkeys(re.findall(r'(?:href="#|url\(#)([^")]+)', body))
    own = hashlib.sha256(body.encode()).hexdigest()[:5]
    short = {identifier: f"g{own}-{number}" for number, identifier in enumerate(used)}

    def renamed(found: re.Match[str]) -> str:
        if found[1] in short:
            return f' id="{short[found[1]]}"'
        return f' id="{name}-{found[1]}"' if re.fullmatch(r"[a-z]+(-\d+)*", found[1]) else ""

    body = re.sub(r' id="([^"]+)"', renamed, body)
    return re.sub(r'(href="#|url\(#)([^")]+)', lambda found: found[1] + short[found[2]], body)


def _ungrouped(body: str) -> str:
    """Groups that say nothing are left out."""
    kept: list[bool] = []

    def one(found: re.Match[str]) -> str:
        if found[0] != "</g>":
            kept.append(found[0] != "<g>")
            return found[0] if kept[-1] else ""
        return found[0] if kept.pop() else ""

    return re.sub(r"<g\b[^>]*>|</g>", one, re.sub(r"<g\b[^>]*/>", "", body))


def standalone(svg: str, theme: str = "light") -> str:
    """The SVG as a file of its own, in the colours of a theme, "light" or "dark", and on its paper."""
    for colour, variable in VARIABLES.items():
        svg = svg.replace(variable, THEMES[theme][colour])
    paper = f'<rect width="100%" height="100%" fill="{THEMES[theme]["paper"]}"/>'
    return svg.replace("</desc>", "</desc>" + paper, 1).replace(' style="max-width: 100%; height: auto"', "") + "\n"


def css() -> str:
    """The custom properties of both themes, for a page that follows its reader's."""
    light, dark = (
        f"--figure-1: {c[ONE]}; --figure-2: {c[TWO]}; --figure-rule: {c[RULE]};"
        for c in (THEMES["light"], THEMES["dark"])
    )
    return f":root {{ {light} }}\n@media (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n"
