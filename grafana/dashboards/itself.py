"""PledgeWatch itself: whether every part is there, keeps up, and says what it could not do."""

from grafana_foundation_sdk.builders import bargauge, stat, statetimeline, timeseries
from grafana_foundation_sdk.models import common as options
from grafana_foundation_sdk.models.dashboard import Dashboard

from grafana.dashboards.frame import dashboard, filled
from grafana.dashboards.lines import coloured, lines, target_line, tinted
from grafana.dashboards.palette import AT_RISK, BREACHED, MET, STANDARDS, TOPICS, steps, words
from grafana.dashboards.panels import asking, bars, in_words, prop, told
from grafana.dashboards.targets import PROMETHEUS, now, over_time
from grafana.dashboards.watching import BEHIND, NOW_WATCHED, REGISTER_BEHIND, SILENT, UNWATCHED, Slow, health

UID = "pledgewatch-itself"
_PARTS = 'up{job=~"pledgewatch-.*|prometheus|alertmanager"}'
_RATE = "[$__rate_interval]"


def itself() -> Dashboard:
    """The whole dashboard."""
    about = "For operators: is every part there, does it keep up, and what could it not do?"
    return filled(
        dashboard(UID, "PledgeWatch itself", about, "now-6h", "30s"),
        [
            ("", 5, [(24, _at_a_glance())]),
            ("Is it all there?", 8, [(12, _parts()), (12, _hand_overs())]),
            ("Does it keep up?", 8, [(8, _behind()), (8, _lag()), (8, _events())]),
            ("How fast are breaches said?", 8, [(12, _delay()), (12, _told())]),
            ("What does it hear?", 8, [(12, _feeds()), (12, _dead_letters())]),
            (
                "What was taken back, and what stands behind",
                8,
                [(8, _corrections()), (8, _register()), (8, _desk())],
            ),
        ],
    )


def _at_a_glance() -> stat.Panel:
    about = "Each should read none or nearly nothing. What to do where it does not: docs/runbooks.md."
    measures = {
        "Parts down": (f"count({_PARTS} == 0) or 0 * count({_PARTS})", None),
        "Partitions unwatched": (UNWATCHED, None),
        "Feeds silent": (SILENT, None),
        "Dead letters, 1 h": (
            f"round(sum(increase(pledge_dead_letters_total[1h]))) or 0 * {NOW_WATCHED}",
            None,
        ),
        "Undelivered": ("max(pledge_parked_notifications)", None),
        "Overdue, unjudged": ("max(pledge_board_overdue_clocks)", None),
        "Behind": (BEHIND, Slow(30, 60)),
        "Register behind": (REGISTER_BEHIND, Slow(60, 300)),
    }
    return health("At a glance", about, measures)


def _parts() -> statetimeline.Panel:
    about = "Whether Prometheus could read each part's metrics. A worker may come and go; its partitions must not."
    panel = told(statetimeline.Panel(), "Parts", about, "none", "Prometheus knows of no part")
    asking(panel, PROMETHEUS, over_time(_PARTS, "{{job}} {{instance}}"))
    panel.mappings(words({"1": ("up", MET), "0": ("down", BREACHED)}))
    return panel.show_value(options.VisibilityMode.NEVER).row_height(0.8)


def _hand_overs() -> timeseries.Panel:
    about = (
        "Partitions taken over by a worker, and how long reading one from the ledger took on average. While a "
        "partition moves it announces nothing; what fell due is said afterwards, once."
    )
    panel = lines("Hand-overs", about, "none", "no worker is seen")
    moved = f"sum(increase(pledge_hand_overs_total{_RATE}))"
    seconds = f"sum(increase(pledge_hand_over_seconds_total{_RATE})) / ({moved} > 0)"
    asking(
        panel,
        PROMETHEUS,
        over_time(moved, "partitions taken over"),
        over_time(seconds, "seconds each"),
        over_time(UNWATCHED, "partitions unwatched"),
    )
    tinted(panel, ("partitions taken", "seconds")).override_by_name(
        "partitions unwatched", coloured(BREACHED)
    )
    panel.override_by_name("seconds each", [prop("unit", "s"), prop("custom.drawStyle", "points")])
    return panel.min(0)


def _behind() -> timeseries.Panel:
    about = (
        "How far each topic's time is behind the workers' clock (T5), the slowest partition. What falls due in "
        "between is not said yet. The alert comes at a minute (dashed)."
    )
    panel = lines("Behind the clock", about, "s", "no worker is seen")
    asking(
        panel,
        PROMETHEUS,
        over_time("topic:pledge_behind_seconds:max", "{{topic}}"),
        over_time("vector(60)", "bar"),
    )
    tinted(panel, TOPICS)
    return target_line(panel.override_by_name("bar", coloured(BREACHED)), "bar").min(0)


def _lag() -> timeseries.Panel:
    about = "Records known to be unread, by topic. A hill after a feed's return or a restart is work being caught up."
    panel = lines("Unread records", about, "short", "no worker is seen")
    lag = "sum by (topic) (max by (topic, partition) (pledge_partition_lag_events))"
    return tinted(asking(panel, PROMETHEUS, over_time(lag, "{{topic}}")), TOPICS).min(0)


