"""Which of the three columns are in sight, by width and by what the person asked for. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Panel = Literal["cases", "guide"]
MEDIUM, WIDE = 110, 140
"""From these widths there is room for two columns, for three."""


@dataclass(frozen=True, slots=True)
class Panels:
    """What the person asked for; None: nothing, so the width decides."""

    cases: bool | None = None
    guide: bool | None = None

    def seen(self, width: int) -> frozenset[str]:
        """The columns in sight: some of `cases`, `talk`, `guide`."""
        if width < MEDIUM:
            return frozenset({"cases" if self.cases else "guide" if self.guide else "talk"})
        guide = self.guide is not False
        if width < WIDE:
            side = "cases" if self.cases else "guide" if guide else ""
            return frozenset({"talk", side} - {""})
        return frozenset({"talk"} | ({"cases"} if self.cases is not False else set()) | ({"guide"} if guide else set()))

    def toggled(self, panel: Panel, width: int) -> Panels:
        """After the key of a panel was pressed: in sight or not. Where only one fits, the other one makes room."""
        there = panel in self.seen(width)
        if width < MEDIUM:
            return Panels() if there else Panels(cases=panel == "cases", guide=panel == "guide" or None)
        if width >= WIDE or there:
            return replace(self, **{panel: not there})
        return replace(self, cases=panel == "cases", guide=self.guide if panel == "cases" else True)

    def closed(self, width: int) -> Panels:
        """After Esc: back to what a panel stands in front of."""
        if width < MEDIUM:
            return Panels()
        return replace(self, cases=False) if width < WIDE and self.cases else self
