"""A cursor over the tokens of one line: looks, takes, and says what it missed."""

from collections.abc import Callable, Collection
from typing import NoReturn

from gonogo.simulation.script.mistakes import Unclear
from gonogo.simulation.script.naming import Words
from gonogo.simulation.script.tokens import Sort, Token, tokens_of

_END = Token(Sort.WORD, "", -1, -1)


class Cursor:
    """Stands before one token of a line."""

    def __init__(self, text: str) -> None:
        """Stand before the first."""
        self.text = text
        self._tokens = tokens_of(text)
        self._next = 0

    @property
    def done(self) -> bool:
        """Return whether nothing is left."""
        return self._next >= len(self._tokens)

    def peek(self, ahead: int = 0) -> Token:
        """Return a token to come; an empty one behind the end."""
        place = self._next + ahead
        return self._tokens[place] if place < len(self._tokens) else _END

    def take(self) -> Token:
        """Go past the next token."""
        token = self.peek()
        self._next += 1
        return token

    def sees(self, *words: str) -> bool:
        """Tell whether exactly these words come next."""
        return all(self.peek(n).word == word for n, word in enumerate(words))

    def sees_one(self, words: Collection[str]) -> bool:
        """Tell whether one of these words comes next."""
        return not self.done and self.peek().word in words

    def takes(self, *words: str) -> bool:
        """Go past these words, if they come next; tell whether they did."""
        if self.done or not self.sees(*words):
            return False
        self._next += len(words)
        return True

    def takes_one(self, words: Collection[str]) -> str:
        """Go past one of these words, if it comes next; return it, or ''."""
        return self.take().word if self.sees_one(words) else ""

    def mark(self) -> int:
        """Return where it stands, to come `back` to."""
        return self._next

    def back(self, mark: int) -> None:
        """Stand again where it stood."""
        self._next = mark

    def words_until(self, stop: Callable[[Token], bool]) -> Words:
        """Go past a name: what is quoted, else every word before one that stops it."""
        if not self.done and self.peek().sort is Sort.QUOTED:
            token = self.take()
            return Words(token.text, token.start, token.end)
        first = self._next
        while not self.done and not stop(self.peek()):
            self._next += 1
        return self._between(first)

    def _between(self, first: int) -> Words:
        taken = self._tokens[first : self._next]
        if not taken:
            place = self._place()
            return Words("", *place)
        start, end = taken[0].start, taken[-1].end
        return Words(self.text[start:end], start, end)

    def _place(self) -> tuple[int, int]:
        if self.done:
            return len(self.text), len(self.text) + 1
        return self.peek().start, self.peek().end

    def miss(self, wanted: str, example: str = "") -> NoReturn:
        """
        Say that something else is wanted here.

        Raises:
            Unclear: Always.
        """
        start, end = self._place()
        missing = "something is missing" if self.done else "this is not understood"
        what = f"{missing}: {wanted}."
        allowed = f"For example: {example}" if example else ""
        raise Unclear(start, end, what, allowed)
