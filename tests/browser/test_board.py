"""The duty board in a real Chromium, over a whole installation on a real Kafka and a real Redis."""

import re
from itertools import count

import pytest
from playwright.sync_api import Page, expect

from schemas.times import MINUTE, SECOND
from tests.browser.chromium import PHONE
from tests.browser.installation import Installation
from tests.browser.looking import cut_off, faint, overflow, too_small, unnamed
from tests.browser.night import until

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]
PAGES = ("/", "/alerts", "/clocks", "/handover", "/feeds", "/parked")
SOON = 20_000
"""Milliseconds Playwright waits for what Kafka, a worker and Redis must bring."""
expect.set_options(timeout=SOON)
BEHIND = "getComputedStyle(document.documentElement).backgroundColor"
_numbers = count(101)
PLACES = (
    "Hackney",
    "Lambeth",
    "Bexley",
    "Merton",
    "Sutton",
    "Brent",
    "Ealing",
    "Harrow",
    "Enfield",
    "Bromley",
)


@pytest.fixture
def incident(desk: Installation) -> str:
    """An immediate incident of this test's own, breached, its alert on the board; its id."""
    return breached(desk)


def breached(desk: Installation, **data: str) -> str:
    """One in a place of its own, lest many in one place are a storm."""
    number = next(_numbers)
    subject = f"CAD-{number}"
    desk.incident(subject, due_in=5 * SECOND, **{"borough": PLACES[number % len(PLACES)], **data})
    until(lambda: stage(desk, subject) == "breached", 30, f"{subject} is breached on the board")
    return subject


def stage(desk: Installation, subject: str) -> str | None:
    return alert(desk, subject).get("stage")


def alert(desk: Installation, subject: str) -> dict:
    found = [each for each in desk.asks("/api/alerts")["alerts"] if each["id"].startswith(f"{subject}/")]
    return found[0] if found else {}


def page_of(desk: Installation, subject: str) -> str:
    return f"{desk.address}/alerts/{subject}/attend-immediate"


# ---- live --------------------------------------------------------------------------------------------------


def test_what_happens_is_on_the_wall_without_a_reload(desk: Installation, open_page) -> None:
    page = open_page(desk.address)
    page.evaluate("window.kept = true")
    subject = f"CAD-{next(_numbers)}"
    desk.incident(subject, due_in=4 * MINUTE)
    expect(page.locator("main")).to_contain_text(subject)
    assert page.evaluate("window.kept")


def test_a_time_counts_down_by_itself_as_fast_as_the_installations_clock(
    desk: Installation, open_page
) -> None:
    subject = f"CAD-{next(_numbers)}"
    desk.incident(subject, due_in=9 * MINUTE)
    page = open_page(f"{desk.address}/clocks")
    left = page.locator("li", has_text=subject).locator("time.tick").first
    expect(left).to_have_text(re.compile(r"^\d:\d\d$"))
    first, _ = seconds(left.inner_text()), page.wait_for_timeout(3_000)
    assert 20 <= first - seconds(left.inner_text()) <= 45  # three seconds, ten times as fast


def seconds(words: str) -> int:
    minutes, _, rest = words.partition(":")
    return 60 * int(minutes) + int(rest)


def test_a_page_whose_board_is_gone_says_so_and_then_shows_the_truth(desk: Installation, open_page) -> None:
    page = open_page(f"{desk.address}/alerts")
    page.evaluate("window.kept = true")
    subject = f"CAD-{next(_numbers)}"
    with desk.standing_still("board"):
        desk.incident(subject, due_in=5 * SECOND, borough="Barking and Dagenham")
        lost = page.get_by_role("alert").filter(has_text="has lost the board")
        expect(lost).to_be_visible()
        expect(page.locator("main")).not_to_contain_text(subject)
    expect(page.locator("main")).to_contain_text(subject)
    expect(lost).to_be_hidden()
    assert page.evaluate("window.kept")


# ---- what people do ----------------------------------------------------------------------------------------


def acknowledge(page: Page, by: str, note: str = "") -> None:
    page.get_by_label("Your name and rank").fill(by)
    page.get_by_label("Note").fill(note)
    page.get_by_role("button", name="Acknowledge", exact=True).click()


