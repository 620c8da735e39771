"""How to reach the brokers, said once and handed to each of the four Kafka clients in its own words."""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from schemas.errors import PledgeWatchError


class UnreachableError(PledgeWatchError):
    """The brokers cannot be reached or refuse us.

    Operator action: check `bootstrap` and the security settings, and that the brokers are up.
    """


class KafkaSettings(Protocol):
    """The settings a connection is made of (pledgewatch.settings.Settings has them all)."""

    @property
    def bootstrap(self) -> Sequence[str]: ...
    @property
    def security_protocol(self) -> str: ...
    @property
    def sasl_mechanism(self) -> str | None: ...
    @property
    def sasl_user(self) -> str | None: ...
    @property
    def sasl_password(self) -> str | None: ...
    @property
    def tls_ca(self) -> str | None: ...
    @property
    def tls_cert(self) -> str | None: ...
    @property
    def tls_key(self) -> str | None: ...
    @property
    def tls_key_password(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Brokers and credentials; `bootstrap` is host:port, several separated by commas."""

    bootstrap: str
    security_protocol: str = "PLAINTEXT"
    sasl_mechanism: str | None = None
    sasl_user: str | None = None
    sasl_password: str | None = None
    tls_ca: str | None = None
    tls_cert: str | None = None
    tls_key: str | None = None
    tls_key_password: str | None = None
    check_crcs: bool = True
    """False for the embedded broker, which spoils the checksums of what it stores."""

    @classmethod
    def of(cls, settings: KafkaSettings) -> "Connection":
        """The connection that the settings describe."""
        return cls(
            bootstrap=",".join(settings.bootstrap),
            security_protocol=settings.security_protocol,
            sasl_mechanism=settings.sasl_mechanism,
            sasl_user=settings.sasl_user,
            sasl_password=settings.sasl_password,
            tls_ca=settings.tls_ca,
            tls_cert=settings.tls_cert,
            tls_key=settings.tls_key,
            tls_key_password=settings.tls_key_password,
        )

    @property
    def servers(self) -> list[str]:
        """The bootstrap servers one by one."""
        return [server.strip() for server in self.bootstrap.split(",") if server.strip()]

    @cached_property
    def ssl_context(self) -> ssl.SSLContext | None:
        """The TLS context, None without TLS; UnreachableError where a file cannot be used."""
        if not self.security_protocol.endswith("SSL"):
            return None
        try:
            context = ssl.create_default_context(cafile=self.tls_ca)
            if self.tls_cert:
                context.load_cert_chain(self.tls_cert, self.tls_key, self.tls_key_password)
        except OSError as failed:
            raise UnreachableError(f"TLS files cannot be used: {failed}") from None
        return context

    def asyncio_options(self) -> dict[str, Any]:
        """For aiokafka's clients; kafka-python takes the same names."""
        options: dict[str, Any] = {
            "bootstrap_servers": self.servers,
            "security_protocol": self.security_protocol,
            "ssl_context": self.ssl_context,
        }
        if self.security_protocol.startswith("SASL"):
            options |= {
                "sasl_mechanism": self.sasl_mechanism,
                "sasl_plain_username": self.sasl_user,
                "sasl_plain_password": self.sasl_password,
            }
        return options

    def consumer_options(self) -> dict[str, Any]:
        """For aiokafka's consumers: committed records only."""
        return self.asyncio_options() | {"check_crcs": self.check_crcs, "isolation_level": "read_committed"}

    def librdkafka_options(self) -> dict[str, Any]:
        """For confluent_kafka's clients; keys are spread as every other client spreads them."""
        options = {
            "bootstrap.servers": ",".join(self.servers),
            "security.protocol": self.security_protocol,
            "sasl.mechanism": self.sasl_mechanism,
            "sasl.username": self.sasl_user,
            "sasl.password": self.sasl_password,
            "ssl.ca.location": self.tls_ca,
            "ssl.certificate.location": self.tls_cert,
            "ssl.key.location": self.tls_key,
            "ssl.key.password": self.tls_key_password,
        }
        return {key: value for key, value in options.items() if value is not None}
