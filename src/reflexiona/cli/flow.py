"""Text on its way to a person: blocks apart from each other, prose wrapped at words, emphasis as bold or as nothing.

Works on pieces as they come. Only Markdown's emphasis is looked at; every other mark is text and stays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from reflexiona.cli.console import BOLD, PLAIN, Console, safe

_BULLETS = ("-", "*", "•", "◦")


class Flow:
    """One stream of prose.

    Args:
        write: takes what is ready; it may hold bold marks.
        width: columns to wrap at; None: lines are left as they come.
        styled: strong emphasis in bold; otherwise its marks just go.
        literal: there is no emphasis, an asterisk is an asterisk.
    """

    def __init__(
        self, write: Callable[[str], None], width: int | None, *, styled: bool = False, literal: bool = False
    ) -> None:
        self._write = write
        self._width = width
        self._styled = styled
        self._literal = literal
        self._ready: list[str] = []
        self._word = ""
        self._length = 0
        """Cells of the word: bold marks have none."""
        self._column = 0
        self._indent = 0
        self._gap = ""
        self._stars = 0
        self._before = "\n"
        self._bold = False

    def feed(self, piece: str) -> None:
        """Takes a piece; what is complete is written."""
        for char in safe(piece):
            if char == "*" and not self._literal:
                self._stars += 1
                continue
            if self._stars:
                self._emphasis(char)
            self._take(char)
        self._hand_over()

    def close(self) -> None:
        """Writes what was held back and ends the line."""
        if self._stars:
            self._emphasis("\n")
        self._end_word()
        if self._bold:
            self._toggle()
            self._ready.append(self._word)
        if self._column:
            self._ready.append("\n")
        self._word, self._length, self._column, self._before = "", 0, 0, "\n"
        self._hand_over()

    def _take(self, char: str) -> None:
        if char == "\n":
            self._end_word()
            if self._bold and self._before == "\n":
                self._toggle()  # emphasis ends with its paragraph
            self._ready.append("\n")
            self._column = self._indent = 0
            self._gap = ""
        elif char in " \t":
            self._end_word()
            self._gap += " "
        else:
            self._word += char
            self._length += 1
        self._before = char

    def _emphasis(self, following: str) -> None:
        """Decides what the stars before `following` are: emphasis touches a word, anything else is text.

        One star before a digit is dialled («*4141»).
        """
        stars, self._stars = self._stars, 0
        if self._before in " \n\t" and (following in " \n\t" or (stars == 1 and following.isdigit())):
            for _ in range(stars):
                self._take("*")
        elif stars >= 2:
            self._toggle()

    def _toggle(self) -> None:
        self._bold = not self._bold
        if self._styled:
            self._word += BOLD if self._bold else PLAIN

    def _end_word(self) -> None:
        if not self._word:
            return
        if not self._column:
            self._indent = len(self._gap) + (2 if self._word in _BULLETS else 0)
        if self._width and self._column and self._column + len(self._gap) + self._length > self._width:
            self._ready.append("\n" + " " * self._indent)
            self._column, self._gap = self._indent, ""
        self._ready += (self._gap, self._word)
        self._column += len(self._gap) + self._length
        self._word, self._length, self._gap = "", 0, ""

    def _hand_over(self) -> None:
        if self._ready:
            self._write("".join(self._ready))
            self._ready.clear()


class Page:
    """Blocks one below the other, a blank line between them."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._begun = False
        self._stream: Flow | None = None

    def words(self, text: str, head: str = "") -> None:
        """A block of plain text after a strong `head`: no mark in it means anything."""
        self._separate()
        self._literally(f"{head}{text}", head)

    def lines(self, head: str, lines: Iterable[str], *, whole: bool = False) -> None:
        """A strong heading and lines below it; `whole`: the lines are not broken, so that they can be copied."""
        self._separate()
        self._literally(f"{head}:", f"{head}:")
        if whole:
            self._console.line("\n".join(lines))
        else:
            self._literally("\n".join(lines))

    def prose(self, markdown: str) -> None:
        """A block of prose."""
        self.stream(markdown)
        self.end_stream()

    def stream(self, piece: str) -> None:
        """A piece of a block of prose; any other block ends it."""
        if self._stream is None:
            self._separate()
            self._stream = Flow(self._console.piece, self._console.width, styled=self._console.styled)
        self._stream.feed(piece)

    def end_stream(self) -> None:
        """The prose has come to its end."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def _separate(self) -> None:
        self.end_stream()
        if self._begun:
            self._console.piece("\n")
        self._begun = True

    def _literally(self, text: str, strong: str = "") -> None:
        """`text` wrapped; its beginning `strong` in bold."""
        written: list[str] = []
        flow = Flow(written.append, self._console.width, literal=True)
        flow.feed(text)
        flow.close()
        plain, strong = "".join(written), strong.rstrip()
        if strong and self._console.styled:  # it is short: it stands on the first line as it is
            plain = plain.replace(strong, f"{BOLD}{strong}{PLAIN}", 1)
        self._console.piece(plain)
