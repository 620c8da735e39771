"""Playlists, which Grafana 11 and 12 keep by one API and Grafana 13 by another."""

from typing import Any, Protocol

from grafana.content import Json
from grafana.server import Grafana

NAME = "pledgewatch-wall"
"""The uid of the playlist, where the API lets us choose one."""
_SINCE = 13
_KIND = "playlist.grafana.app/v1"


class Playlists(Protocol):
    """What both APIs can do."""

    def find(self, name: str) -> Json | None:
        """The playlist as the API has it; None where there is none."""

    def save(self, wanted: Json, held: Json | None) -> Any:
        """Creates it, or changes the one that is held; not to be called outside of `Grafana.ask`."""

    def comparable(self, playlist: Json) -> Json:
        """What is compared of a playlist, ours or held."""


def playlists_of(grafana: Grafana) -> Playlists:
    """The API of this Grafana's version; the newer one where it does not tell."""
    version = grafana.version()
    return _Older(grafana) if version is not None and version < _SINCE else _Newer(grafana)


class _Older:
    """`/api/playlists`: Grafana gives the uid, so ours is known by its name."""

    def __init__(self, grafana: Grafana) -> None:
        self._grafana, self._api = grafana, grafana.face.api

    def find(self, name: str) -> Json | None:
        found: Any = self._grafana.ask("playlists", lambda: self._api.GET("/playlists?limit=1000"))
        uid = next((each["uid"] for each in found or () if each["name"] == name), None)
        if uid is None:
            return None
        return self._grafana.find(f"playlist {name}", lambda: self._api.GET(f"/playlists/{uid}"))

    def save(self, wanted: Json, held: Json | None) -> Any:
        items = [{**each, "order": order} for order, each in enumerate(wanted["items"], 1)]
        body = {"name": wanted["name"], "interval": wanted["interval"], "items": items}
        if held is None:
            return self._api.POST("/playlists", json=body)
        return self._api.PUT(f"/playlists/{held['uid']}", json=body)

    def comparable(self, playlist: Json) -> Json:
        return {"interval": playlist["interval"], "items": _items(playlist)}


class _Newer:
    """`/apis/playlist.grafana.app`: a resource by its name."""

    def __init__(self, grafana: Grafana) -> None:
        self._grafana, self._api = grafana, grafana.apis
        found: Any = grafana.ask("its organisation", grafana.face.organization.get_current_organization)
        space = "default" if found["id"] == 1 else f"org-{found['id']}"
        self._path = f"/{_KIND}/namespaces/{space}/playlists"

    def find(self, name: str) -> Json | None:
        return self._grafana.find(f"playlist {name}", lambda: self._api.GET(f"{self._path}/{NAME}"))

    def save(self, wanted: Json, held: Json | None) -> Any:
        spec = {"title": wanted["name"], "interval": wanted["interval"], "items": _items(wanted)}
        body: Json = {"kind": "Playlist", "apiVersion": _KIND, "metadata": {"name": NAME}, "spec": spec}
        if held is None:
            return self._api.POST(self._path, json=body)
        body["metadata"]["resourceVersion"] = held["metadata"]["resourceVersion"]
        return self._api.PUT(f"{self._path}/{NAME}", json=body)

    def comparable(self, playlist: Json) -> Json:
        spec = playlist.get("spec") or {"title": playlist["name"], **playlist}
        return {"title": spec["title"], "interval": spec["interval"], "items": _items(spec)}


def _items(playlist: Json) -> list[Json]:
    return [{"type": each["type"], "value": each["value"]} for each in playlist["items"]]
