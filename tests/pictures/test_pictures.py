"""The pictures in docs/img are of the committed dashboards, and are told for what they are."""

import json
import re
import subprocess

import pytest

from grafana.queries import dashboards
from tests.pictures.inputs import DRAWN_OF, IMAGES, ROOT, digest, picture_of

PAGE = ROOT / "docs" / "grafana-pictures.md"
WHAT_IT_IS = "Grafana's own components, real data; not a screenshot of a Grafana server"


def test_each_dashboard_was_drawn_as_it_is_committed():
    drawn = json.loads(DRAWN_OF.read_text())
    committed = {uid: digest(dashboard) for uid, dashboard in dashboards().items()}
    assert drawn == committed, "the dashboards have changed since they were drawn: make pictures"


def test_there_are_no_pictures_of_dashboards_that_are_gone():
    assert set(IMAGES.glob("grafana-*.png")) == {picture_of(uid) for uid in dashboards()}


@pytest.mark.parametrize("uid", list(dashboards()))
def test_under_each_picture_it_is_said_what_it_is(uid):
    shown = re.search(rf"!\[[^]]+\]\(img/{picture_of(uid).name}\)\n\n\*([^*]+)\*", PAGE.read_text())
    assert shown, f"{PAGE.name} shows no {picture_of(uid).name} with words under it"
    assert WHAT_IT_IS in " ".join(shown[1].split())


def test_what_draws_them_is_pinned_and_no_registry_is_named():
    package = json.loads((ROOT / "grafana" / "pictures" / "package.json").read_text())
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in package["dependencies"].values())
    listed = subprocess.run(
        ["git", "ls-files", "grafana/pictures"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not re.search(r"lock|npmrc|node_modules", listed.stdout)
