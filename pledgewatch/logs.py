"""Logs on standard error: text for people, or one JSON object a line for machines."""

import json
import logging
import sys
from typing import Any

from schemas.times import format_time

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}

_TALKATIVE = ("httpx", "httpcore", "apprise")
"""They name every address they send to, and addresses are people's, or hold secrets."""


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, and whatever `extra` gave."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line of JSON; what JSON does not know becomes text."""
        line: dict[str, Any] = {
            "time": format_time(int(record.created * 1000)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class TextLines(logging.Formatter):
    """`08:15:30.120 info    streams.watch: message`, the time in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line for people, with its traceback where it has one."""
        time = format_time(int(record.created * 1000))[11:23]
        line = f"{time} {record.levelname.lower():<7} {record.name}: {record.getMessage()}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


def configure_logs(level: str, layout: str) -> None:
    """Sends all logs of the process to standard error; `layout` is auto, json or text."""
    text = layout == "text" or (layout == "auto" and sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextLines() if text else JsonLines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
