"""Grafana's HTTP API as its documentation has it for versions 11, 12 and 13, with what its source says of tags.

It keeps what it is given and answers as documented. What no documentation knows (a path, a method, a field, a kind of
value) is refused and kept in `faults`: the tests end by looking there. It stands for no Grafana: where an image of a
real one can be had, the same tests run on that (test_real_grafana.py).
"""

import base64
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "glsa_the-only-one"
PASSWORD = "admin:secret"
Answer = tuple[int, Any]
NUMBER, TEXT, TEXTS, OBJECT, FLAG, LIST = int, str, [str], dict, bool, list
ANNOTATION = {
    "dashboardUID": TEXT,
    "panelId": NUMBER,
    "time": NUMBER,
    "timeEnd": NUMBER,
    "tags": TEXTS,
    "text": TEXT,
}
SOURCE = dict.fromkeys(("name", "type", "uid", "url", "access", "user", "database", "basicAuthUser"), TEXT)
SOURCE |= {"jsonData": OBJECT, "secureJsonData": OBJECT, "isDefault": FLAG, "basicAuth": FLAG}
BODIES: dict[str, dict[str, Any]] = {
    # `dashboardId` is deprecated for `dashboardUID`, and grafana-api sends it empty.
    "POST /api/annotations": {**ANNOTATION, "dashboardId": NUMBER},
    "PATCH /api/annotations/:id": {name: ANNOTATION[name] for name in ("time", "timeEnd", "tags", "text")},
    "POST /api/datasources": SOURCE,
    "PUT /api/datasources/uid/:uid": SOURCE,
    "POST /api/folders": {"uid": TEXT, "title": TEXT, "parentUid": TEXT},
    "PUT /api/folders/:uid": {"title": TEXT, "version": NUMBER, "overwrite": FLAG},
    "POST /api/dashboards/db": {
        "dashboard": OBJECT,
        "folderUid": TEXT,
        "message": TEXT,
        "overwrite": FLAG,
    },
    "POST /api/playlists": {"name": TEXT, "interval": TEXT, "items": LIST},
    "PUT /api/playlists/:uid": {"name": TEXT, "interval": TEXT, "items": LIST},
}


