"""What the renderers write: text for people, and formats that other programs must be able to read."""

from __future__ import annotations

import json
import os
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest

from symnll.read.source import Source
from symnll.report import FORMATS, renderer
from symnll.report.diagnostics import SEVERITY, TITLES
from symnll.report.excerpt import cells, excerpt, shorten, visible
from symnll.report.model import ACCEPTED, VERDICTS, DisplayReport, FileReport, Lint, Report, StepReport
from symnll.report.records import from_record, to_record
from symnll.report.style import Style
from symnll.report.text import report_html
from tests.check.samples import missing, sample

NASTY = "a\x1b[31m\x00b\u202ec\ud800\ufffe<&\"'>]]>\r\n::error::%0A,:"


def render(format_, *files, **style):
    return "".join(renderer(format_)(files, Style(**style)))


def nasty():
    """A file in which everything that comes from a document is hostile."""
    step = StepReport(1, 1, 1, 1, 5, "=", NASTY, NASTY, "refuted", reason=NASTY, help=NASTY, condition=NASTY)
    step.lints = [Lint("a-code", NASTY, 1, 1, 1, 2)]
    return FileReport(f"dir,:%/{NASTY}", [DisplayReport(1, 1, 1, [step])], source=Source("x", NASTY))


def test_every_verdict_has_a_severity_and_a_title():
    assert set(SEVERITY) == set(TITLES) == set(VERDICTS) - set(ACCEPTED)


# Text


def test_a_refuted_step_in_full():
    assert r"""error[refuted]: this step is false
 --> docs/a paper.md:5:3
  |
5 |     &= \log \sum_j e^{z_j} + z_T \\
  |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
  = counterexample: K = 2, z = (0, 1), T = 1
  = left side:  1.313…
  = right side: 1.313… + 0
  = help: with `-` in place of `+` the step is proved
""" in render("text", sample())  # fmt: skip


def test_every_other_verdict():
    text = render("text", sample())
    assert "warning[unknown]: this step is neither proved nor refuted" in text
    assert "= reason: tried: normal forms; cases i = k" in text
    assert "error[conditional]: this step is false as it stands; it is proved when i = k" in text
    assert "error[unparsed]: this is not understood" in text
    assert "note[proved-small]: this step is true at the sizes that were tried" in text
    assert "warning[unused-index]: the index j does not occur" in text and "docs/errors/unused-index.md" in text
    assert "error[declaration]: `indx` is no declaration\n --> docs/a paper.md:1:3" in text
    assert "error[expect]: the author expects that a step of this display is refuted" in text
    assert "definition docs" not in text and "d_log" not in text


def test_a_step_over_two_lines_is_marked_on_both():
    lines = render("text", sample()).splitlines()
    at = lines.index(r"7 |   &= \frac{a}")
    assert lines[at + 1 : at + 4] == ["  |    ^^^^^^^^^^", r"8 |      {b} \\", "  |      ^^^"]


def test_wide_characters_are_measured():
    lines = render("text", sample()).splitlines()
    at = lines.index("6 |   &= 漢字 + x \\\\")
    assert lines[at + 1] == "  |    ^^^^^^^^^^"


def test_summary():
    summary = render("text", sample(), missing()).splitlines()[-1]
    assert summary == (
        "9 steps in 4 displays of 2 files: 1 definition, 2 proved, 1 proved-small, 1 conditional, 2 refuted, "
        "1 unknown, 1 unparsed; 1 as expected; 1 display skipped; 1 warning; 2 problems"
    )
    assert "steps in" not in render("text", sample(), quiet=True)
    one = FileReport("a.md", [DisplayReport(1, 1, 1, [StepReport(1, 1, 1, 1, 2, "=", "1", "1", "proved")])])
    assert render("text", one) == "1 step in 1 display: 1 proved\n"


