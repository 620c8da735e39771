"""The kinds of value that the desk's YAML has beside plain ones."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.errors import PledgeWatchError


class Strict(BaseModel):
    """An unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SecretError(PledgeWatchError):
    """A secret is not where the policy says.

    Operator action: write the file or set the variable that the message names.
    """


class Secret(Strict):
    """Where a secret is: in a file, in a variable of the environment, or, if it must be, in the policy itself."""

    file: str | None = Field(None, description="a file that holds it; relative to the working directory")
    env: str | None = Field(None, description="a variable of the environment that holds it")
    inline: str | None = Field(None, description="the secret itself: whoever reads the policy knows it")

    @model_validator(mode="after")
    def _one(self) -> "Secret":
        if sum(place is not None for place in (self.file, self.env, self.inline)) != 1:
            raise ValueError("a secret is given by one of file, env or inline")
        return self

    def read(self) -> str:
        """The secret, without the space around it; SecretError where there is none."""
        try:
            found = self._found().strip()
        except KeyError:
            raise SecretError(f"there is no secret: the variable {self.env} is not set") from None
        except OSError as failed:
            raise SecretError(f"there is no secret: {self.file}: {failed.strerror}") from None
        except UnicodeDecodeError:
            raise SecretError(f"there is no secret: {self.file} is no text") from None
        if not found:
            raise SecretError(f"there is no secret: {self._place()} is empty")
        return found

    def _found(self) -> str:
        if self.file is not None:
            return Path(self.file).read_text(encoding="utf-8")
        return os.environ[self.env] if self.env is not None else str(self.inline)

    def _place(self) -> str:
        return self.file or (f"the variable {self.env}" if self.env else "what the policy has")
