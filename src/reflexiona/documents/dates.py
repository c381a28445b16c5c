"""Dates as Spanish documents write them, brought to ISO. What might be something else is no date."""

from __future__ import annotations

import re
from datetime import date

from reflexiona.documents.content import folded

_MONTHS = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
    "january february march april may june july august september october november december".split(),
)
_NUMBER_OF = {name: number for names in _MONTHS for number, name in enumerate(names, start=1)}
_NUMBER_OF |= {"setiembre": 9, "sept": 9, "set": 9}
_NUMBER_OF |= {name[:3]: number for names in _MONTHS for number, name in enumerate(names, start=1)}
_NAME = "|".join(sorted(_NUMBER_OF, key=len, reverse=True))
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?<!\d){_YEAR}[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?)(?!\d)",
        rf"(?<!\d)(?P<day>\d\d?)(?:[º°.]{{1,2}}|ro)?\s+(?:de\s+)?(?P<name>{_NAME})\.?,?\s+(?:del?\s+)?{_YEAR}(?!\d)",
        rf"\b(?P<name>{_NAME})\.?\s+(?P<day>\d\d?),?\s+(?:del?\s+)?{_YEAR}(?!\d)",
        rf"(?<!\d)(?P<day>\d\d?)[-/.](?P<month>\d\d?)[-/.]{_YEAR}(?!\d)",
    )
)
_PDF = re.compile(r"D?:?(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)")
_LONGEST_LINE = 14
"""Words: in a longer line a date is part of what is told, not the document's own."""
_LOOKED_AT = 8


def iso_date(text: str) -> str:
    """The first date in a text, as YYYY-MM-DD; empty where there is none. A day goes before its month."""
    line = folded(text)
    found = [(match.start(), valid) for form in _FORMS for match in form.finditer(line) if (valid := _valid(match))]
    return min(found)[1] if found else ""


def metadata_date(text: str) -> str:
    """The date of a PDF's own notation («D:20240312…») or of any other; empty where there is none."""
    match = _PDF.match(text.strip())
    return (match and _valid(match)) or iso_date(text)


def date_above(lines: list[str]) -> str:
    """A document's own date: on a short line among its first ones («Bogotá, 3 de mayo de 2024»)."""
    short = (line for line in lines[:_LOOKED_AT] if len(line.split()) <= _LONGEST_LINE)
    return next((found for line in short if (found := iso_date(line))), "")


def _valid(match: re.Match[str]) -> str:
    parts = match.groupdict()
    month = int(parts["month"]) if parts.get("month") else _NUMBER_OF[parts["name"]]
    try:
        return date(int(parts["year"]), month, int(parts["day"])).isoformat()
    except ValueError:
        return ""