def test_verbose_and_explain():
    verbose = render("text", sample(), verbose=True)
    assert "definition docs/a paper.md:4:3  L = -\\log y_T" in verbose
    assert "refuted, as expected docs/a paper.md:4:3  1 = 2" in verbose
    assert "the display is skipped" in verbose and "rules:" not in verbose
    explained = render("text", sample(), explain=True)
    assert "  = rules: d_log, sum split" in explained and "  = inferred: z is a real vector" in explained
    assert "    rules: ring" in explained


def test_colour_only_where_it_is_wanted():
    assert "\x1b" not in render("text", sample())
    coloured = render("text", sample(), color=True)
    assert "\x1b[1;31merror[refuted]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == render("text", sample())


def test_a_document_can_not_steer_the_terminal():
    text = render("text", nasty(), verbose=True, explain=True)
    assert "\x1b" not in text and "\u202e" not in text and "\x00" not in text and "\r" not in text
    assert "␛[31m␀b" in text


def test_no_source_no_excerpt():
    file = sample()
    file.source = None
    text = render("text", file)
    assert "error[refuted]" in text and "^" not in text


@pytest.mark.parametrize(
    ("line", "start", "end", "width", "expected"),
    [
        ("abcdef", 2, 4, 40, ("abcdef", 2, 2)),
        ("\tab", 1, 2, 40, ("    ab", 4, 1)),
        ("a\tb", 2, 3, 40, ("a   b", 4, 1)),
        ("漢b", 1, 2, 40, ("漢b", 2, 1)),
        ("e\u0301b", 2, 3, 40, ("e\u0301b", 1, 1)),
        ("ab", 7, 9, 40, ("ab", 2, 1)),
        ("", 0, 0, 40, ("", 0, 1)),
        ("ab", -3, -1, 40, ("ab", 0, 1)),
    ],
)
def test_excerpts(line, start, end, width, expected):
    assert excerpt(line, start, end, width) == expected


def test_long_lines_are_cut_around_the_mark():
    line = "x" * 1_000_000 + "HERE" + "y" * 1_000_000
    shown, before, length = excerpt(line, 1_000_000, 1_000_004, 60)
    assert shown[before : before + length] == "HERE" and cells(shown) <= 60
    assert shown[0] == shown[-1] == "…" and 10 < before < 30
    shown, before, length = excerpt(line, 0, 1_000_000, 60)
    assert cells(shown) <= 60 and before == 0 and length == 58
    shown, before, length = excerpt("漢" * 500, 250, 251, 60)
    assert cells(shown) <= 60 and length == 2
    shown, before, length = excerpt("a" * 100 + "END", 100, 103, 60)
    assert shown.endswith("END") and cells(shown) == 59 and shown[before:] == "END"


def test_texts_are_made_visible_and_short():
    assert visible("a\x07b\x7f\u2066c\ud800") == "a␇b␡\ufffdc\ufffd"
    assert shorten("a  b\n c", 40) == "a b c" and shorten("漢" * 40, 11) == "漢漢漢漢漢…"


def test_str_and_html():
    report = Report([sample()])
    assert str(report) == render("text", sample()).rstrip("\n")
    html = report_html(report)
    assert report._repr_html_() == html and html.startswith("<pre") and "error[refuted]</span>" in html
    assert "<\x00" not in report_html(Report([nasty()])) and "&lt;&amp;&quot;" in report_html(Report([nasty()]))
    ET.fromstring(report_html(Report([nasty()])))


# The model


def test_exit_codes_and_expectations():
    assert sample().exit_code == 1 and missing().exit_code == 2 and Report([missing(), sample()]).exit_code == 2
    assert FileReport("a").exit_code == 0 and Report().exit_code == 0 and Report().ok
    displays = {d.display: d for d in sample().displays}
    assert not displays[2].as_expected and displays[3].as_expected and displays[4].as_expected
    both = DisplayReport(1, 1, 1, [*displays[3].steps, sample().displays[0].steps[2]], expect="refuted")
    assert not both.as_expected and [s.verdict for s in both.failing] == ["unknown"]


