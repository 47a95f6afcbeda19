"""Countries: every name by which the press calls a state, with the kind and language of each.

One checked-in file (`countries.json`) holds the 193 members of the UN and a few others; it is made by
`python -m tracker.countries.generate` from CLDR, ISO 3166 and the hand-kept tables in `sources/`.
A country's forms are built when it is first asked for: start-up reads one file and no more.
"""

from __future__ import annotations

from tracker.countries.atlas import BLOCS, COUNTRIES, Country, KnownBloc, bloc, country
from tracker.countries.forms import FormKind, NameForm, UnSeat
from tracker.countries.regions import Region, region, region_named

__all__ = [
    "BLOCS",
    "COUNTRIES",
    "Country",
    "FormKind",
    "KnownBloc",
    "NameForm",
    "Region",
    "UnSeat",
    "bloc",
    "country",
    "region",
    "region_named",
]
