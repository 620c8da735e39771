"""A Grafana given what it lacks, over HTTP: looked at first, written only where it differs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from grafana.content import Json
from grafana.playlists import playlists_of
from grafana.server import Grafana

What = Literal["created", "changed", "unchanged", "provisioned"]


@dataclass(frozen=True)
class Outcome:
    """What became of one thing, or would (`Push.check`): `detail` says what differed."""

    kind: str
    name: str
    what: What
    detail: str = ""

    @property
    def differs(self) -> bool:
        """Whether Grafana had it otherwise, or not at all."""
        return self.what in ("created", "changed")


class Push:
    """Pushes to one Grafana; with `check` it only says what it would do. GrafanaError where Grafana will not."""

    def __init__(self, grafana: Grafana, check: bool = False) -> None:
        self._grafana, self._face, self._check = grafana, grafana.face, check

    def data_source(self, wanted: Json) -> Outcome:
        """A data source by its uid. Its secrets are sent even where nothing differs: Grafana does not tell them."""
        api, name, path = self._face.api, wanted["name"], f"/datasources/uid/{wanted['uid']}"
        held: Any = self._grafana.find(f"data source {name}", lambda: api.GET(path))
        if held is None:
            self._write(f"data source {name}", lambda: api.POST("/datasources", json=wanted))
            return Outcome("data source", name, "created")
        if held.get("readOnly"):
            return Outcome("data source", name, "provisioned")
        shown = {key: value for key, value in wanted.items() if key != "secureJsonData"}
        differing = [*differences(shown, held), *_unset(wanted, held)]
        if differing or "secureJsonData" in wanted:
            # What is not sent would be unset.
            body = {**wanted, "isDefault": bool(held.get("isDefault"))}
            self._write(f"data source {name}", lambda: api.PUT(path, json=body))
        return _outcome("data source", name, held, differing)

    def folder(self, uid: str, title: str) -> Outcome:
        """The folder by its uid."""
        api = self._face.folder
        held = self._grafana.find(f"folder {title}", lambda: api.get_folder(uid))
        differing = [] if held is None or held["title"] == title else ["title"]
        if held is None:
            self._write(f"folder {title}", lambda: api.create_folder(title, uid))
        elif differing:
            self._write(f"folder {title}", lambda: api.update_folder(uid, title, overwrite=True))
        return _outcome("folder", title, held, differing)

    def dashboard(self, wanted: Json, folder: str, message: str) -> Outcome:
        """A dashboard by its uid, into the folder of that uid; `message` stands beside its version."""
        api, title = self._face.dashboard, wanted["title"]
        held = self._grafana.find(f"dashboard {title}", lambda: api.get_dashboard(wanted["uid"]))
        if held is not None and held["meta"].get("provisioned"):
            return Outcome("dashboard", title, "provisioned")
        differing = [] if held is None else differences(wanted, held["dashboard"])
        if held is not None and held["meta"].get("folderUid") != folder:
            differing.append("folder")
        if held is None or differing:
            body = {
                "dashboard": {**wanted, "id": None},
                "folderUid": folder,
                "message": message,
                "overwrite": True,
            }
            self._write(f"dashboard {title}", lambda: api.update_dashboard(body))
        return _outcome("dashboard", title, held, differing)

    def playlist(self, wanted: Json) -> Outcome:
        """The playlist, as this Grafana's version keeps playlists."""
        lists, name = playlists_of(self._grafana), wanted["name"]
        held = lists.find(name)
        differing = [] if held is None else differences(lists.comparable(wanted), lists.comparable(held))
        if held is None or differing:
            self._write(f"playlist {name}", lambda: lists.save(wanted, held))
        return _outcome("playlist", name, held, differing)

    def _write(self, doing: str, call: Callable[[], Any]) -> None:
        if not self._check:
            self._grafana.ask(doing, call)


def differences(wanted: Json, held: Json) -> list[str]:
    """The names of what differs, panels by their titles; what Grafana adds of its own is no difference."""
    names = [name for name in wanted if name != "panels" and not _within(wanted[name], held.get(name))]
    panels = {panel.get("id"): panel for panel in held.get("panels", [])}
    differing = [
        f"panel {panel.get('title') or panel.get('id')}"
        for panel in wanted.get("panels", [])
        if not _within(panel, panels.get(panel.get("id")))
    ]
    if len(panels) > len(wanted.get("panels", [])):
        differing.append("panels of others")
    return names + differing


def _within(wanted: Any, held: Any) -> bool:
    """Whether all that is wanted is there; what is empty may be missing."""
    if isinstance(wanted, dict) and isinstance(held, dict):
        return all(_within(value, held.get(name)) for name, value in wanted.items())
    if isinstance(wanted, list) and isinstance(held, list):
        return len(wanted) == len(held) and all(map(_within, wanted, held))
    return bool(wanted == held) or not (wanted or held)


def _unset(wanted: Json, held: Json) -> list[str]:
    there = held.get("secureJsonFields") or {}
    return [name for name in wanted.get("secureJsonData", {}) if not there.get(name)]


def _outcome(kind: str, name: str, held: Json | None, differing: list[str]) -> Outcome:
    if held is None:
        return Outcome(kind, name, "created")
    return Outcome(kind, name, "changed" if differing else "unchanged", ", ".join(differing))
