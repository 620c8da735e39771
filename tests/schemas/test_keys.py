"""What may have been meant by a key that no part of a document has."""

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from schemas.keys import keys_beside, meant


class Leaf(BaseModel):
    colour: str
    is_: Annotated[list[str] | None, Field(alias="is")] = None


class Other(BaseModel):
    size: int


class Tree(BaseModel):
    name: Literal["a"]
    leaf: Leaf | Other
    leaves: list[Leaf]
    named: dict[str, Annotated[Leaf, Field()]] = {}
    inner: "Tree | None" = None


@pytest.mark.parametrize(
    ("location", "keys"),
    [
        (("nmae",), ["name", "leaf", "leaves", "named", "inner"]),
        (("leaf", "color"), ["colour", "is", "size"]),
        (("leaves", 3, "color"), ["colour", "is"]),
        (("named", "x", "color"), ["colour", "is"]),
        (("inner", "inner", "leaf", "color"), ["colour", "is", "size"]),
        (("name", "x"), []),
        (("nowhere", "x"), []),
    ],
)
def test_the_keys_beside_a_wrong_one(location, keys):
    assert keys_beside(Tree, location) == keys


def test_the_nearest_word_is_asked_after():
    assert meant("colum", ["text", "column"]) == "; did you mean 'column'?"
    assert meant("xyz", ["text", "column"]) == ""
    assert meant("xyz", []) == ""
