"""The examples run, and their figures agree with what others compute."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_digits(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for library in ("scipy", "sklearn", "matplotlib"):
        pytest.importorskip(library)
    figure = tmp_path / "digits.svg"
    monkeypatch.setattr("sys.argv", ["digits.py", "--figure", str(figure)])
    runpy.run_path(str(EXAMPLES / "digits.py"), run_name="__main__")
    text = capsys.readouterr().out
    assert float(text.partition("difference of the coefficients: ")[2].split()[0]) <= 1e-5
    assert figure.read_text(encoding="utf-8").rstrip().endswith("</svg>")
