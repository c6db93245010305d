"""A rule: what every diagnostic of one code has in common, and its templates."""

from dataclasses import dataclass

from gonogo.model.diagnostic import Diagnostic, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of a table of codes; `message` and `remedy` are format templates."""

    severity: Severity
    title: str
    message: str
    remedy: str

    def said(
        self,
        code: str,
        *,
        line: int,
        column: int = 1,
        path: str | None = None,
        facts: dict[str, object],
    ) -> Diagnostic:
        """Return the diagnostic at a place, its templates filled with the facts."""
        return Diagnostic(
            line=max(line, 1),
            column=max(column, 1),
            severity=self.severity,
            code=code,
            message=self.message.format(**facts),
            remedy=self.remedy.format(**facts),
            path=path,
        )
