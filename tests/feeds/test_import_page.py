"""The mappings' page says every key there is, and its example is a mapping that works."""

import re
from pathlib import Path

from import_bench import Imported, lines
from pydantic import BaseModel

import feeds.importing.mapping as models
from feeds.importing import finding

PAGE = (Path(finding.__file__).parents[1] / "mappings" / "README.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_page_names_every_key():
    parts = [part for part in vars(models).values() if isinstance(part, type) and issubclass(part, BaseModel)]
    keys = {field.alias or name for part in parts for name, field in part.model_fields.items()}
    assert len(keys) > 30
    assert {key for key in keys if not re.search(rf"\b{key}\b", PAGE)} == set()


def test_the_pages_example_reads_an_export_such_as_it_describes(tmp_path):
    header = "incident no;origin;received;on_scene;type;priority;district;date;callsign;cleared"
    rows = (
        "7;999;01/02/2025 10:00:00;10:09:00;ASSAULT;1;Fell;01/02/2025;U1;01/02/2025 10:20:00",
        "7;999;01/02/2025 10:00:00;null;ASSAULT;1;Fell;01/02/2025;U2;01/02/2025 10:30:00",
        "8;999;01/02/2025 10:00:00;10:09:00;TEST CALL;1;Fell;01/02/2025;U3;01/02/2025 10:20:00",
    )
    imported = Imported(tmp_path, EXAMPLE, lines(header, *rows).encode("latin-1"))
    assert imported.told == []
    assert imported.times() == {
        "CAD-7/incident.created": "2025-02-01T10:00:00.000Z",
        "CAD-7/unit.arrived/U1": "2025-02-01T10:09:00.000Z",
        "CAD-7/incident.closed": "2025-02-01T10:30:00.000Z",
    }
