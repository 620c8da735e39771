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


def test_every_decision_is_in_the_list_in_its_order():
    listed = re.findall(
        r"\]\((\d{4}-.+\.md)\)", (ROOT / "docs/decisions/README.md").read_text(encoding="utf-8")
    )

    assert listed == sorted(path.name for path in (ROOT / "docs/decisions").glob("0*.md"))


@pytest.mark.parametrize("page", PAGES, ids=_names)
def test_every_page_is_reached_from_the_start(page):
    start = ROOT / "docs" / "start-here.md"
    seen, to_read = {start}, [start]
    while to_read:
        current = to_read.pop()
        for link in links(current.read_text(encoding="utf-8")):
            target = (current.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target not in seen:
                seen.add(target)
                to_read.append(target)

    assert page in seen
