"""Figures: the same bytes every time, well-formed, for both themes, described, and drawn from the kernels' numbers."""

from __future__ import annotations

import re
import sys
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from symnll import kernels
from symnll.entry import claims

pytest.importorskip("matplotlib")
from symnll.document.figures import drawn as figures
from symnll.document.figures import svg as figures_svg
from symnll.document.figures.drawn import FIGURES, Figure

SVG = "{http://www.w3.org/2000/svg}"
ALL = {
    "bars": figures.softmax_bars,
    "bars of six": lambda: figures.softmax_bars((-2, 0, 3.25, 1, 1, 100), [*"ab<&$\\"]),
    "one bar": lambda: figures.softmax_bars((7,)),
    "neg_log": figures.neg_log,
    "neg_log near 1": lambda: figures.neg_log(0.995),
    "own": figures.nll_over_logit,
    "other": lambda: figures.nll_over_logit((1, 2, 3, 4), target=3, moved=0),
    "simplex": figures.simplex,
    "hessian": figures.hessian,
    "hessian of five": lambda: figures.hessian((3, 1, 0, 2, -1)),
}


@pytest.fixture(params=ALL, scope="module")
def figure(request: pytest.FixtureRequest) -> Figure:
    return ALL[request.param]()


def points(path: str) -> Any:
    """The places of a path that is made of straight lines."""
    return np.array([float(x) for x in re.findall(r"-?[\d.]+", path)]).reshape(-1, 2)


def named(figure: Figure, part: str) -> Any:
    """The path of the part that we gave an identifier."""
    root = ElementTree.fromstring(figure.svg)
    for element in root.iter():
        if element.get("id") == f"{figure.name}-{part}":
            return points(next(element.iter(f"{SVG}path")).get("d", ""))
    raise LookupError(part)


def test_the_svg_is_one_well_formed_element_that_loads_and_runs_nothing(figure: Figure) -> None:
    root = ElementTree.fromstring(figure.svg)
    assert root.tag == f"{SVG}svg" and root.get("role") == "img"
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "desc", "g", "path", "use", "defs", "clipPath", "rect"}
    assert not re.search(
        r"script|<style|<!|\son\w+=|https?:(?!//www.w3.org/2000/svg\")", figure.svg.replace("description", "")
    )
    references = re.findall(r'(?:href="|url\()([^")]*)', figure.svg)
    assert references and all(reference.startswith("#") for reference in references)
    identifiers = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(identifiers) == len(set(identifiers)) and {r[1:] for r in references} <= set(identifiers)
    assert len(figure.svg.encode()) < 30_000


def test_it_is_described(figure: Figure) -> None:
    root = ElementTree.fromstring(figure.svg)
    assert root.get("aria-label") == figure.alt and 30 < len(figure.alt) < 250
    assert root.findtext(f"{SVG}desc") == figure.description and len(figure.description) > 200
    assert figure.title and re.fullmatch(r"[a-z-]+", figure.name)


def test_colours_are_the_readers_theme(figure: Figure) -> None:
    body = figure.svg[figure.svg.index("</desc>") :]
    assert "currentColor" in body
    assert set(re.findall(r"#[0-9a-f]{6}(?!\))", body)) == set()  # only as what a custom property falls back to
    for theme, colours in figures_svg.THEMES.items():
        fixed = figures_svg.standalone(figure.svg, theme)
        ElementTree.fromstring(fixed)
        assert "var(" not in fixed and "currentColor" not in fixed and colours["paper"] in fixed


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_colours_can_be_seen() -> None:
    for name, variable in figures_svg.VARIABLES.items():
        fallback = re.findall(r"#[0-9a-f]{6}", variable)
        for colours in figures_svg.THEMES.values():
            assert contrast(colours[name], colours["paper"]) >= (7 if name == "ink" else 3)
            assert all(contrast(colour, colours["paper"]) >= 3 for colour in fallback)
    assert "prefers-color-scheme: dark" in figures_svg.css()


@pytest.mark.parametrize("name", ["bars", "own", "simplex", "hessian"])
def test_the_same_arguments_give_the_same_bytes(name: str) -> None:
    import matplotlib

    first = ALL[name]()
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "red", "svg.fonttype": "none"}):
        second = ALL[name]()
    assert first.svg == second.svg and first.pdf() == second.pdf()
    assert first.pdf().startswith(b"%PDF") and b"CreationDate" not in first.pdf()
    assert first.pdf("dark") != first.pdf()


def test_figures_can_stand_in_one_page_twice() -> None:
    figure = figures.hessian()
    again = figure.inline("second")
    ElementTree.fromstring(again)
    one, two = (set(re.findall(r'\bid="([^"]+)"', text)) for text in (figure.svg, again))
    assert one and len(one) == len(two) and not one & two
    assert {r for r in re.findall(r'href="#([^"]+)', again)} <= two