def test_an_alert_is_found_opened_and_acknowledged(desk: Installation, open_page, incident: str) -> None:
    page = open_page(f"{desk.address}/alerts")
    page.get_by_role("link", name=re.compile(incident)).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(incident)
    acknowledge(page, "Insp Hart", "GD22 is close")
    expect(page.get_by_role("status").filter(has_text="Recorded")).to_contain_text("Insp Hart")
    expect(page.get_by_role("region", name="How it stands")).to_contain_text("Acknowledged")
    expect(page.get_by_role("region", name="Who did what")).to_contain_text("GD22 is close")
    told = alert(desk, incident)
    assert (told["state"], told["assignee"]) == ("acknowledged", "Insp Hart")


def test_an_alerts_page_tells_the_story_the_rule_and_its_sentence(
    desk: Installation, open_page, incident: str
) -> None:
    page = open_page(page_of(desk, incident))
    story = page.get_by_role("region", name=f"Story of {incident}/attend-immediate")
    for words in ("12 min", "The promise", "What happened", "What was announced", "Source"):
        expect(story).to_contain_text(words)


def test_what_another_does_appears_without_a_reload(desk: Installation, open_page, incident: str) -> None:
    watching, acting = (open_page(page_of(desk, incident)) for _ in range(2))
    watching.evaluate("window.kept = true")
    acknowledge(acting, "Insp Okafor")
    expect(watching.get_by_role("region", name="How it stands")).to_contain_text("Insp Okafor")
    assert watching.evaluate("window.kept")


def test_of_two_who_acknowledge_at_once_one_has_it_and_the_other_is_told(
    desk: Installation, open_page, incident: str
) -> None:
    names = ("Insp Hart", "Insp Okafor")
    pages = [open_page(page_of(desk, incident)) for _ in names]
    for page, name in zip(pages, names, strict=True):
        page.get_by_label("Your name and rank").fill(name)
    for page in pages:  # pressed in both before either is answered
        page.evaluate("setTimeout(() => document.querySelector('button[value=acknowledge]').click())")
    outcomes = [page.locator(".outcome") for page in pages]
    for outcome in outcomes:
        expect(outcome).to_contain_text(re.compile("Recorded|has it already"))
    told = [outcome.inner_text() for outcome in outcomes]
    assert sorted("has it already" in words for words in told) == [False, True], told
    first = next(name for name, words in zip(names, told, strict=True) if "Recorded" in words)
    assert alert(desk, incident)["assignee"] == first
    for name in names:
        expect(pages[0].get_by_role("region", name="Who did what")).to_contain_text(name)


def test_it_is_assigned_snoozed_commented_and_closed(desk: Installation, open_page, incident: str) -> None:
    page = open_page(page_of(desk, incident))
    stands = page.get_by_role("region", name="How it stands")

    def press(name: str, **fields: str) -> None:
        page.get_by_label("Your name and rank").fill("Insp Hart")
        details = page.locator("details")
        if details.count() and not details.evaluate("each => each.open"):
            page.get_by_text("Assign, snooze or close").click()
        for label, words in fields.items():
            page.get_by_label(label).fill(words)
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_role("status").filter(has_text="Recorded")).to_be_visible()

    press("Assign", **{"Assign to": "Sgt Reyes"})
    expect(stands).to_contain_text("Sgt Reyes")
    press("Snooze")
    expect(stands).to_contain_text("Snoozed until")
    press("Add the note", Note="The unit is at the gate")
    expect(page.get_by_role("region", name="Who did what")).to_contain_text("The unit is at the gate")
    press("Close it", Note="Kept by hand")
    expect(stands).to_contain_text("Resolved")


def test_without_a_name_nothing_is_done_and_it_is_said_what_to_mend(
    desk: Installation, open_page, incident: str
) -> None:
    page = open_page(page_of(desk, incident))
    page.get_by_label("Your name and rank").evaluate("each => each.removeAttribute('required')")
    acknowledge(page, "  ", "typed already")
    expect(page.get_by_role("alert").filter(has_text="Nothing was recorded")).to_contain_text("your name")
    expect(page.get_by_label("Note")).to_have_value("typed already")
    assert alert(desk, incident)["state"] in ("raised", "escalated")


def test_the_list_is_filtered(desk: Installation, open_page) -> None:
    here, there = breached(desk, borough="Camden", ward="Kentish Town"), breached(desk, borough="Barnet")
    page = open_page(f"{desk.address}/alerts")
    page.get_by_label("Borough").select_option("Camden")
    page.get_by_role("button", name="Filter").click()
    expect(page.locator("main")).to_contain_text(here)
    expect(page.locator("main")).not_to_contain_text(there)
    later = breached(desk, borough="Camden")
    expect(page.locator("main")).to_contain_text(later)  # the filter holds for what comes live, too
    breached(desk, borough="Barnet")
    expect(page.locator(".alert-row")).to_have_count(2)


