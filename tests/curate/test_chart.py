"""The picture of a calibration: well-formed, labelled, the same bytes twice, its points where the numbers say."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from bot.curate.chart import Plot, risk_coverage

SVG = "{http://www.w3.org/2000/svg}"
CURVE = [(0.9, 0.2), (0.8, 0.1), (0.5, 0.04), (0.2, 0.0)]


def drawn(name: str = "millbrook", note: str = "From 9 questions.") -> ElementTree.Element:
    return ElementTree.fromstring(risk_coverage(CURVE, (0.5, 0.04), 0.05, name, note))


def test_it_says_in_words_what_it_shows() -> None:
    root = drawn()
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    assert title.text == "Risk and coverage: millbrook"
    assert "Chosen: 50.0% answered rightly, 4.0% of answers wrong. At most 5.0% may be wrong. From 9 questions." in (
        desc.text or ""
    )


def test_its_axes_and_marks_are_labelled() -> None:
    texts = [t.text for t in drawn().iter(f"{SVG}text")]
    for text in (
        "Risk and coverage: millbrook",
        "coverage: share of the answerable answered rightly",
        "risk: share of answers wrong",
        "chosen: 50.0% answered rightly, 4.0% of answers wrong",
        "allowed: 5.0%",
    ):
        assert texts.count(text) == 1
    assert [t for t in texts if t and t.endswith("%") and ":" not in t] == [
        "0%", "20%", "40%", "60%", "80%", "100%", "0%", "5%", "10%", "15%", "20%"
    ]  # fmt: skip


def test_its_points_stand_where_the_axes_say() -> None:
    root = drawn()
    (line,) = root.iter(f"{SVG}polyline")
    points = [tuple(map(float, p.split(","))) for p in (line.get("points") or "").split()]
    ticks = {t.text: t for t in root.iter(f"{SVG}text") if t.get("text-anchor") == "middle"}
    left, right = (float(ticks[t].get("x") or "") for t in ("0%", "100%"))
    rows = {t.text: float(t.get("y") or "") for t in root.iter(f"{SVG}text") if t.get("text-anchor") == "end"}
    for (coverage, risk), (x, y) in zip(CURVE, points, strict=True):
        assert x == pytest.approx(left + (right - left) * coverage, abs=0.1)
        assert y == pytest.approx(rows["0%"] + (rows["20%"] - rows["0%"]) * risk / 0.2, abs=0.1)
    circle = next(root.iter(f"{SVG}circle"))
    assert (float(circle.get("cx") or ""), float(circle.get("cy") or "")) == points[2]


def test_it_has_a_background_of_its_own_under_dark_ink() -> None:
    root = drawn()
    background = next(root.iter(f"{SVG}rect"))
    assert (background.get("width"), background.get("height")) == (root.get("width"), root.get("height"))
    assert background.get("fill") == "#ffffff"
    assert int((root.get("fill") or "")[1:], 16) < 0x303030


def test_the_same_points_give_the_same_bytes() -> None:
    assert risk_coverage(CURVE, CURVE[2], 0.05, "a", "b") == risk_coverage(list(CURVE), CURVE[2], 0.05, "a", "b")


def test_a_name_with_markup_or_characters_that_xml_forbids_does_no_harm() -> None:
    root = drawn("a <b> & \x0b\ud800c", '"note" \x00')
    assert root.findtext(f"{SVG}title") == "Risk and coverage: a <b> & c"


@pytest.mark.parametrize("risk", [0.0, 0.004, 0.01, 0.33, 1.0])
@pytest.mark.parametrize("budget", [0.001, 0.05, 0.99])
def test_whatever_the_risk_all_of_it_is_on_the_picture(risk: float, budget: float) -> None:
    root = ElementTree.fromstring(risk_coverage([(1.0, risk)], (1.0, risk), budget, "a", "b"))
    rows = [float(t.get("y") or "") for t in root.iter(f"{SVG}text") if t.get("text-anchor") == "end"]
    assert 2 <= len(rows) <= 6
    dashed = [float(i.get("y1") or "") for i in root.iter(f"{SVG}line") if i.get("stroke-dasharray")]
    for y in (float(next(root.iter(f"{SVG}circle")).get("cy") or ""), dashed[0]):
        assert min(rows) - 0.1 <= y <= max(rows) + 0.1


def test_no_point_is_no_curve() -> None:
    with pytest.raises(ValueError, match="a curve needs a point"):
        risk_coverage([], (0.0, 0.0), 0.05, "a", "b")


@pytest.mark.parametrize(
    ("highest", "labels"), [(0.0, ["0%", "1%"]), (0.05, ["0%", "1%", "2%", "3%", "4%", "5%"]), (0.3, ["0%", "10%", "20%", "30%"])]
)
def test_a_plot_has_round_steps_and_room_for_the_highest_risk(highest: float, labels: list[str]) -> None:
    plot = Plot.of(highest, (10, 110, 0, 50))
    assert [label for _, label in plot.across] == labels
    assert (plot.across[0][0], plot.across[-1][0]) == ("50.0", "0.0")
    assert plot.upright[0] == ("10.0", "0%")
    assert plot.line([(0.0, 0.0), (1.0, plot.top_risk)]) == "10.0,50.0 110.0,0.0"