@pytest.mark.parametrize("z", [(5, 2, 1, 4), (0.5, -1), (1, 2, 3, 4, 5, 6, 7)])
def test_the_heights_of_bars_are_the_kernels_numbers(z: tuple[float, ...]) -> None:
    figure, y = figures.softmax_bars(z), kernels.softmax(z)
    heights = np.array([np.ptp(named(figure, f"bar-{k + 1}")[:, 1]) for k in range(len(z))])
    np.testing.assert_allclose(heights / heights.sum(), y, atol=1e-3)
    np.testing.assert_array_equal(figure.data["y"], y)
    assert all(f"{p:.2f}" in figure.description for p in y)


def test_curves_are_the_kernels_numbers() -> None:
    figure = figures.neg_log(0.2)
    y, loss = (np.array(figure.data[name]) for name in ("y", "loss"))
    np.testing.assert_allclose(loss, -np.log(y), rtol=1e-13)
    np.testing.assert_allclose(figure.data["point"], [0.2, -np.log(0.2)], rtol=1e-13)
    for figure, target, moved in ((figures.nll_over_logit((0, 2, 1)), 0, 0), (figures.nll_over_logit(moved=2), 0, 2)):
        for k in (0, 40, 96):
            z = np.array([0.0, 2, 1])
            z[moved] = figure.data["logit"][k]
            assert figure.data["loss"][k] == pytest.approx(kernels.nll(z, target), rel=1e-13)
            assert figure.data["gradient"][k] == pytest.approx(kernels.nll_grad(z, target)[moved], rel=1e-13)


def test_a_drawn_curve_lies_where_its_numbers_are() -> None:
    figure = figures.nll_over_logit()
    drawn, loss = named(figure, "loss"), np.array(figure.data["loss"])
    height = (drawn[0, 1] - drawn[-1, 1]) / (loss[0] - loss[-1])  # points a unit of loss; negative, since y runs down
    x = np.interp(drawn[:, 0], [drawn[0, 0], drawn[-1, 0]], [figure.data["logit"][0], figure.data["logit"][-1]])
    expected = drawn[-1, 1] + height * (np.interp(x, figure.data["logit"], loss) - loss[-1])
    np.testing.assert_allclose(drawn[:, 1], expected, atol=0.1)


def test_arrows_point_to_the_corner_of_the_target() -> None:
    data = figures.simplex().data
    places, arrows = (np.array(data[name]).reshape(-1, 2) for name in ("points", "arrows"))
    to_corner = figures.CORNERS[0] - places
    np.testing.assert_allclose(arrows[:, 0] * to_corner[:, 1], arrows[:, 1] * to_corner[:, 0], atol=1e-15)
    np.testing.assert_allclose(arrows * 5, to_corner, atol=1e-15)
    np.testing.assert_allclose(data["levels"], -np.log(figures.SIDES), rtol=1e-13)


def test_cells_of_the_hessian() -> None:
    figure = figures.hessian((2, 1, 0.5))
    matrix = kernels.nll_hessian(np.array([2, 1, 0.5]), 1)
    np.testing.assert_array_equal(np.reshape(figure.data["hessian"], (3, 3)), matrix)
    for m in range(3):
        for r in range(3):
            cell = figure.svg[figure.svg.index(f'id="hessian-cell-{m + 1}-{r + 1}"') :]
            assert ("--figure-1" if m == r else "--figure-2") in cell[: cell.index("/>")]
            assert f"{abs(matrix[m, r]):.2f}" in figure.description


def test_which_claim_shows_which_figure() -> None:
    assert FIGURES.keys() <= claims().keys()
    shown = [(claim.split(".")[0], make().name) for claim, make in FIGURES.items()]
    assert len(shown) == len(set(shown))  # on the page of an entry no figure twice
    assert {name for _, name in shown} == {
        "softmax-bars", "neg-log", "simplex", "hessian", "nll-over-target-logit", "nll-over-other-logit",
    }  # fmt: skip
    assert FIGURES["nll.hessian"]() is FIGURES["softmax.jacobian"]()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: figures.softmax_bars(()), "use 1 to 8 finite numbers"),
        (lambda: figures.softmax_bars((1, float("nan"))), "finite"),
        (lambda: figures.softmax_bars((1, 2), ["a"]), "labels: there are 1 for 2 logits"),
        (lambda: figures.neg_log(0), "use a probability"),
        (lambda: figures.neg_log(float("nan")), "use a probability"),
        (lambda: figures.nll_over_logit((1, 2), 2), "use class indices from 0 to 1"),
        (lambda: figures.nll_over_logit((1, 2), 0, -1), "use class indices from 0 to 1"),
        (lambda: figures.hessian((1,)), "use 2 to 5 finite numbers"),
    ],
)
def test_wrong_arguments_are_named(make: Any, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        make()


def test_without_matplotlib_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(figures.MissingExtra, match=re.escape("pip install 'symnll[doc]'")):
        figures.softmax_bars()
