"""A small sound contest file, to be made wrong in one place."""

from __future__ import annotations

import pytest

SOUND = """\
id = "port-2030"
title = "A port chooses"
post = "Harbour Master"
key_terms = ["port chief"]
opened = 2030-01-01
closed = 2030-06-30

[body]
id = "ports"
name = "Port Union"

[rule]
kind = "consensus"

[[candidates]]
id = "grace-hopper"
name = "Grace Hopper"
nationality = "us"
declared = 2030-02-01

[[candidates]]
id = "ada-lovelace"
name = "Ada Lovelace"
aliases = ["Countess Lovelace"]
nationality = "gb"

[roster]
electors = [
    { id = "hu", joined = 1999-03-12 },
    { id = "tr", joined = 1952-02-18 },
    { id = "jane-doe", kind = "person", name = "Jane Doe" },
]
speakers = [
    { elector = "hu", name = "Viktor Orbán", role = "head_of_government", since = 2010-05-29 },
    { elector = "tr", name = "Hakan Fidan", role = "foreign_minister", since = "2023-06" },
]
blocs = ["visegrad", { id = "straits", name = "the straits", members = ["tr"] }]
"""


@pytest.fixture
def sound() -> str:
    return SOUND
