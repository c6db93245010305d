"""Which records stand behind each line of the document."""

from collections import defaultdict
from collections.abc import Mapping

from gonogo.report.filling import last_judgements
from gonogo.report.history import History
from gonogo.report.incident import task_stories_of
from gonogo.report.story import StepStory, stories_of


def proof_of(history: History) -> Mapping[int, tuple[int, ...]]:
    """Return the records to look at for each line that anything is known of."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for story in stories_of(history).values():
        found[story.step.line].extend(_of_step(story))
    for judged in last_judgements(history):
        found[judged.gate.line].append(judged.seq)
    for task in task_stories_of(history):
        found[task.task.line].extend([task.done.seq] if task.done else [])
    return {line: tuple(sorted(set(seqs))) for line, seqs in found.items() if seqs}


def _of_step(story: StepStory) -> list[int]:
    """Return what shows how a step came out: the records just before its end."""
    seqs = list(story.seqs[-2:])
    if story.undo is not None:
        ends = (story.undo.undone, story.undo.handed_over, story.undo.confirmed)
        seqs += [entry.seq for entry in ends if entry is not None]
    return seqs
