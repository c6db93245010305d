"""Prompts: what customers wrote goes to a model, which answers about it."""

from collections.abc import Mapping

from hardening.prompts import FieldRule, Fields

from .piece import Piece, Upstream, pct, rate_pct, total
from .place import Place

NOTES = "Called on Monday, wants the blue one, asked for a discount of five percent."


class Service(Piece):
    """Asks a model; broken, the notes are cut after 16 characters."""

    def __init__(self, place: Place) -> None:
        notes = FieldRule(chars_max=16 if place.is_broken else 2000, lines=True)
        rules = {"name": FieldRule(), "notes": notes}
        self._fields = Fields(rules, switch=place.switch)
        self._model = Upstream()
        self._asked = self._rejected = 0

    def serve(self, user: str) -> None:
        """Have the notes on a user summarized."""
        prompt = self._fields.prompt()
        name, notes = prompt.data("name", user), prompt.data("notes", NOTES)
        text = f"{prompt.instructions}\nSummarize what we know of {name}: {notes}"
        if prompt.instructions:  # behind the flag; the others were as they always are
            self._asked += 1
            self._rejected += "percent" not in text  # the answer would miss the point
        self._model.ask()

    def readings(self) -> Mapping[str, float]:
        """Return what was done to fields, and how many answers were no good."""
        measures = tuple(self._fields.measures())
        changes = "hardening_prompts_changes"
        cut = total(measures, changes, kind="cut")
        return {
            "prompts_cut_pct": pct(cut, total(measures, "hardening_prompts_fields")),
            "prompts_refused": total(measures, changes, kind="refused"),
            "answers_rejected_pct": rate_pct(self._rejected, self._asked),
        }
