"""The plugin for mystmd, run as mystmd runs it: a program, JSON in, JSON out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KNOWN = {
    "paragraph", "text", "strong", "emphasis", "inlineMath", "math", "inlineCode", "code", "list", "listItem",
    "blockquote", "details", "summary", "table", "tableRow", "tableCell",
}  # fmt: skip


def run(*arguments, given=None, **environment):
    return subprocess.run(
        [sys.executable, "-m", "symnll.document.hosts.myst_plugin", *arguments],
        input=json.dumps(given) if not isinstance(given, str) else given,
        capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )  # fmt: skip


def types(node):
    if isinstance(node, list):
        return {t for n in node for t in types(n)}
    return {node["type"]} | types(node.get("children", []))


def test_what_it_offers():
    done = run(given="")
    plugin = json.loads(done.stdout)
    assert done.returncode == 0
    assert [d["name"] for d in plugin["directives"]] == [r["name"] for r in plugin["roles"]] == ["symnll"]


def test_a_claim():
    done = run("--directive", "symnll", given={"name": "symnll", "arg": "nll.gradient", "options": {}})
    nodes = json.loads(done.stdout)
    assert done.returncode == 0, done.stderr
    assert types(nodes) <= KNOWN and {"math", "details"} <= types(nodes)
    assert any(n["type"] == "math" and r"\delta" in n["value"] for n in nodes)


def test_each_detail_is_made_of_nodes_that_mystmd_knows():
    for detail in ("full", "every-rule"):
        given = {"name": "symnll", "arg": "sigmoid.derivative", "options": {"detail": detail}}
        done = run("--directive", "symnll", given=given)
        assert done.returncode == 0, done.stderr
        assert types(json.loads(done.stdout)) <= KNOWN


def test_an_unknown_name_stops_the_build():
    done = run("--directive", "symnll", given={"name": "symnll", "arg": "nll.gradeint"})
    assert done.returncode == 1 and "nll.gradient" in done.stderr and "Traceback" not in done.stderr


def test_roles():
    done = run("--role", "symnll", given={"name": "symnll", "body": "binary b | b^2 = b"})
    shown, mark = json.loads(done.stdout)
    assert shown["type"] == "inlineMath" and mark["value"] == " ✓"
    position = {"position": {"start": {"line": 7}}}
    done = run("--role", "symnll", given={"name": "symnll", "body": "b^2 = b", "node": position})
    assert done.returncode == 1 and "line 7: This claim is not proved (refuted): b^2 = b" in done.stderr
    done = run("--role", "symnll", given={"name": "symnll", "body": "b^2 = b"}, SYMNLL_UNPROVED="show")
    assert done.returncode == 0 and json.loads(done.stdout)[1]["value"] == " ✗ refuted"


def test_a_derivation():
    body = "p_i = \\frac{e^{z_i}}{\\sum_j e^{z_j}}\n\n\\frac{\\partial p_i}{\\partial z_j} = p_i (1 - p_j)\n"
    given = {"name": "symnll", "body": body, "node": {"position": {"start": {"line": 10}}}}
    done = run("--directive", "symnll", given=given)
    assert done.returncode == 1 and "line 13: This step is conditional: it holds when i = j" in done.stderr
    done = run("--directive", "symnll", given={**given, "body": body.replace("1 - p_j", r"\delta_{ij} - p_j")})
    assert done.returncode == 0 and types(json.loads(done.stdout)) <= KNOWN


@pytest.mark.parametrize("payload", [r"\href{javascript:alert(1)}{x} = x", r"\input{x} = \input{x}", "a = a % b"])
def test_hostile_formulas_are_not_formulas(payload):
    done = run("--role", "symnll", given={"name": "symnll", "body": payload}, SYMNLL_UNPROVED="show")
    shown, mark = json.loads(done.stdout)
    assert shown["type"] == "inlineCode" and mark["value"].startswith(" ✗")


@pytest.mark.parametrize("arguments, given", [
    (("--directive", "symnll"), "no JSON"), (("--directive", "symnll"), []), (("--directive", "other"), {}),
    (("--directive", "symnll"), {"arg": "nll", "body": "a = a"}), (("--transform", "symnll"), {}),
])  # fmt: skip
def test_what_can_not_be_done_is_said(arguments, given):
    done = run(*arguments, given=given)
    assert done.returncode == 1 and done.stderr.startswith("symnll: ") and "Traceback" not in done.stderr