def test_records_round_trip():
    for file in (sample(), missing(), FileReport("empty.md")):
        assert from_record(json.loads(json.dumps(to_record(file)))) == file
    for wrong in ({}, {"path": "a", "displays": [{"steps": [{}]}]}, {"path": "a", "displays": [{"steps": [], "x": 1}]}):
        with pytest.raises((TypeError, KeyError, AttributeError)):
            from_record(wrong)


# JSON


def test_json_is_as_specified():
    document = json.loads(render("json", sample(), missing()))
    assert list(document) == ["version", "files", "summary"] and document["version"] == 1
    assert document["summary"] == Report([sample()]).summary
    first, second = document["files"]
    assert set(first) == {"path", "displays", "problems"}
    assert second == {
        "path": "nope.md",
        "displays": [],
        "problems": [{"code": "unreadable", "message": "there is no such file"}],
    }
    assert [set(d) for d in first["displays"]] == [
        {"display", "line", "steps"},
        {"display", "line", "steps", "expect"},
        {"display", "line", "steps", "expect"},
        {"display", "line", "steps", "skipped"},
    ]
    always = {"step", "line", "column", "end_line", "end_column", "relation", "lhs", "rhs", "verdict"}
    definition, refuted, *_ = first["displays"][0]["steps"]
    assert set(definition) == always
    assert set(refuted) == always | {"counterexample", "rules", "inferred", "help", "lints"}
    assert refuted["counterexample"]["sizes"] == {"K": 2}


@pytest.mark.parametrize("format_", FORMATS)
def test_hostile_documents_can_be_written_as_utf8(format_):
    text = render(format_, nasty())
    text.encode("utf-8", "strict" if format_ in ("json", "sarif", "junit") else "replace")
    if format_ in ("json", "sarif"):
        json.loads(text)


# GitHub


def _unescape(text):
    return text.replace("%3A", ":").replace("%2C", ",").replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


def commands(text):
    """What GitHub's runner makes of the lines: the command, its properties and its message."""
    for line in text.splitlines():
        if found := re.fullmatch(r"::(\w+) (.*?)::(.*)", line):
            properties = dict(p.split("=", 1) for p in found[2].split(","))
            yield found[1], {k: _unescape(v) for k, v in properties.items()}, _unescape(found[3])


def test_github():
    found = list(commands(render("github", sample())))
    assert [c for c, _, _ in found].count("error") == 5
    assert {p["title"]: c for c, p, _ in found} == {
        "symnll: declaration": "error", "symnll: refuted": "error", "symnll: unused-index": "warning",
        "symnll: unknown": "warning", "symnll: conditional": "error", "symnll: unparsed": "error",
        "symnll: proved-small": "notice", "symnll: expect": "error",
    }  # fmt: skip
    _, properties, message = next(f for f in found if f[1]["title"] == "symnll: refuted")
    assert properties == {
        "file": "docs/a paper.md", "line": "5", "endLine": "5", "col": "3", "endColumn": "31",
        "title": "symnll: refuted",
    }  # fmt: skip
    assert message.startswith("This step is false.\ncounterexample: K = 2, z = (0, 1), T = 1\nleft side: 1.313…")
    over_lines = next(p for _, p, _ in found if p["title"] == "symnll: conditional")
    assert over_lines["endLine"] == "8" and "col" not in over_lines  # the runner refuses columns there


def test_github_escapes():
    text = render("github", nasty(), quiet=True)
    found = list(commands(text))
    assert len(found) == len(text.splitlines()) == 2
    assert found[0][1]["file"].startswith("dir,:%/a") and found[0][1]["file"].endswith("::error::%0A,:")


def test_github_paths_are_those_of_the_checkout(tmp_path, monkeypatch):
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert next(commands(render("github", sample("a.md"))))[1]["file"] == "sub/a.md"


# SARIF

SCHEMA = json.loads((Path(__file__).parent / "sarif.json").read_text(encoding="utf-8"))


def sarif(*files):
    document = json.loads(render("sarif", *files))
    jsonschema.Draft7Validator(SCHEMA).validate(document)
    return document["runs"][0]


@pytest.mark.parametrize("files", [[], [sample()], [missing()], [sample(), missing(), nasty()], [sample("-")]])
def test_sarif_is_valid(files):
    sarif(*files)