@dataclass
class Documented:
    """One Grafana's state; `fails` are statuses to answer with before anything is looked at."""

    version: str = "12.1.0"
    url: str = ""
    annotations: dict[int, dict[str, Any]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    dashboards: dict[str, dict[str, Any]] = field(default_factory=dict)
    playlists: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """Method and path of each request."""
    fails: list[int] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    numbers: int = 0

    @property
    def written(self) -> list[str]:
        """The requests that change something."""
        return [each for each in self.asked if not each.startswith("GET")]

    def number(self) -> int:
        self.numbers += 1
        return self.numbers

    def answer(self, method: str, target: str, authorization: str, body: Any) -> Answer:
        parts = urlsplit(target)
        self.asked.append(f"{method} {parts.path}")
        if self.fails:
            return self.fails.pop(0), {"message": "not just now"}
        if parts.path == "/api/health":
            return 200, {"database": "ok", "version": self.version, "commit": "0"}
        if authorization not in (f"Bearer {TOKEN}", _basic(PASSWORD)):
            return 401, {"message": "Invalid API key"}
        query = parse_qs(parts.query)
        for route, handle in _ROUTES.items():
            found = _match(route, method, parts.path)
            if found is not None and self._has(route):
                self._check(route, body)
                return handle(self, query, body or {}, *found)
        self.faults.append(f"{method} {parts.path} is not documented for {self.version}")
        return 404, {"message": "Not found"}

    def _has(self, route: str) -> bool:
        newer = int(self.version.partition(".")[0]) >= 13
        if "/apis/" in route:
            return newer
        return not (newer and "/api/playlists" in route)

    def _check(self, route: str, body: Any) -> None:
        known = BODIES.get(route)
        if known is None:
            return
        for name, value in body.items():
            if name not in known:
                self.faults.append(f"{route}: no field {name!r} is documented")
            elif value is not None and not _is(value, known[name]):
                self.faults.append(f"{route}: {name} is {value!r}")

    # ---- annotations ---------------------------------------------------------------------------------------

    def find_annotations(self, query: dict[str, list[str]], body: Any) -> Answer:
        asked = {_pair(each) for each in query.get("tags", [])}
        limit = int(query.get("limit", ["100"])[0])
        found = [each for each in self.annotations.values() if asked <= {_pair(tag) for tag in each["tags"]}]
        return 200, sorted(found, key=lambda each: -int(each["timeEnd"]))[:limit]

    def add_annotation(self, query: Any, body: dict[str, Any]) -> Answer:
        if not body.get("text"):
            return 400, {"message": "Failed to save annotation"}
        number = self.number()
        # https://github.com/grafana/grafana/blob/main/pkg/services/tag/model.go
        tags = list(dict.fromkeys(":".join(part for part in _pair(tag) if part) for tag in body["tags"]))
        if len(json.dumps(tags, separators=(",", ":"))) > 500:
            return 400, {"message": "tags length exceeds the maximum allowed (500)"}
        start = body["time"]
        self.annotations[number] = {
            "id": number,
            "time": start,
            "timeEnd": body.get("timeEnd") or start,
            "text": body["text"],
            "tags": tags,
            "data": {},
        }
        return 200, {"message": "Annotation added", "id": number}

    def patch_annotation(self, query: Any, body: dict[str, Any], number: str) -> Answer:
        held = self.annotations.get(int(number))
        if held is None:
            return 404, {"message": "Could not find annotation to update"}
        # A field that is missing, empty or zero stays as it is.
        held |= {name: value for name, value in body.items() if value}
        return 200, {"message": "Annotation patched"}

    def delete_annotation(self, query: Any, body: Any, number: str) -> Answer:
        if self.annotations.pop(int(number), None) is None:
            return 404, {"message": "annotation not found"}
        return 200, {"message": "Annotation deleted"}

    # ---- what is pushed ------------------------------------------------------------------------------------

    def get_source(self, query: Any, body: Any, uid: str) -> Answer:
        held = self.sources.get(uid)
        return (200, _shown(held)) if held else (404, {"message": "Data source not found"})

    def add_source(self, query: Any, body: dict[str, Any]) -> Answer:
        if any(each["name"] == body["name"] for each in self.sources.values()):
            return 409, {"message": "data source with the same name already exists"}
        self.sources[body["uid"]] = {"id": self.number(), "readOnly": False, **body}
        return 200, {"message": "Datasource added", "datasource": _shown(self.sources[body["uid"]])}

    def put_source(self, query: Any, body: dict[str, Any], uid: str) -> Answer:
        if self.sources[uid]["readOnly"]:
            return 403, {"message": "Cannot update read-only data source"}
        self.sources[uid] = {"id": self.sources[uid]["id"], "readOnly": False, **body}
        return 200, {"message": "Datasource updated", "datasource": _shown(self.sources[uid])}

    def get_folder(self, query: Any, body: Any, uid: str) -> Answer:
        held = self.folders.get(uid)
        return (200, held) if held else (404, {"message": "folder not found"})

    def add_folder(self, query: Any, body: dict[str, Any]) -> Answer:
        self.folders[body["uid"]] = {"id": self.number(), "version": 1, **body}
        return 200, self.folders[body["uid"]]

    def put_folder(self, query: Any, body: dict[str, Any], uid: str) -> Answer:
        held = self.folders[uid]
        if not body.get("overwrite") and body.get("version") != held["version"]:
            return 412, {
                "message": "The folder has been changed by someone else",
                "status": "version-mismatch",
            }
        held |= {"title": body["title"], "version": held["version"] + 1}
        return 200, held

    def get_dashboard(self, query: Any, body: Any, uid: str) -> Answer:
        held = self.dashboards.get(uid)
        return (200, held) if held else (404, {"message": "Dashboard not found"})

    def save_dashboard(self, query: Any, body: dict[str, Any]) -> Answer:
        uid, held = body["dashboard"]["uid"], self.dashboards.get(body["dashboard"]["uid"])
        if body.get("folderUid") not in (None, "", *self.folders):
            return 400, {"message": "folder not found"}
        if held and held["meta"].get("provisioned"):
            return 400, {"message": "Cannot save provisioned dashboard"}
        if held and not body.get("overwrite"):
            return 412, {"message": "A dashboard with the same uid already exists", "status": "name-exists"}
        version = held["dashboard"]["version"] + 1 if held else 1
        saved = {**body["dashboard"], "id": self.number(), "version": version}
        self.dashboards[uid] = {"dashboard": saved, "meta": {"folderUid": body.get("folderUid", "")}}
        return 200, {"uid": uid, "id": saved["id"], "status": "success", "version": version}

    def find_playlists(self, query: dict[str, list[str]], body: Any) -> Answer:
        name = query.get("query", [""])[0]
        return 200, [_without_items(each) for each in self.playlists.values() if name in each["name"]]

    def get_playlist(self, query: Any, body: Any, uid: str) -> Answer:
        held = self.playlists.get(uid)
        return (200, held) if held else (404, {"message": "Playlist not found"})

    def add_playlist(self, query: Any, body: dict[str, Any]) -> Answer:
        uid = f"made-{self.number()}"
        self.playlists[uid] = {"uid": uid, **body}
        return 200, _without_items(self.playlists[uid])

    def put_playlist(self, query: Any, body: dict[str, Any], uid: str) -> Answer:
        if uid not in self.playlists:
            return 404, {"message": "Playlist not found"}
        self.playlists[uid] |= body
        return 200, self.playlists[uid]

    def get_organisation(self, query: Any, body: Any) -> Answer:
        return 200, {"id": 1, "name": "Main Org."}

    def read_resource(self, query: Any, body: Any, space: str, name: str) -> Answer:
        held = self.playlists.get(name)
        return (200, held) if held else (404, {"kind": "Status", "code": 404, "message": "not found"})

    def add_resource(self, query: Any, body: dict[str, Any], space: str) -> Answer:
        return 201, self._keep(body, "1")

    def put_resource(self, query: Any, body: dict[str, Any], space: str, name: str) -> Answer:
        version = self.playlists[name]["metadata"]["resourceVersion"]
        if body["metadata"].get("resourceVersion") != version:
            return 409, {"kind": "Status", "code": 409, "message": "the object has been modified"}
        return 200, self._keep(body, str(int(version) + 1))

    def _keep(self, body: dict[str, Any], version: str) -> dict[str, Any]:
        name = body["metadata"]["name"]
        if set(body) != {"kind", "apiVersion", "metadata", "spec"} or body["kind"] != "Playlist":
            self.faults.append(f"no such resource is documented: {sorted(body)}")
        if set(body["spec"]) != {"title", "interval", "items"}:
            self.faults.append(f"no such playlist is documented: {sorted(body['spec'])}")
        self.playlists[name] = body | {"metadata": {**body["metadata"], "resourceVersion": version}}
        return self.playlists[name]


_RESOURCES = "/apis/playlist.grafana.app/v1/namespaces/:namespace/playlists"
_ROUTES: dict[str, Callable[..., Answer]] = {
    "GET /api/org": Documented.get_organisation,
    "GET /api/annotations": Documented.find_annotations,
    "POST /api/annotations": Documented.add_annotation,
    "PATCH /api/annotations/:id": Documented.patch_annotation,
    "DELETE /api/annotations/:id": Documented.delete_annotation,
    "GET /api/datasources/uid/:uid": Documented.get_source,
    "POST /api/datasources": Documented.add_source,
    "PUT /api/datasources/uid/:uid": Documented.put_source,
    "GET /api/folders/:uid": Documented.get_folder,
    "POST /api/folders": Documented.add_folder,
    "PUT /api/folders/:uid": Documented.put_folder,
    "GET /api/dashboards/uid/:uid": Documented.get_dashboard,
    "POST /api/dashboards/db": Documented.save_dashboard,
    "GET /api/playlists": Documented.find_playlists,
    "GET /api/playlists/:uid": Documented.get_playlist,
    "POST /api/playlists": Documented.add_playlist,
    "PUT /api/playlists/:uid": Documented.put_playlist,
    f"GET {_RESOURCES}/:name": Documented.read_resource,
    f"POST {_RESOURCES}": Documented.add_resource,
    f"PUT {_RESOURCES}/:name": Documented.put_resource,
}


def _match(route: str, method: str, path: str) -> tuple[str, ...] | None:
    pattern = re.sub(r":\w+", "([^/]+)", route)
    found = re.fullmatch(pattern, f"{method} {path}")
    return tuple(unquote(part) for part in found.groups()) if found else None


def _is(value: Any, kind: Any) -> bool:
    if kind == TEXTS:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return type(value) is kind


def _pair(tag: str) -> tuple[str, str]:
    """A tag as Grafana keeps it: what follows a second colon is lost."""
    key, *values = tag.split(":")
    return key.strip(), values[0].strip() if values else ""


def _shown(source: dict[str, Any]) -> dict[str, Any]:
    """A data source without its secrets, which Grafana never tells."""
    secrets = source.get("secureJsonData", {})
    shown = {name: value for name, value in source.items() if name != "secureJsonData"}
    return {
        "basicAuth": False,
        "typeLogoUrl": "",
        "version": 1,
        **shown,
        "secureJsonFields": dict.fromkeys(secrets, True),
    }


def _without_items(playlist: dict[str, Any]) -> dict[str, Any]:
    return {name: playlist[name] for name in ("uid", "name", "interval")}


def _basic(password: str) -> str:
    return f"Basic {base64.b64encode(password.encode()).decode()}"


@contextmanager
def documented(version: str) -> Iterator[Documented]:
    """One that answers on a free port until it is left."""
    grafana, lock = Documented(version), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits 40 ms for an acknowledgement

        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            with lock:
                status, said = grafana.answer(
                    self.command,
                    self.path,
                    self.headers.get("authorization", ""),
                    json.loads(body) if body else None,
                )
            told = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - the names of the library

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    grafana.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield grafana
    finally:
        server.shutdown()
        server.server_close()
