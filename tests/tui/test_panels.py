"""Which columns are in sight: every width, everything that can be asked for."""

from __future__ import annotations

import pytest

from reflexiona.tui.panels import Panels


@pytest.mark.parametrize(
    ("panels", "width", "expected"),
    [
        (Panels(), 80, {"talk"}),
        (Panels(), 110, {"talk", "guide"}),
        (Panels(), 139, {"talk", "guide"}),
        (Panels(), 140, {"cases", "talk", "guide"}),
        (Panels(guide=True), 80, {"guide"}),
        (Panels(cases=True), 80, {"cases"}),
        (Panels(cases=True), 120, {"cases", "talk"}),
        (Panels(guide=False), 120, {"talk"}),
        (Panels(cases=False, guide=False), 160, {"talk"}),
    ],
)
def test_seen(panels: Panels, width: int, expected: set[str]) -> None:
    assert panels.seen(width) == expected


def test_toggling_where_one_fits() -> None:
    guide = Panels().toggled("guide", 80)
    assert guide.seen(80) == {"guide"}
    assert guide.toggled("cases", 80).seen(80) == {"cases"}
    assert guide.toggled("guide", 80) == Panels()
    assert guide.closed(80) == Panels()


def test_toggling_where_two_fit() -> None:
    cases = Panels().toggled("cases", 120)
    assert cases.seen(120) == {"cases", "talk"}
    assert cases.toggled("cases", 120).seen(120) == {"talk", "guide"}
    assert cases.toggled("guide", 120).seen(120) == {"talk", "guide"}
    assert cases.closed(120).seen(120) == {"talk", "guide"}
    assert Panels().toggled("guide", 120).seen(120) == {"talk"}


def test_toggling_where_all_fit() -> None:
    assert Panels().toggled("cases", 150).seen(150) == {"talk", "guide"}
    assert Panels().toggled("cases", 150).toggled("cases", 150).seen(150) == {"cases", "talk", "guide"}
    assert Panels().closed(150) == Panels()
