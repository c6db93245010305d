"""A scope: which rollouts a freeze is about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """
    One service, one environment, one service in one environment; or everything.

    Attributes:
        service: None for every one.
        environment: None for every one.
    """

    service: str | None = None
    environment: str | None = None

    def covers(self, service: str, environment: str) -> bool:
        """Return whether a rollout of this service and environment is meant."""
        return (self.service in {None, service}) and (
            self.environment in {None, environment}
        )

    def __str__(self) -> str:
        if self.service and self.environment:
            return f"{self.service} in {self.environment}"
        return self.service or self.environment or "everything"
