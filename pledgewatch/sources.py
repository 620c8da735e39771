"""Where settings come from, strongest first: flags, environment, a TOML file, the defaults."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pledgewatch.settings import PREFIX, SETTINGS, Setting, Settings, SettingsError

CONFIG_FILE = "pledgewatch.toml"
CONFIG_VARIABLE = f"{PREFIX}CONFIG"


class Given(NamedTuple):
    """A value as it was given, and the place to name when it will not do."""

    value: Any
    place: str


class Resolved(NamedTuple):
    """The settings, the place each one that is no default came from, and what was not understood."""

    settings: Settings
    places: dict[str, str]
    warnings: list[str]


def resolve(flags: Mapping[str, Any], environment: Mapping[str, str], config: str | None = None) -> Resolved:
    """The settings of a process; SettingsError names the place of a value that will not do.

    `flags` by setting's name (a secret's flag by its name and `_file`), those not given missing or None.
    """
    given = _from_file(_config_path(config, environment))
    given |= _from_environment(environment)
    given |= _from_flags(flags)
    values = {name: _read(SETTINGS[name], found) for name, found in given.items()}
    places = {name: found.place for name, found in given.items()}
    return Resolved(_checked(values), places, _unknown_variables(environment))


def _checked(values: dict[str, Any]) -> Settings:
    return Settings(**values)


def _read(setting: Setting, given: Given) -> Any:
    try:
        return setting.kind.read(given.value)
    except ValueError as wrong:
        shown = "" if setting.secret else f" {given.value!r}"
        raise SettingsError(f"{given.place}:{shown} {wrong}") from None


def _from_flags(flags: Mapping[str, Any]) -> dict[str, Given]:
    found = {}
    for name, value in flags.items():
        if value is None:
            continue
        plain = name.removesuffix("_file")
        if plain in SETTINGS and SETTINGS[plain].secret:
            found[plain] = _secret(value, SETTINGS[plain].flag)
        else:
            found[name] = Given(value, SETTINGS[name].flag)
    return found


def _from_environment(environment: Mapping[str, str]) -> dict[str, Given]:
    found = {}
    for setting in SETTINGS.values():
        variable = setting.variable
        if variable in environment:
            found[setting.name] = Given(environment[variable], variable)
        if setting.secret and f"{variable}_FILE" in environment:
            _refuse_both(setting.name in found, variable, f"{variable}_FILE")
            found[setting.name] = _secret(environment[f"{variable}_FILE"], f"{variable}_FILE")
    return found


def _from_file(path: Path | None) -> dict[str, Given]:
    found = {}
    for key, value in _toml(path).items() if path else ():
        plain = key.removesuffix("_file")
        place = f"{path}: {key}"
        if plain in SETTINGS and SETTINGS[plain].secret:
            found[plain] = _secret_of_file(key, value, place)
        elif key in SETTINGS:
            found[key] = Given(value, place)
        else:
            raise SettingsError(f"{place}: there is no such setting{_nearest(key, SETTINGS)}")
    return found


def _secret_of_file(key: str, value: Any, place: str) -> Given:
    if not key.endswith("_file"):
        raise SettingsError(
            f"{place}: a secret does not stand in this file: give {key}_file, the path of its own"
        )
    return _secret(value, place)


def _secret(path: Any, place: str) -> Given:
    try:
        return Given(Path(str(path)).read_text(encoding="utf-8").strip(), place)
    except (OSError, UnicodeDecodeError) as failed:
        raise SettingsError(f"{place}: cannot read the secret: {failed}") from None


def _refuse_both(both: bool, one: str, other: str) -> None:
    if both:
        raise SettingsError(f"{one} and {other} are both set: give one of them")


def _config_path(config: str | None, environment: Mapping[str, str]) -> Path | None:
    named = config or environment.get(CONFIG_VARIABLE)
    if named:
        return Path(named)
    return Path(CONFIG_FILE) if Path(CONFIG_FILE).is_file() else None


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as failed:
        raise SettingsError(f"{path}: cannot be read: {failed}") from None
    except tomllib.TOMLDecodeError as failed:
        raise SettingsError(f"{path}: is not TOML: {failed}") from None


def _unknown_variables(environment: Mapping[str, str]) -> list[str]:
    known = {CONFIG_VARIABLE, f"{PREFIX}TRACEBACK"}
    for setting in SETTINGS.values():
        known |= {setting.variable, f"{setting.variable}_FILE"} if setting.secret else {setting.variable}
    unknown = [name for name in environment if name.startswith(PREFIX) and name not in known]
    return [f"{name} is set, and is no setting{_nearest(name, known)}" for name in sorted(unknown)]


def _nearest(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]}?" if near else ""
