"""What the composer holds for the kept conversations, and what it holds off the record: never both at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from reflexiona.tui.widgets.composer import Composer


class Pocket(NamedTuple):
    """What a composer holds."""

    text: str = ""
    earlier: tuple[str, ...] = ()
    """Sent texts, newest first."""


class Pockets:
    """The two of them. One is in the composer, the other is held here."""

    def __init__(self, composer: Composer) -> None:
        self._composer = composer
        self._aside = Pocket()
        self.off_record = False
        """Whether the composer holds what is kept nowhere."""

    @property
    def unsent(self) -> str:
        """What was typed and is to be kept."""
        return self._aside.text if self.off_record else self._composer.text

    def change(self) -> bool:
        """The composer holds the other one from now on.

        A text that was begun goes along off the record, where nothing stands yet; never back.

        Returns:
            whether a text went along: it is to be in no file any more.
        """
        self.off_record = not self.off_record
        composer, coming = self._composer, self._aside
        goes_along = bool(self.off_record and composer.text and not coming.text)
        if goes_along:
            coming = Pocket(composer.text, coming.earlier)
        self._aside = Pocket("" if goes_along else composer.text, composer.earlier)
        composer.hold(*coming)
        return goes_along

    def unlearn(self, texts: Collection[str]) -> None:
        """These texts were deleted: they cannot be recalled any more."""
        composer, aside = self._composer, self._aside
        composer.earlier = tuple(text for text in composer.earlier if text not in texts)
        self._aside = Pocket(aside.text, tuple(text for text in aside.earlier if text not in texts))

    def drop(self) -> None:
        """What was typed off the record is forgotten."""
        if self.off_record:
            self._composer.hold("", ())
        else:
            self._aside = Pocket()
