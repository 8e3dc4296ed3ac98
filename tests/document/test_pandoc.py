"""The filter for Pandoc and Quarto, on Pandoc's JSON."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCKS = {"Para", "Plain", "Div", "BulletList", "OrderedList", "BlockQuote", "CodeBlock", "RawBlock"}
INLINES = {"Str", "Space", "Math", "Code", "Strong", "Emph"}


def run(blocks, to="html", meta=None, **environment):
    document = {"pandoc-api-version": [1, 23, 1], "meta": meta or {}, "blocks": blocks}
    return subprocess.run(
        [sys.executable, "-m", "symnll.document.hosts.pandoc", to], input=json.dumps(document),
        capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


def attributes(**pairs):
    return ["", ["symnll"], [[k, v] for k, v in pairs.items()]]


def para(*inlines):
    return {"t": "Para", "c": list(inlines)}


def code(text, **pairs):
    return {"t": "Code", "c": [attributes(**pairs), text]}


def kinds(node):
    """The types of all nodes below, with the kinds of formulas, ends of lists and the like left out."""
    if isinstance(node, list):
        return {k for n in node for k in kinds(n)}
    if not isinstance(node, dict):
        return set()
    return {node["t"]} | kinds(node.get("c", []))


def test_claims_in_sentences():
    done = run(
        [para({"t": "Str", "c": "so"}, {"t": "Space"}, code("a + a = 2 a"), code("b^2 = b", declare="binary b"))]
    )
    (made,) = json.loads(done.stdout)["blocks"]
    assert done.returncode == 0 and done.stderr == ""
    assert made["c"][2:] == [
        {"t": "Math", "c": [{"t": "InlineMath"}, "a + a = 2 a"]}, {"t": "Str", "c": " ✓"},
        {"t": "Math", "c": [{"t": "InlineMath"}, "b^{2} = b"]}, {"t": "Str", "c": " ✓"},
    ]  # fmt: skip


def test_declarations_in_the_metadata():
    words = [{"t": "Str", "c": "binary"}, {"t": "Space"}, {"t": "Str", "c": "b"}]
    inlines = {"t": "MetaInlines", "c": words}
    for meta in (inlines, {"t": "MetaList", "c": [inlines]}, {"t": "MetaString", "c": "real c; binary b"}):
        done = run([para(code("b^2 = b"))], meta={"symnll-declarations": meta})
        assert done.returncode == 0, done.stderr


def test_what_is_not_proved_stops_the_run():
    done = run([para(code("b^2 = b"))])
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("[WARNING] symnll: this claim is not proved (refuted): b^2 = b: at b = ")
    done = run([para(code("b^2 = b"))], SYMNLL_UNPROVED="show")
    assert done.returncode == 0 and " ✗ refuted" in done.stdout


@pytest.mark.parametrize("to", ["html", "latex"])
def test_claims_of_the_library(to):
    div = {"t": "Div", "c": [attributes(claims="nll.gradient softmax.sums_to_one"), []]}
    done = run([{"t": "BlockQuote", "c": [div]}], to)
    blocks = json.loads(done.stdout)["blocks"]
    assert done.returncode == 0, done.stderr
    assert kinds(blocks) <= BLOCKS | INLINES | {"DisplayMath", "InlineMath"}
    assert ("RawBlock" in kinds(blocks)) == (to == "html")


def test_an_unknown_name():
    done = run([{"t": "Div", "c": [attributes(claims="nll.gradeint"), []]}])
    assert done.returncode == 1 and "nll.gradient" in done.stderr


def test_a_derivation():
    text = "p_i = \\frac{e^{z_i}}{\\sum_j e^{z_j}}\n\n\\frac{\\partial p_i}{\\partial z_j} = p_i (1 - p_j)\n"
    done = run([{"t": "CodeBlock", "c": [attributes(), text]}])
    assert done.returncode == 1 and "line 3 of the derivation: This step is conditional" in done.stderr
    done = run([{"t": "CodeBlock", "c": [attributes(), text.replace("1 - p_j", r"\delta_{ij} - p_j")]}], "latex")
    assert done.returncode == 0 and "Math" in kinds(json.loads(done.stdout)["blocks"])


def test_all_else_stays_as_it_is():
    blocks = [
        para({"t": "Str", "c": "a"}, {"t": "Code", "c": [["", ["python"], []], "a = b"]}),
        {"t": "HorizontalRule"},
    ]
    assert json.loads(run(blocks).stdout)["blocks"] == blocks


@pytest.mark.parametrize(
    "payload", [r"\input{/etc/passwd} = 1", r"\href{javascript:alert(1)}{x} = x", "a = a <!-- b -->"]
)
def test_hostile_formulas_are_code(payload):
    done = run([para(code(payload))], "latex", SYMNLL_UNPROVED="show")
    (made,) = json.loads(done.stdout)["blocks"]
    assert made["c"][0] == {"t": "Code", "c": [["", [], []], payload]}


def test_what_is_no_document():
    done = subprocess.run(
        [sys.executable, "-m", "symnll.document.hosts.pandoc"], input="x", capture_output=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 1 and "pandoc --filter" in done.stderr and "Traceback" not in done.stderr