def test_a_shift_hands_over(desk: Installation, open_page) -> None:
    mine, other = breached(desk), breached(desk)
    acting = open_page(page_of(desk, mine))
    acknowledge(acting, "Insp Lindqvist")
    expect(acting.locator(".outcome")).to_contain_text("Recorded")
    page = open_page(f"{desk.address}/handover?from=Insp+Lindqvist")
    picks = page.get_by_role("group").get_by_role("checkbox")
    expect(picks.and_(page.locator(":checked"))).to_have_count(1)
    page.get_by_label("Your name and rank").fill("Insp Lindqvist")
    page.get_by_label("Who takes over").fill("Insp Hart")
    page.get_by_label("What they should know").fill("GD22 is back at six")
    page.get_by_role("button", name="Hand over what is ticked").click()
    expect(page.get_by_role("status").filter(has_text="Handed over")).to_contain_text(mine)
    assert alert(desk, mine)["assignee"] == "Insp Hart"
    assert alert(desk, other)["assignee"] is None


def test_many_in_one_place_are_one_situation_with_a_live_list(desk: Installation, open_page) -> None:
    those = [f"CAD-{next(_numbers)}" for _ in range(7)]
    for subject in those[:6]:
        desk.incident(subject, due_in=5 * SECOND, borough="Newham")
    page = open_page(f"{desk.address}/alerts")
    page.get_by_role("link", name=re.compile("Storm.*Newham", re.S)).click()
    members = page.get_by_role("region", name="What belongs to it")
    for subject in those[:6]:
        expect(members).to_contain_text(subject)
    desk.incident(those[6], due_in=5 * SECOND, borough="Newham")
    expect(members).to_contain_text(those[6])
    told = [line for line in desk.log("alerting").read_text().splitlines() if "Newham" in line]
    assert any("SITUATION" in line for line in told), told


def test_a_message_that_the_desk_sent_leads_to_its_alert(
    desk: Installation, open_page, incident: str
) -> None:
    told = until(lambda: link_to(desk, incident), 20, "the desk's message with a link")
    page = open_page(told)
    expect(page.get_by_role("heading", level=1)).to_contain_text(incident)
    assert alert(desk, incident)["state"] == "raised"  # it was only looked at
    expect(page.get_by_label("Your name and rank")).to_have_value("Insp Okafor")
    page.get_by_role("button", name="Acknowledge", exact=True).click()
    expect(page.get_by_role("region", name="How it stands")).to_contain_text("Acknowledged")


def link_to(desk: Installation, subject: str) -> str | None:
    for line in desk.log("alerting").read_text().splitlines():
        if subject in line and (found := re.search(r"http://\S+", line)):
            return found[0]
    return None


# ---- for everybody -----------------------------------------------------------------------------------------


def test_without_a_script_every_page_is_whole_and_forms_work(
    desk: Installation, open_page, incident: str
) -> None:
    page = open_page(f"{desk.address}/alerts", java_script_enabled=False)
    assert page.locator("meta[http-equiv=refresh]").count() == 1
    page.get_by_role("link", name=re.compile(incident)).click()
    acknowledge(page, "Insp Hart", "no script here")
    expect(page.get_by_role("region", name="Who did what")).to_contain_text("no script here")
    for path in PAGES:
        page.goto(desk.address + path)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        expect(page.locator("main")).not_to_contain_text("undefined")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("screen", [{}, PHONE], ids=["desktop", "phone"])
def test_every_text_has_enough_contrast_and_every_control_a_name(
    desk: Installation, open_page, incident: str, scheme: str, screen: dict
) -> None:
    page = open_page(desk.address, color_scheme=scheme, **screen)
    for path in (
        *PAGES,
        f"/alerts/{incident}/attend-immediate",
        f"/clocks/{incident}/attend-immediate",
        "/api",
    ):
        page.goto(desk.address + path)
        found = {"faint": faint(page), "unnamed": unnamed(page), "too small": too_small(page)}
        assert found == {"faint": [], "unnamed": [], "too small": []}, path
        assert overflow(page) <= 0, f"{path} is wider than the screen"


