"""
The vocabulary: which words a title may use for which topic, in several languages.

Structure decides what an element is; the vocabulary only names what a heading, a
label or a column speaks of. The phrases stand in `vocabulary.toml` beside this module;
a team adds its own in the bindings. A phrase is matched as whole words after folding
case, accents and punctuation ('Pre-Deployment' is 'pre deployment'); a trailing `*`
matches any ending. Phrases in scripts without spaces are found anywhere.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

Phrases = Mapping[str, Iterable[str]]
"""Phrases by the topic's name."""

_FILE = Path(__file__).with_name("vocabulary.toml")
_WORDS = re.compile(r"[^\w%]+|_")
_ACCENTS = str.maketrans(
    "áàâãäåāăąéèêëēęěíìîïīóòôõöøōőúùûüūůűýÿçćčñńňśšşźžżğđďťřłľ",
    "aaaaaaaaaeeeeeeeiiiiioooooooouuuuuuuyycccnnnssszzzgddtrll",
)


class Topic(StrEnum):
    """What a title speaks of; `STAGE` holds the words that number its parts."""

    TRIGGER = "trigger"
    ROLLBACK = "rollback"
    SUCCESS = "success"
    METRICS = "metrics"
    APPROVAL = "approval"
    CONTACT = "contact"
    BEFORE = "before"
    AFTER = "after"
    DEPLOY = "deploy"
    VERIFY = "verify"
    MONITOR = "monitor"
    INCIDENT = "incident"
    BACKGROUND = "background"
    REFERENCE = "reference"
    TROUBLE = "trouble"
    RISK = "risk"
    TIMELINE = "timeline"
    COMMUNICATION = "communication"
    SCENARIO = "scenario"
    EXPECTED = "expected"
    DECISION = "decision"
    SAMPLE = "sample"
    RECORD = "record"
    STAGE = "stage"


_RANK = {topic: rank for rank, topic in enumerate(Topic)}


def first(topics: Iterable[Topic]) -> Topic | None:
    """Return the first of several topics, in the order of `Topic`; None of none."""
    return min(topics, key=_RANK.__getitem__, default=None)


def folded(text: str) -> str:
    """Return the words of `text`, lower case, without accents and punctuation."""
    return _WORDS.sub(" ", unaccented(text)).strip()


def unaccented(text: str) -> str:
    """Return `text` in lower case, without accents."""
    return text.casefold().translate(_ACCENTS)


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """
    The phrases of every topic, folded.

    Attributes:
        stages: Words that come before a number in the title of an ordered part.
        whole: The topics of each phrase that is matched word by word.
        stems: Beginnings of words, from phrases with a trailing `*`.
        anywhere: Phrases in scripts without spaces.
        longest: Words in the longest phrase of `whole`.
    """

    stages: tuple[str, ...]
    whole: Mapping[str, tuple[Topic, ...]]
    stems: Mapping[str, tuple[Topic, ...]]
    anywhere: Mapping[str, tuple[Topic, ...]]
    longest: int

    def topics(self, text: str) -> frozenset[Topic]:
        """Return every topic that the words of `text` name, but `STAGE`."""
        return _topics(self, text)


def vocabulary(added: Phrases | None = None) -> Vocabulary:
    """
    Return the package's vocabulary with a team's own phrases.

    Args:
        added: More phrases, by the name of a topic; spelled as a team writes them.
    """
    return _compiled(*_own(), *_folded_pairs(added)) if added else _package()


@lru_cache(maxsize=1)
def _package() -> Vocabulary:
    return _compiled(*_own())


@lru_cache(maxsize=1)
def _own() -> tuple[tuple[Topic, str], ...]:
    """Return the package's phrases; they are stored folded."""
    languages = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        (Topic(name), " ".join(phrase.split()))
        for name, each in languages.items()
        for phrases in each.values()
        for phrase in phrases.split(",")
    )


def _folded_pairs(phrases: Phrases) -> Iterator[tuple[Topic, str]]:
    for name, each in phrases.items():
        for phrase in each:
            words = folded(phrase)
            if words:
                yield Topic(name), words + "*" * phrase.endswith("*")


def _compiled(*pairs: tuple[Topic, str]) -> Vocabulary:
    stages = tuple(dict.fromkeys(p for topic, p in pairs if topic is Topic.STAGE))
    spoken = [(topic, p) for topic, p in pairs if topic is not Topic.STAGE]
    rest = [(topic, p) for topic, p in spoken if p[-1] != "*"]
    return Vocabulary(
        stages=stages,
        whole=_gathered((t, p) for t, p in rest if p.isascii()),
        stems=_gathered((t, p[:-1]) for t, p in spoken if p[-1] == "*"),
        anywhere=_gathered((t, p) for t, p in rest if not p.isascii()),
        longest=max(p.count(" ") for _, p in rest) + 1,
    )


def _gathered(pairs: Iterable[tuple[Topic, str]]) -> dict[str, tuple[Topic, ...]]:
    found: dict[str, tuple[Topic, ...]] = {}
    for topic, phrase in pairs:
        found[phrase] = (*found.get(phrase, ()), topic)
    return found


@lru_cache(maxsize=8192)
def _topics(known: Vocabulary, text: str) -> frozenset[Topic]:
    return frozenset(_named(known, folded(text)))


def _named(known: Vocabulary, text: str) -> Iterator[Topic]:
    words = text.replace("%", " ").split()
    for start, word in enumerate(words):
        for size in range(1, known.longest + 1):
            yield from known.whole.get(" ".join(words[start : start + size]), ())
        for end in range(1, len(word) + 1):
            yield from known.stems.get(word[:end], ())
    if not text.isascii():
        for phrase, found in known.anywhere.items():
            if phrase in text:
                yield from found
