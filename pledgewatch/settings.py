"""Every setting, declared once: flags, environment, file, help and reference page follow from this table."""

from dataclasses import Field, dataclass, field, fields
from typing import Any

from pledgewatch.kinds import ADDRESS, DURATION, FILE, LIST, NUMBER, PORT, TEXT, Kind, choice
from schemas.errors import PledgeWatchError

PREFIX = "PLEDGEWATCH_"


class SettingsError(PledgeWatchError):
    """A setting that cannot be used; the message names where the value came from.

    Operator action: mend the value at the place the message names.
    """


@dataclass(frozen=True)
class Setting:
    """One row of the table."""

    name: str
    kind: Kind
    default: Any
    help: str
    secret: bool
    group: str

    @property
    def flag(self) -> str:
        """The command line's name; a secret has none but the file that holds it."""
        name = f"--{self.name.replace('_', '-')}"
        return f"{name}-file" if self.secret else name

    @property
    def variable(self) -> str:
        """The environment's name."""
        return PREFIX + self.name.upper()


def _declared(default: Any, kind: Kind, group: str, words: str, secret: bool = False) -> Any:
    return field(default=default, metadata={"kind": kind, "group": group, "help": words, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of a process; durations in ms. Where a value is None, the help says what holds instead."""

    bootstrap: tuple[str, ...] = _declared(
        ("localhost:9092",), LIST, "Kafka", "Kafka brokers to start from, as host:port, separated by commas."
    )
    security_protocol: str = _declared(
        "PLAINTEXT",
        choice("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"),
        "Kafka",
        "How to speak to the brokers.",
    )
    sasl_mechanism: str | None = _declared(
        None,
        choice("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"),
        "Kafka",
        "How to log in; needed with a SASL protocol.",
    )
    sasl_user: str | None = _declared(None, TEXT, "Kafka", "The name to log in with.")
    sasl_password: str | None = _declared(None, TEXT, "Kafka", "The password to log in with.", secret=True)
    tls_ca: str | None = _declared(
        None, FILE, "Kafka", "PEM file of the authorities to trust; the system's own where not given."
    )
    tls_cert: str | None = _declared(None, FILE, "Kafka", "PEM file of our own certificate.")
    tls_key: str | None = _declared(None, FILE, "Kafka", "PEM file of our certificate's key.")
    tls_key_password: str | None = _declared(
        None, TEXT, "Kafka", "The password of our certificate's key.", secret=True
    )
    partitions: int = _declared(
        16, NUMBER, "Kafka", "Partitions of each input topic; fixed for life once they are created."
    )
    replication: int = _declared(
        3, NUMBER, "Kafka", "Copies of each topic to create; with 3, two must acknowledge a write."
    )
    app_id: str = _declared(
        "pledgewatch", TEXT, "Work", "Names the consumer group and the transactions of one installation."
    )
    standards: str = _declared(
        "met-pledge-2009",
        TEXT,
        "Work",
        "The standards pack to judge by: its id, or a path ending in .yaml; or several (N5).",
    )
    clock: str = _declared(
        "wall",
        TEXT,
        "Work",
        "What time it is: wall, events, or scaled:EPOCH@SPEED; the same in every process.",
    )
    settle: int | None = _declared(
        None, DURATION, "Work", "How long after a deadline to announce it; the pack's where not given."
    )
    feeds: str | None = _declared(
        None, FILE, "Work", "YAML file that names the feeds whose silence matters; none where not given."
    )
    redis_url: str = _declared(
        "redis://localhost:6379/0", ADDRESS, "Duty desk", "Where Redis is; rediss:// for TLS."
    )
    alerting: str | None = _declared(
        None, FILE, "Duty desk", "YAML file: who is told what, when and how; nobody is told where not given."
    )
    board_bind: str = _declared(
        "127.0.0.1",
        TEXT,
        "Duty desk",
        "The address on which the duty board is served; it knows no sign-in yet.",
    )
    board_port: int = _declared(
        8470, PORT, "Duty desk", "The port on which the duty board is served; 0 takes a free one."
    )
    board_url: str | None = _declared(
        None,
        TEXT,
        "Duty desk",
        "Where people reach the board, for links in messages; no links where not given.",
    )
    link_key: str | None = _declared(
        None, TEXT, "Duty desk", "The key that signs links to acknowledge; the same everywhere.", secret=True
    )
    register_url: str = _declared(
        "sqlite:///pledgewatch-register.db",
        ADDRESS,
        "Register",
        "The register's database: sqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE.",
    )
    grafana_url: str = _declared(
        "http://localhost:3000", TEXT, "Grafana", "Where Grafana is, for what is pushed to it."
    )
    grafana_token: str | None = _declared(
        None,
        TEXT,
        "Grafana",
        "A service account's token that may write annotations and dashboards, or USER:PASSWORD.",
        secret=True,
    )
    metrics_bind: str = _declared("127.0.0.1", TEXT, "Watching", "The address on which /metrics is served.")
    metrics_port: int = _declared(
        9464, PORT, "Watching", "The port on which /metrics is served; 0 takes a free one."
    )
    log_level: str = _declared(
        "info", choice("debug", "info", "warning", "error"), "Watching", "The least to log."
    )
    log_format: str = _declared(
        "auto",
        choice("auto", "json", "text"),
        "Watching",
        "auto: text on a terminal, one JSON object a line elsewhere.",
    )

    def __post_init__(self) -> None:
        if self.security_protocol.startswith("SASL"):
            for name in ("sasl_mechanism", "sasl_user", "sasl_password"):
                if getattr(self, name) is None:
                    raise SettingsError(
                        f"security_protocol {self.security_protocol} needs {name}, which is not set"
                    )
        if (self.tls_cert is None) != (self.tls_key is None):
            raise SettingsError("tls_cert and tls_key are given together or not at all")


def _row(declared: "Field[Any]") -> Setting:
    return Setting(name=declared.name, default=declared.default, **declared.metadata)


SETTINGS: dict[str, Setting] = {declared.name: _row(declared) for declared in fields(Settings)}
"""The table, by name."""

KAFKA = (
    "bootstrap",
    "security_protocol",
    "sasl_mechanism",
    "sasl_user",
    "sasl_password",
    "tls_ca",
    "tls_cert",
    "tls_key",
    "tls_key_password",
)
"""What every command that speaks to Kafka takes."""

LOGS = ("log_level", "log_format")
"""What every command that logs takes."""
