"""Channels, templates and the watchdog as a policy has them: what is wrong is told by file and line."""

from pathlib import Path

import pytest

from alerting.channels.alertmanager import AlertmanagerSettings
from alerting.channels.apprise import AppriseSettings
from alerting.reading import read_policy
from schemas.documents import DocumentError

POLICY = """
channels:
  terminal: {kind: console}
  mail:
    kind: apprise
    url: mailtos://desk:{password}@smtp.example.org?to={address}
    secrets: {password: {file: /run/secrets/smtp}}
    form: html
  hook: {kind: webhook, url: https://duty.example.org/hook, secret: {env: HOOK_KEY}}
  am: {kind: alertmanager, url: "http://am:9093"}
ladders: {short: [{tell: room, by: [terminal]}]}
rules: [{name: everything, ladder: short}]
"""


def policy_in(folder: Path, more: str = "", *, without: str = "", instead: str = "") -> Path:
    path = folder / "alerting.yaml"
    path.write_text(POLICY.replace(without, instead, 1) + more if without else POLICY + more)
    return path


def test_every_kind_of_channel_is_read(tmp_path: Path) -> None:
    policy = read_policy(policy_in(tmp_path))
    mail, mirror = policy.channels["mail"], policy.channels["am"]
    assert isinstance(mail, AppriseSettings) and mail.timeout == 30_000
    assert isinstance(mirror, AlertmanagerSettings) and (mirror.every, mirror.hold) == (60_000, 600_000)


@pytest.mark.parametrize(
    ("without", "instead", "said"),
    [
        ("kind: console", "kind: consol", ":3: channels.terminal: "),
        (
            "{password}",
            "{pasword}",
            ":5: channels.mail.apprise: {pasword} is none of its secrets; did you mean",
        ),
        (
            "env: HOOK_KEY",
            "var: HOOK_KEY",
            ":9: channels.hook.webhook.secret.var: unknown key; it may be file",
        ),
        ("secret: {env: HOOK_KEY}", "", ":9: channels.hook.webhook.secret: missing"),
        (
            '"http://am:9093"',
            '"http://am:9093", hold: 1m',
            ":10: channels.am.alertmanager: hold must be at least",
        ),
        (
            "kind: console",
            "kind: console, fom: text",
            ":3: channels.terminal.console.fom: unknown key; did you mean",
        ),
    ],
)
def test_a_channel_is_refused_by_file_and_line(tmp_path: Path, without: str, instead: str, said: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_policy(policy_in(tmp_path, without=without, instead=instead))
    assert said in str(refused.value)


def test_a_policys_templates_are_tried_when_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "title.txt").write_text("{{ what }")
    with pytest.raises(DocumentError, match=r"alerting\.yaml:13: .*title\.txt:1: "):
        read_policy(policy_in(tmp_path, f"templates: {tmp_path}/words\n"))


def test_a_policy_may_name_whom_a_heartbeat_is_sent_to(tmp_path: Path) -> None:
    more = "watchdog: {url: https://hc.example.org/ping/7f3a, every: 30s}\n"
    watchdog = read_policy(policy_in(tmp_path, more)).watchdog
    assert watchdog is not None and (watchdog.every, watchdog.timeout) == (30_000, 10_000)
