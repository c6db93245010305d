"""People: whoever answers questions and gives consent."""

from gonogo.adapters.people.answers_file import AnswersFile, AnswersInvalid
from gonogo.adapters.people.nobody import Nobody
from gonogo.adapters.people.several import Several
from gonogo.adapters.people.terminal import TerminalPeople

__all__ = ["AnswersFile", "AnswersInvalid", "Nobody", "Several", "TerminalPeople"]
