"""
The script of a simulated world: lines in plain words, read against a plan.

`read_lines` and `read_file` give rules; every mistake is collected, and told with the
line, a caret below it, and what may stand there.
"""

from gonogo.simulation.script.mistakes import Mistake, WorldInvalid
from gonogo.simulation.script.read import Text, read_script, texts_of

__all__ = ["Mistake", "Text", "WorldInvalid", "read_script", "texts_of"]
