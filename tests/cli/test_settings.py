"""Settings: one table, four places, and an error that names the place."""

from pathlib import Path

import pytest

from pledgewatch.cli import run
from pledgewatch.settings import SETTINGS, Settings, SettingsError
from pledgewatch.settings_page import page
from pledgewatch.sources import resolve

ROOT = Path(__file__).parents[2]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return tmp_path / "pledgewatch.toml"


def test_with_nothing_given_the_defaults_hold() -> None:
    assert resolve({}, {}).settings == Settings()


def test_flags_outrank_the_environment_the_file_and_the_default(config: Path) -> None:
    config.write_text('app_id = "file"\nstandards = "file"\nclock = "file"\n')
    environment = {"PLEDGEWATCH_APP_ID": "environment", "PLEDGEWATCH_STANDARDS": "environment"}
    found = resolve({"app_id": "flag", "bootstrap": None}, environment, str(config)).settings
    assert (found.app_id, found.standards, found.clock) == ("flag", "environment", "file")
    assert found.bootstrap == ("localhost:9092",)


def test_the_place_of_each_value_is_known(config: Path) -> None:
    config.write_text('clock = "events"\n')
    places = resolve({"app_id": "x"}, {"PLEDGEWATCH_STANDARDS": "y"}, str(config)).places
    assert places == {"app_id": "--app-id", "standards": "PLEDGEWATCH_STANDARDS", "clock": f"{config}: clock"}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("bootstrap", "a:1, b:2", ("a:1", "b:2")),
        ("metrics_port", "0", 0),
        ("settle", "1500ms", 1500),
        ("settle", "1.5", 1500),
        ("settle", "0", 0),
        ("security_protocol", "ssl", "SSL"),
    ],
)
def test_text_becomes_its_kind_of_value(name: str, text: str, value: object) -> None:
    assert getattr(resolve({name: text}, {}).settings, name) == value


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("metrics_port", "70000", "--metrics-port: '70000' must be a whole number from 0 to 65535"),
        ("metrics_port", "80.5", "must be a whole number"),
        ("metrics_port", "٣", "must be a whole number"),
        ("partitions", "0", "must be a whole number from 1"),
        ("settle", "1 second", "'1 second' must be a duration"),
        ("settle", "-5", "'-5' must be a duration"),
        ("security_protocol", "TLS", "must be one of PLAINTEXT, SSL"),
        ("bootstrap", " , ", "must name at least one"),
        ("app_id", " ", "must be text, and not empty"),
        ("tls_ca", "nowhere.pem", "there is no file nowhere.pem"),
    ],
)
def test_a_bad_value_is_refused_with_its_reason(name: str, text: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        resolve({name: text}, {})


def test_a_bad_value_names_the_variable_it_came_from() -> None:
    with pytest.raises(SettingsError, match=r"^PLEDGEWATCH_METRICS_PORT: 'http'"):
        resolve({}, {"PLEDGEWATCH_METRICS_PORT": "http"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('metrics_port = "http"', "metrics_port: 'http' must be"),
        ("metrics_port = true", "metrics_port: True must be a whole number"),
        ("settle = true", "must be a duration"),
        ('bootsrap = "a:1"', "there is no such setting; did you mean bootstrap?"),
        ("bootstrap = ", "is not TOML"),
        ('sasl_password = "x"', "give sasl_password_file"),
    ],
)
def test_a_bad_line_names_the_file(config: Path, text: str, words: str) -> None:
    config.write_text(text)
    with pytest.raises(SettingsError) as error:
        resolve({}, {}, str(config))
    assert str(error.value).startswith(f"{config}: ")
    assert words in str(error.value)


def test_a_missing_file_of_settings_is_an_error_only_if_it_was_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        resolve({}, {}, str(tmp_path / "none.toml"))


def test_the_file_in_the_working_directory_is_read_unasked(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.write_text('app_id = "here"\n')
    monkeypatch.chdir(config.parent)
    assert resolve({}, {}).settings.app_id == "here"


@pytest.mark.parametrize("place", ["flag", "environment", "file"])
def test_a_secret_is_read_from_a_file_of_its_own(config: Path, tmp_path: Path, place: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hush\n")
    config.write_text(f'sasl_password_file = "{secret}"\n' if place == "file" else "")
    flags = {"sasl_password_file": str(secret)} if place == "flag" else {}
    environment = {"PLEDGEWATCH_SASL_PASSWORD_FILE": str(secret)} if place == "environment" else {}
    assert resolve(flags, environment, str(config)).settings.sasl_password == "hush"


def test_a_secret_given_twice_is_refused(tmp_path: Path) -> None:
    environment = {"PLEDGEWATCH_SASL_PASSWORD": "a", "PLEDGEWATCH_SASL_PASSWORD_FILE": str(tmp_path)}
    with pytest.raises(SettingsError, match="are both set"):
        resolve({}, environment)


def test_a_secret_is_never_shown_in_an_error() -> None:
    with pytest.raises(SettingsError) as error:
        resolve({}, {"PLEDGEWATCH_SASL_PASSWORD": "   "})
    assert str(error.value) == "PLEDGEWATCH_SASL_PASSWORD: must be text, and not empty"


def test_sasl_wants_its_mechanism_name_and_password() -> None:
    with pytest.raises(SettingsError, match="needs sasl_mechanism"):
        resolve({"security_protocol": "SASL_SSL"}, {})


def test_a_certificate_wants_its_key(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("")
    with pytest.raises(SettingsError, match="together or not at all"):
        resolve({"tls_cert": str(tmp_path / "cert.pem")}, {})


def test_a_misspelt_variable_is_pointed_out() -> None:
    warnings = resolve({}, {"PLEDGEWATCH_BOTSTRAP": "a:1", "OTHER": "x"}).warnings
    assert warnings == ["PLEDGEWATCH_BOTSTRAP is set, and is no setting; did you mean PLEDGEWATCH_BOOTSTRAP?"]


def test_the_reference_page_is_that_of_the_table() -> None:
    written = (ROOT / "docs/reference/settings.md").read_text()
    assert written == page(), "run: python -m pledgewatch.settings_page > docs/reference/settings.md"
    assert all(f"`{setting.variable}`" in written for setting in SETTINGS.values())


def test_an_address_is_shown_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PLEDGEWATCH_REGISTER_URL", "postgresql+psycopg://us:hush@db/register")
    monkeypatch.setenv("PLEDGEWATCH_REDIS_URL", "rediss://us:hush@cache/0")
    assert run(["settings"]) == 0
    told = capsys.readouterr().out
    assert "hush" not in told
    assert "postgresql+psycopg://db/register" in told
    assert "rediss://cache/0" in told
