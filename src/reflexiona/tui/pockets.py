"""What the composer holds for the kept conversations, and what it holds off the record: never both at once."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from reflexiona.situation import clean
from reflexiona.tui.widgets.branch import Unsent

if TYPE_CHECKING:
    from reflexiona.tui.widgets.branch import BranchLine
    from reflexiona.tui.widgets.composer import Composer


class Pocket(NamedTuple):
    """What a composer holds."""

    text: str = ""
    earlier: tuple[str, ...] = ()
    """Sent texts, newest first."""


class Pockets:
    """The two of them. One is in the composer, the other is held here.

    Args:
        composer: holds one of them.
        branch: knows what of the composer was typed.
    """

    def __init__(self, composer: Composer, branch: BranchLine) -> None:
        self._composer = composer
        self._branch = branch
        self._made_of: dict[str, str] = {}
        """Texts that were made of a sent one and put aside → id of its conversation."""
        self._aside = Pocket()
        self.off_record = False
        """Whether the composer holds what is kept nowhere."""

    @property
    def unsent(self) -> Unsent:
        """What was typed and is to be kept."""
        return Unsent(self._aside.text) if self.off_record else self._branch.unsent

    def put_aside(self, left: Unsent) -> None:
        """Something has left the composer unsent, and is among the earlier texts."""
        self._made_of[left.text] = left.made_of

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

    def unlearn(self, case_id: str, texts: Collection[str]) -> None:
        """A conversation was deleted, with these texts: they cannot be recalled, nor what was made of them."""
        made = {text for text, source in self._made_of.items() if source == case_id}
        gone = made.union(texts)

        def left(earlier: tuple[str, ...]) -> tuple[str, ...]:
            return tuple(text for text in earlier if text not in gone and clean(text) not in gone)

        self._made_of = {text: source for text, source in self._made_of.items() if text not in made}
        self._composer.earlier = left(self._composer.earlier)
        self._aside = Pocket(self._aside.text, left(self._aside.earlier))

    def drop(self) -> None:
        """What was typed off the record is forgotten."""
        if self.off_record:
            self._composer.hold("", ())
        else:
            self._aside = Pocket()
