"""Where a machine has no package of a part, the tests take it from an engine: the same, from outside."""

import psycopg
import pytest
from broker import _from_image
from kafka import KafkaAdminClient
from sqlalchemy import make_url

from tests.containers import missing_for
from tests.missing import missing
from tests.register.server import DATABASE, PostgresInContainer

pytestmark = pytest.mark.compose


def test_a_broker_answers_at_the_address_it_is_given():
    if why := missing_for("kafka"):
        missing("Kafka in a container", why)
    with _from_image() as bootstrap:
        admin = KafkaAdminClient(bootstrap_servers=bootstrap)
        assert [f"{each['host']}:{each['port']}" for each in admin.describe_cluster()["brokers"]] == [
            bootstrap
        ]
        admin.close()


def test_a_postgresql_that_was_stopped_has_what_it_held():
    if why := missing_for("postgres"):
        missing("PostgreSQL in a container", why)
    server = PostgresInContainer()
    try:
        server.start()
        server.create(DATABASE)
        asked = make_url(server.url).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(asked) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 7 AS number")
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(asked, connect_timeout=2)
        server.start()
        with psycopg.connect(asked) as connection:
            assert connection.execute("SELECT number FROM kept").fetchone() == (7,)
    finally:
        server.end()
