"""Messages on the terminal: for trying out a policy, and for the demo."""

import sys
from typing import Literal, TextIO

from alerting.channels.channel import ChannelSettings, Form, Message


class ConsoleSettings(ChannelSettings):
    """`kind: console`."""

    kind: Literal["console"]
    form: Form = "short"


class Console:
    """Writes each message to a stream, by default the process's standard output."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    async def send(self, message: Message) -> None:
        """One message, and to whom it is."""
        print(f"to {message.to}: {message.body}", file=self._stream or sys.stdout, flush=True)

    async def close(self) -> None:
        """Nothing is held."""