@pytest.mark.skipif("SARIF_SCHEMA" not in os.environ, reason="SARIF_SCHEMA names no copy of the official schema")
def test_sarif_is_valid_by_the_official_schema():
    schema = json.loads(Path(os.environ["SARIF_SCHEMA"]).read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    for files in ([], [sample()], [missing()], [sample(), missing(), nasty()], [sample("-")]):
        document = json.loads(render("sarif", *files))
        validator(schema, format_checker=validator.FORMAT_CHECKER).validate(document)


def test_sarif_results():
    run = sarif(sample("docs/ä paper.md"), missing())
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    refuted = next(r for r in run["results"] if r["ruleId"] == "refuted")
    place = refuted["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "docs/%C3%A4%20paper.md"
    assert place["region"] == {"startLine": 5, "startColumn": 3, "endLine": 5, "endColumn": 31}
    assert run["columnKind"] == "unicodeCodePoints" and refuted["level"] == "error"
    (notice,) = run["invocations"][0]["toolExecutionNotifications"]
    assert notice["locations"][0]["physicalLocation"] == {"artifactLocation": {"uri": "nope.md"}}
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_messages_hold_no_placeholders_and_no_links():
    file = sample()
    file.displays[0].steps[2].reason = "y_{1} [a](1)"
    (message,) = [r["message"]["text"] for r in sarif(file)["results"] if r["ruleId"] == "unknown"]
    assert "y_{{1}} [a] (1)" in message


def test_sarif_fingerprints_do_not_move_with_the_lines():
    def fingerprints(file):
        return [r["partialFingerprints"]["symnllStep/v1"] for r in sarif(file)["results"]]

    moved = sample()
    for step in moved.displays[0].steps:
        step.line += 10
        step.end_line += 10
    assert sorted(fingerprints(moved)) == sorted(fingerprints(sample()))
    twice = sample()
    twice.displays.append(twice.displays[0])
    assert len(set(fingerprints(twice))) == len(fingerprints(twice))


def test_uris(tmp_path, monkeypatch):
    from symnll.report.paths import uri

    monkeypatch.chdir(tmp_path)
    assert uri("a b/c%.md") == uri(str(tmp_path / "a b" / "c%.md")) == "a%20b/c%25.md"
    assert uri("x:y.md") == "x%3Ay.md" and uri("-") == "stdin"
    assert uri("../up.md") == (tmp_path.parent / "up.md").as_uri()


# JUnit


def test_junit_is_what_its_readers_expect():
    root = ET.fromstring(render("junit", sample(), missing()))
    assert root.tag == "testsuites" and set(root.attrib) == {"name", "tests", "failures", "errors"}
    suite, other = root
    cases = list(suite)
    assert suite.attrib == {
        "name": "docs/a paper.md", "tests": str(len(cases)), "failures": "7", "errors": "0", "skipped": "1",
        "file": "docs/a paper.md",
    }  # fmt: skip
    assert int(root.get("tests")) == len(cases) + 1 and root.get("failures") == "8"
    assert other.find("testcase/failure").get("type") == "unreadable"
    assert len({case.get("name") for case in cases}) == len(cases)
    for case in cases:
        assert set(case.attrib) == {"classname", "name"} and len(case) <= 1
        assert all(child.tag in ("failure", "skipped") for child in case)
    failure = next(c for c in cases if c.get("name") == "display 1 step 2 (line 5)").find("failure")
    assert failure.attrib == {"type": "refuted", "message": "this step is false"}
    assert failure.text.startswith("error[refuted]") and "^^^^" in failure.text
    assert next(c for c in cases if c.get("name") == "display 4 (line 10)").find("skipped") is not None
    assert next(c for c in cases if c.get("name") == "display 3 step 1 (line 4)").find("failure") is None


def test_junit_has_no_character_that_xml_forbids():
    text = render("junit", nasty())
    root = ET.fromstring(text)
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", text)
    assert "<&\"'>]]>" in root[0].get("file")
