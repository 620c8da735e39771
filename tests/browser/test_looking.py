"""The measure of contrast finds what it is to find."""

import pytest

from tests.browser.looking import faint, too_small, unnamed

PAGE = """<!doctype html><html lang=en><body style="background:#fff">
<p>one</p><p>two</p><p>three</p><p>four</p><p>five</p>
<p id=it style="{style}">it</p><button style="height:{height}px">{name}</button></body></html>"""


@pytest.mark.parametrize(
    ("style", "ratios"),
    [
        ("color: #767676", []),  # 4.54: the lightest grey that will do
        ("color: #777", [4.48]),
        ("color: #949494; font-size: 24px", []),  # 3.03, large
        ("color: #949494; font-weight: bold; font-size: 18px", [3.03]),
        ("color: #000; opacity: 0.4", [2.85]),
        ("color: #fff; background: rgb(0 0 0 / 50%)", [3.98]),
        ("color: color-mix(in srgb, black, white 60%)", [2.85]),
        ("color: #fff; display: none", []),
    ],
)
def test_faint_text_is_found(open_page, style, ratios):
    page = open_page("about:blank")
    page.set_content(PAGE.format(style=style, height=30, name="Go"))
    assert [round(each["ratio"], 2) for each in faint(page)] == pytest.approx(ratios, abs=0.03)


def test_a_button_without_a_name_or_too_low_is_found(open_page):
    page = open_page("about:blank")
    page.set_content(PAGE.format(style="", height=20, name=""))
    assert len(unnamed(page)) == len(too_small(page)) == 1
    page.set_content(PAGE.format(style="", height=24, name="Go"))
    assert unnamed(page) == too_small(page) == []
