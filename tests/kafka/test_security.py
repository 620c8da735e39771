"""A broker that wants TLS and a password: every client of ours gets in, and a wrong password is a clear error."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from broker import BrokerMissingError, real_kafka
from confluent_kafka.admin import AdminClient
from scene import Scene, event, now, until

from streams import topics
from streams.connection import Connection, UnreachableError

pytestmark = pytest.mark.kafka

PROPERTIES = """
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:SASL_SSL
sasl.enabled.mechanisms=PLAIN
sasl.mechanism.inter.broker.protocol=PLAIN
listener.name.plaintext.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
 username="broker" password="inside" user_broker="inside" user_watch="secret";
ssl.keystore.type=PEM
ssl.keystore.location={pem}
ssl.truststore.type=PEM
ssl.truststore.location={ca}
"""


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory, bootstrap: str):
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    home = tmp_path_factory.mktemp("tls")
    key, ca, pem = home / "key.pem", home / "ca.pem", home / "both.pem"
    asked = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    asked += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(ca)]
    subprocess.run(["openssl", "req", *asked], check=True, capture_output=True)
    pem.write_text(key.read_text() + ca.read_text())
    try:
        broker = real_kafka(extra=PROPERTIES.format(pem=pem, ca=ca))
        with broker as address:
            yield _connection(address, ca)
    except BrokerMissingError as missing:
        pytest.skip(f"needs the broker from the jars: {missing}")


def _connection(address: str, ca: Path) -> Connection:
    return Connection(
        bootstrap=address,
        security_protocol="SASL_SSL",
        sasl_mechanism="PLAIN",
        sasl_user="watch",
        sasl_password="secret",
        tls_ca=str(ca),
    )


async def test_a_worker_announces_over_tls_with_a_password(secure: Connection) -> None:
    topics.create(secure, 4, 1)
    scene = Scene(secure.bootstrap, "secured")
    scene.connection = secure
    async with scene.worker() as worker:
        async with scene.producer() as producer:
            value = event("call.presented", "CALL-1", now(), line="999")
            await producer.send_and_wait("call-answer", value, key=b"CALL-1")
        await until(lambda: worker.setup.observed.news["clock.breached"] == 1)
        await until(lambda: not any(lane.work.pending() for lane in worker.assignment.lanes.values()))


def test_librdkafka_gets_in_with_the_same_connection(secure: Connection) -> None:
    assert AdminClient(secure.librdkafka_options()).list_topics(timeout=10).brokers


def test_a_wrong_password_is_a_clear_error(secure: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "ADMIN_TIMEOUT_MS", 2_000)
    with pytest.raises((UnreachableError, topics.TopicsError), match=secure.bootstrap):
        topics.check(replace(secure, sasl_password="wrong"))


def test_a_certificate_file_that_is_not_there_is_a_clear_error(secure: Connection) -> None:
    with pytest.raises(UnreachableError, match="TLS"):
        topics.check(replace(secure, tls_ca="/nowhere/ca.pem"))
