"""The figure that moves: its script, run by Node.js on the figure's own controls, shows what the NumPy target gives."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import html5lib
import numpy as np
import pytest

from symnll import kernels
from symnll.document.figures.interactive import interactive, script

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None and not os.environ.get("SYMNLL_CI"), reason="no Node.js")
HTML = "{http://www.w3.org/1999/xhtml}"

# As much of a page as the script uses.
PAGE = """
const given = JSON.parse(require("fs").readFileSync(0, "utf8"));
class Part {
  constructor(part) {
    Object.assign(this, { style: {}, dataset: {}, attributes: {}, listeners: {}, checked: false, ...part });
  }
  addEventListener(name, run) { this.listeners[name] = run; }
  setAttribute(name, value) { this.attributes[name] = value; }
}
const elements = given.parts.map((part) => new Part(part)), styles = [], errors = [];
const find = (selector) => elements.filter((e) => `[data-part="${e.part}"]` === selector);
const all = (name) => find(`[data-part="${name}"]`);
global.document = {
  currentScript: { closest: (name) => (name === "figure" ? { querySelectorAll: find } : null) },
  getElementById: () => null, createElement: () => ({}), head: { append: (style) => styles.push(style) },
};
global.setTimeout = (run) => { run(); return 1; };
global.clearTimeout = () => {};
(0, eval)(given.script);
const state = () => ({
  y: all("probability").map((e) => e.dataset.value), gradient: all("gradient").map((e) => e.dataset.value),
  loss: all("loss")[0].dataset.value, width: all("probability").map((e) => e.style.width),
  slopes: all("gradient").map((e) => [e.style.left, e.style.width]), shown: all("loss")[0].textContent,
  status: all("status")[0].textContent, labels: all("gradient-label").map((e) => e.attributes["aria-label"]),
  numbers: all("gradient-shown").map((e) => e.textContent), scale: all("scale")[0].textContent,
  live: !all("live")[0].hidden, static: !all("static")[0].hidden, styles: styles.map((s) => s.textContent).join(""),
});
const states = [state()];
for (const [logits, target, temperature] of given.moves) {
  all("logit").forEach((e, m) => { e.value = String(logits[m]); });
  all("target").forEach((e, m) => { e.checked = m === target; });
  all("temperature")[0].value = String(temperature);
  all("logit")[0].listeners.input();
  states.push(state());
}
all("reset")[0].listeners.click();
states.push(state());
console.log(JSON.stringify(states));
"""


def tree(fragment: str) -> Any:
    parser = html5lib.HTMLParser(strict=True)
    return parser.parse(f"<!DOCTYPE html><html lang=en><head><title>x</title></head><body>{fragment}</body></html>")


def played(fragment: str, moves: list[tuple[Any, int, float]]) -> list[Any]:
    """What is shown at first, after each move (logits, target, temperature), and after a reset."""
    parts = []
    for element in tree(fragment).iter():
        if element.get("data-part"):
            text = "".join(element.itertext())
            part = {"part": element.get("data-part"), "textContent": text, "hidden": element.get("hidden") is not None}
            parts.append(part | {"value": element.get("value"), "checked": element.get("checked") is not None})
    text = re.search(r"<script>(.*)</script>", fragment, re.DOTALL)
    assert text is not None and text[1].strip() == script()
    done = subprocess.run(
        [str(NODE), "-e", PAGE],
        input=json.dumps({"parts": parts, "script": text[1], "moves": moves}),
        capture_output=True, text=True, encoding="utf-8", timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def percent(text: str) -> float:
    assert text.endswith("%")
    return float(text[:-1])


@needs_node
def test_its_numbers_are_those_of_the_numpy_kernels() -> None:
    rng = np.random.default_rng(4)
    moves = [(rng.uniform(-6, 6, 4).round(1).tolist(), n % 4, round(rng.uniform(0.2, 5), 1)) for n in range(20)]
    moves += [([-6, 6, 6, 6], 0, 0.2), ([0, 0, 0, 0], 3, 1), ([6, -6, -6, -6], 0, 0.2)]
    states = played(interactive((2, 1, 0.5, -1), target=0), moves)
    start = ([2, 1, 0.5, -1], 0, 1.0)
    for (logits, target, tau), state in zip([start, *moves, start], states, strict=True):
        y = kernels.softmax(np.array(logits) / tau)
        loss, gradient = kernels.nll_value_and_grad(np.array(logits, float), target, temperature=tau)
        np.testing.assert_allclose(state["y"], y, rtol=1e-13)
        np.testing.assert_allclose(state["gradient"], gradient, rtol=1e-13, atol=1e-15)
        assert state["loss"] == pytest.approx(loss, rel=1e-13)
        # What is drawn and said of them.
        np.testing.assert_allclose([percent(w) for w in state["width"]], 100 * y, rtol=1e-12, atol=1e-300)
        widest = max(1, 1 / tau)
        for (left, width), g in zip(state["slopes"], gradient, strict=True):
            assert percent(width) == pytest.approx(50 * abs(g) / widest, rel=1e-12, abs=1e-13)
            assert percent(left) == pytest.approx(50 + min(0, 50 * g / widest), rel=1e-12)
        assert float(state["shown"]) == pytest.approx(loss, abs=5.1e-4)
        for text, label, g in zip(state["numbers"], state["labels"], gradient, strict=True):
            assert float(text.replace("−", "-")) == pytest.approx(g, abs=5.1e-3) and "-" not in text and text != "−0.00"
            assert label == f"gradient in its logit: {text}"
        assert state["scale"].startswith("−") and state["status"].startswith(f"Target {target + 1}, loss ")
        assert state["live"] and not state["static"] and "prefers" not in state["status"]
    assert ".explore" in states[0]["styles"]


def test_the_caption_is_last_as_html_wants_it() -> None:
    (figure,) = (e for e in tree(interactive()).iter(f"{HTML}figure"))
    assert [e.tag.removeprefix(HTML) for e in figure] == ["div", "div", "script", "figcaption"]


def test_the_fragment_is_valid_and_loads_nothing() -> None:
    fragment = interactive()
    root = tree(fragment)
    identifiers = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(identifiers) == len(set(identifiers))
    assert not re.search(r"https?:(?!//www.w3.org/2000/svg\")", fragment)
    assert not re.search(r"\b(?:fetch|XMLHttpRequest|import|eval|innerHTML|localStorage|cookie)\b", script())
    assert fragment.count("<script") == 1 and "<style" not in fragment and len(fragment.encode()) < 60_000
    assert "- kernels.softmax_shift [" in script() and "- options.target_nll_gradient [" in script()


def test_without_javascript_a_figure_stands_there_with_its_description() -> None:
    pytest.importorskip("matplotlib")
    root = tree(interactive())
    parts = {e.get("data-part"): e for e in root.iter() if e.get("data-part") in ("static", "live")}
    assert parts["live"].get("hidden") is not None and parts["static"].get("hidden") is None
    words = "".join(parts["static"].itertext())
    assert "A bar chart with one bar for each of 4 classes" in words
    assert any(e.tag.endswith("svg") for e in parts["static"].iter())


def test_every_control_has_a_name() -> None:
    root = tree(interactive(labels=["cat", "dog", "bird", "fish"]))
    labelled = {e.get("for") for e in root.iter(f"{HTML}label")}
    inside = {id(e) for label in root.iter(f"{HTML}label") for e in label.iter(f"{HTML}input")}
    inputs = list(root.iter(f"{HTML}input"))
    assert len(inputs) == 9
    for element in inputs:
        assert element.get("aria-label") or element.get("id") in labelled or id(element) in inside
    assert "logit z of class cat" in [e.get("aria-label") for e in inputs if e.get("data-part") == "logit"]
    assert [e.get("role") for e in root.iter() if e.get("data-part") == "status"] == ["status"]


def test_words_of_others_stay_words() -> None:
    bad = "</script><script>alert(1)</script>"
    fragment = interactive((1, 2), labels=[bad, '"><img src=x onerror=alert(1)>'], caption=bad)
    assert fragment.count("<script") == 1 and "<img" not in fragment
    tree(fragment)


def test_two_in_one_page() -> None:
    root = tree(interactive(identifier="one") + interactive(identifier="two"))
    identifiers = [e.get("id") for e in root.iter() if e.get("id")]
    assert len(identifiers) == len(set(identifiers))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"logits": (1,)}, "use 2 to 6 numbers"),
        ({"logits": (1, 7)}, "from -6 to 6"),
        ({"logits": (1, float("nan"))}, "from -6 to 6"),
        ({"labels": ["a"]}, "labels: there are 1 for 4 logits"),
        ({"target": 4}, "use class indices from 0 to 3"),
        ({"temperature": 0}, "use a number from 0.2 to 5"),
        ({"identifier": 'x" onclick="'}, "use letters, digits and hyphens"),
    ],
)
def test_wrong_arguments_are_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        interactive(**given)


def test_without_matplotlib_words_stand_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    fragment = interactive()
    tree(fragment)
    assert "Sliders need JavaScript. The logits at first: 1 2, 2 1, 3 0.5, 4 -1." in fragment


def test_the_templates_are_in_the_package() -> None:
    folder = Path(sys.modules["symnll.document.figures.interactive"].__file__ or "").parents[1] / "templates"
    assert {f"interactive.{kind}" for kind in ("html", "css", "js")} <= {p.name for p in folder.iterdir()}
