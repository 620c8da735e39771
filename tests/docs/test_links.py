"""Every link of a page leads somewhere, and nothing is said of the machine the page was written on."""

import re

import pytest

from tests.docs.pages import PAGES, ROOT, anchors, links

_names = [str(page.relative_to(ROOT)) for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=_names)
def test_every_link_leads_somewhere(page):
    text = page.read_text(encoding="utf-8")

    for link in links(text):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} leads nowhere"
        if anchor:
            assert anchor in anchors(target.read_text(encoding="utf-8")), f"{link}: no such heading"


@pytest.mark.parametrize("page", PAGES, ids=_names)
def test_no_page_names_a_machine(page):
    assert not re.search(r"(?<![\w.])/(?:work|root|tmp|home)/", page.read_text(encoding="utf-8"))