def _events() -> timeseries.Panel:
    about = "Records folded and groups committed by all workers, a second."
    panel = lines("Work done", about, "short", "no worker is seen")
    asking(
        panel,
        PROMETHEUS,
        over_time(f"sum(rate(pledge_events_total{_RATE}))", "events a second"),
        over_time(f"sum(rate(pledge_transactions_total{_RATE}))", "transactions a second"),
    )
    return tinted(panel, ("events", "transactions")).min(0)


def _delay() -> timeseries.Panel:
    about = (
        "From due and settle until it was announced: half of them within the lower line, 99 in 100 within the upper. "
        "The bar is two seconds (dashed). Live work only. Percentiles of a histogram are estimates."
    )
    panel = lines("Delay of announcements", about, "s", "nothing was announced in this time")
    buckets = f"sum by (le) (rate(pledge_announce_delay_seconds_bucket{_RATE}))"
    asking(
        panel,
        PROMETHEUS,
        over_time(f"histogram_quantile(0.5, {buckets})", "half"),
        over_time(f"histogram_quantile(0.99, {buckets})", "99 in 100"),
        over_time("vector(2)", "bar"),
    )
    tinted(panel, ("half", "99 in 100"))
    return target_line(panel.override_by_name("bar", coloured(BREACHED)), "bar").min(0)


def _told() -> timeseries.Panel:
    about = (
        "Attempts to tell somebody, by channel and how they ended, each minute. Failed ones are tried again; parked "
        "ones were given up and wait for a person."
    )
    panel = lines("Notifications a minute", about, "short", "nobody had to be told in this time")
    sent = f"60 * sum by (channel, outcome) (rate(pledge_notifications_total{_RATE}))"
    asking(panel, PROMETHEUS, over_time(sent, "{{channel}} {{outcome}}"))
    for outcome, colour in {"told": MET, "failed": AT_RISK, "parked": BREACHED}.items():
        panel.override_by_regexp(f".* {outcome}", coloured(colour))
    return panel.min(0)


def _feeds() -> bargauge.Panel:
    about = (
        "How much of the silence that it may keep each feed has used: at 100 % it is silent, and what falls due for "
        "want of it is unverifiable (S6). Feeds are named in the settings; none are named by default."
    )
    panel = told(bars(), "Silence of feeds", about, "percentunit", "no feed is named")
    age = "max by (feed, topic) (min by (feed, topic, partition) (pledge_feed_age_seconds))"
    silence = "max by (feed, topic) (pledge_feed_silence_seconds)"
    asking(panel, PROMETHEUS, now(f"sort_desc({age} / {silence})", "{{feed}} · {{topic}}"))
    return panel.min(0).max(1).thresholds(steps(MET, (0.75, AT_RISK), (1, BREACHED)))


def _dead_letters() -> timeseries.Panel:
    about = (
        "Records that could not be read or judged, by reason, each hour up to each moment. What they tell is missing "
        "from every figure."
    )
    panel = lines("Dead letters in the last hour", about, "short", "no dead letters")
    counted = "increase(pledge_dead_letters_total[1h])"
    all_of_them = f'label_replace(sum({counted}), "reason", "all", "", "")'
    found = f"sum by (topic, reason) ({counted}) > 0 or {all_of_them}"  # all that there could be would fill the panel
    return asking(panel, PROMETHEUS, over_time(found, "{{reason}} {{topic}}")).min(0)


def _corrections() -> timeseries.Panel:
    about = (
        "Verdicts taken back by later evidence (S4), each hour up to each moment. Each was right when said."
    )
    panel = lines("Corrections in the last hour", about, "short", "nothing was taken back")
    found = "sum by (standard) (increase(pledge_corrections_total[1h]))"
    asking(panel, PROMETHEUS, over_time(found, "{{standard}}"))
    return in_words(tinted(panel, STANDARDS.values())).min(0)


def _register() -> timeseries.Panel:
    about = (
        "How long ago the tables last held the whole ledger, and how many of its records are not in them yet."
    )
    panel = lines("Register behind", about, "s", "no register is seen")
    asking(
        panel,
        PROMETHEUS,
        over_time(REGISTER_BEHIND, "seconds"),
        over_time("min(pledge_register_behind_records)", "records"),
    )
    tinted(panel, ("seconds", "records"))
    return panel.override_by_name(
        "records", [prop("unit", "short"), prop("custom.axisPlacement", "right")]
    ).min(0)


def _desk() -> timeseries.Panel:
    about = (
        "How long the oldest notification that is due has waited, and how old the figures on the board are."
    )
    panel = lines("Desk and board", about, "s", "no desk and no board is seen")
    asking(
        panel,
        PROMETHEUS,
        over_time("max(pledge_oldest_unsent_seconds)", "oldest unsent"),
        over_time("max(pledge_board_figures_age_seconds)", "age of the board's figures"),
    )
    return tinted(panel, ("oldest", "age")).min(0)
