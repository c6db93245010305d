"""What an import is without this piece: the file goes to PostgreSQL as it stands."""

from dataclasses import replace

from hardening.csv.errors import SourceLost
from hardening.csv.layout import Layout
from hardening.csv.reading import Block, Position


class PlainReading:
    """
    Implements what `Work` needs of a `Reading`, and checks nothing.

    PostgreSQL takes the rows apart; one that it does not like ends the import.

    Args:
        layout: Of the source; PostgreSQL is sent UTF-8. A heading that stands for no
            column has to be one's name.
        position: Where the first piece begins.
    """

    between_lines = True

    def __init__(self, layout: Layout, position: Position) -> None:
        self._decoder = layout.encoding.decoder()
        self.position = position
        self.columns = list(layout.columns)
        delimiter = layout.delimiter.replace("'", "''")
        self.copy_form = f"FORMAT csv, DELIMITER '{delimiter}'"

    def take(self, piece: bytes, *, last: bool = False) -> Block:
        """
        Pass on a piece; bytes that are no text stay what they are.

        Raises:
            SourceLost: UTF-16 holds half a character, which nothing can be sent for.
        """
        try:
            text = self._decoder.decode(piece, last).encode("utf-8", "surrogateescape")
        except (UnicodeDecodeError, UnicodeEncodeError) as error:
            detail = f"it holds bytes that are no text: {error.reason}"
            raise SourceLost(row=0, detail=detail) from error
        offset = self.position.offset + len(piece)
        self.position = replace(self.position, offset=offset)
        return Block(text, (), self.position)

    def stored(self, rows: int) -> None:
        """Take note of how many rows PostgreSQL found."""
        self.position = replace(self.position, row=rows, imported=rows)