@pytest.mark.parametrize("width", [1280, 1366, 1600, 1920, 3840])
def test_nothing_on_the_wall_is_cut_off(desk: Installation, open_page, incident: str, width: int) -> None:
    page = open_page(desk.address, viewport={"width": width, "height": width * 9 // 16})
    expect(page.locator("main")).to_contain_text(incident)
    assert cut_off(page) == []


def test_a_screen_reader_finds_landmarks_names_and_words(
    desk: Installation, open_page, incident: str
) -> None:
    page = open_page(desk.address)
    for path in PAGES:
        page.goto(desk.address + path)
        for role in ("banner", "main", "contentinfo"):
            expect(page.get_by_role(role)).to_have_count(1)
        expect(page.get_by_role("navigation", name="Board")).to_have_count(1)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert page.evaluate("document.documentElement.lang") == "en-GB"
    page.goto(page_of(desk, incident))
    tree = page.locator("main").aria_snapshot()
    for words in (
        'button "Acknowledge"',
        'textbox "Your name and rank"',
        'heading "Who did what"',
        "Breached",
    ):
        assert words in tree, tree
    assert "■" not in tree, "a shape is read aloud"


def test_what_is_read_aloud_does_not_chatter(desk: Installation, open_page, incident: str) -> None:
    """Times tick, and a screen reader hears of it only when something happened."""
    page = open_page(page_of(desk, incident))
    page.wait_for_timeout(1_000)
    page.evaluate(
        """() => { window.spoken = 0;
        for (const each of document.querySelectorAll("[role=status], [role=alert], [aria-live]"))
            new MutationObserver((changes) => window.spoken += changes.length)
                .observe(each, {childList: true, characterData: true, subtree: true}); }"""
    )
    page.wait_for_timeout(3_000)
    assert page.evaluate("window.spoken") == 0


def test_the_keyboard_is_enough(desk: Installation, open_page, incident: str) -> None:
    page = open_page(page_of(desk, incident))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to what is shown"
    page.keyboard.press("Enter")
    tab_to(page, "document.activeElement.name === 'by'")
    page.keyboard.type("Insp Hart")
    tab_to(page, "document.activeElement.value === 'acknowledge'")
    page.keyboard.press("Enter")
    expect(page.locator(".outcome")).to_contain_text("Recorded")


def tab_to(page: Page, there: str) -> None:
    for _ in range(30):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "(s => s.outlineStyle !== 'none' || s.boxShadow !== 'none')(getComputedStyle(document.activeElement))"
        )
        assert seen, page.evaluate("document.activeElement.outerHTML")
        if page.evaluate(there):
            return
    raise AssertionError(f"not reached: {there}")


def test_light_and_dark_can_be_chosen_and_stay_so(desk: Installation, open_page) -> None:
    page = open_page(desk.address, color_scheme="light")
    light = page.evaluate(BEHIND)
    page.get_by_role("button", name="Dark").click()
    dark = page.evaluate(BEHIND)
    page.goto(f"{desk.address}/alerts")
    assert light != dark == page.evaluate(BEHIND)


def test_nothing_tells_who_called(desk: Installation, open_page) -> None:
    subject = f"CALL-{next(_numbers)}"
    desk.call(subject, caller="tok-secret-4711")
    until(lambda: stage(desk, subject) == "breached", 20, "the call is breached")
    page = open_page(desk.address)
    for path in (*PAGES, f"/alerts/{subject}/call-999", f"/clocks/{subject}", f"/api/stories/{subject}"):
        answer = page.goto(desk.address + path)
        assert (answer.status, "4711" in page.content()) == (200, False), path


# ---- when not to believe it --------------------------------------------------------------------------------


def test_a_watch_that_stands_still_is_said_loudly(desk: Installation, open_page) -> None:
    page = open_page(desk.address)
    with desk.standing_still("worker"):
        desk.incident(f"CAD-{next(_numbers)}", due_in=SECOND)
        warned = page.get_by_role("alert").filter(has_text=re.compile("Watch is (late|dead)"))
        expect(warned).to_be_visible(timeout=60_000)
    expect(warned).to_be_hidden(timeout=60_000)


def test_a_board_that_lost_its_redis_gets_everything_back(
    desk: Installation, open_page, incident: str
) -> None:
    page = open_page(page_of(desk, incident))
    acknowledge(page, "Insp Hart", "before it was lost")
    expect(page.locator(".outcome")).to_contain_text("Recorded")
    desk.redis.flushall()
    until(lambda: alert(desk, incident).get("assignee") == "Insp Hart", 60, "the alert is back")
    page.goto(page_of(desk, incident))
    expect(page.get_by_role("region", name="Who did what")).to_contain_text("before it was lost")
    page.goto(desk.address)
    expect(page.locator("main")).to_contain_text(incident)
