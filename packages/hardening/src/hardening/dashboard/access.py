"""
Access: who may look, who may change, and for how long; pure but for a digest.

A token is sent in a header, or once in a form; it never stands in a URL, where proxies
and histories keep it. The form gives a cookie that is signed, says its role and its
end, and is worth nothing once a token is changed. Whoever changes something by cookie
sends a second value that no other site knows.
"""

import hmac
from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256

from hardening.core import InvalidSetting

SESSION_S = 8 * 3600.0
_TOKEN_MIN = 16
_FAILURES = 10
_FAILURES_S = 60.0


class Role(StrEnum):
    """What somebody may do."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Tokens:
    """
    The two tokens; the one to change things reads as well.

    Attributes:
        read: To look.
        write: To change; None lets nobody.

    Raises:
        InvalidSetting: One is no text or shorter than 16 characters, or they are the
            same.
    """

    read: str = field(repr=False)
    write: str | None = field(repr=False, default=None)

    def __post_init__(self) -> None:
        _check_token("read", self.read)
        if self.write is not None:
            _check_token("write", self.write)
        if self.read == self.write:
            rule = "another one than read"
            raise InvalidSetting(setting="Tokens.write", value="the same", rule=rule)

    def role_of(self, token: str) -> Role | None:
        """Return what a token is for; takes the same time for any wrong one."""
        # Both are compared, always: the time does not tell which one was nearly right.
        writes = _same(token, self.write or "") and self.write is not None
        reads = _same(token, self.read)
        if writes:
            return Role.WRITE
        return Role.READ if reads else None

    def session(self, role: Role, now_s: float) -> str:
        """Return a cookie for somebody who sent a token."""
        claim = f"{role}.{int(now_s + SESSION_S)}"
        return f"{claim}.{self._sign('session', claim)}"

    def role_in(self, session: str, now_s: float) -> Role | None:
        """Return what a cookie allows; None when it is over, or not ours."""
        claim, _, signature = session.rpartition(".")
        if not _same(signature, self._sign("session", claim)):
            return None
        role, _, until_s = claim.partition(".")
        return Role(role) if now_s < int(until_s) else None

    def form_key(self, session: str) -> str:
        """Return what a form sends along with the cookie; another site cannot read it."""
        return self._sign("form", session)

    def is_form_key(self, session: str, given: str) -> bool:
        """Tell whether a form was ours."""
        return _same(given, self.form_key(session))

    def _sign(self, purpose: str, text: str) -> str:
        key = sha256(f"{self.read}\0{self.write}".encode()).digest()
        return hmac.new(key, f"{purpose}\0{text}".encode(), sha256).hexdigest()


class Throttle:
    """
    Lets ten wrong tokens a minute pass, and no more: guessing takes for ever.

    It closes the form, where people may type what can be guessed. A program's header is
    not throttled: whoever guessed would lock the monitoring out, and a token of sixteen
    random characters is not found by asking.
    """

    def __init__(self) -> None:
        self._failed_s: deque[float] = deque(maxlen=_FAILURES)

    def is_closed(self, now_s: float) -> bool:
        """Tell whether there were ten within the last minute."""
        failed_s = self._failed_s
        return len(failed_s) == _FAILURES and now_s - failed_s[0] < _FAILURES_S

    def failed(self, now_s: float) -> None:
        """Count a wrong token."""
        self._failed_s.append(now_s)


def _check_token(name: str, token: object) -> None:
    """Refuse a token that is none or can be guessed; the message does not hold it."""
    length = len(token) if isinstance(token, str) else -1
    if length < _TOKEN_MIN:
        given = type(token).__name__ if length < 0 else f"{length} characters"
        rule = f"a text of {_TOKEN_MIN} characters or more"
        raise InvalidSetting(setting=f"Tokens.{name}", value=given, rule=rule)


def _same(given: str, ours: str) -> bool:
    """Compare in constant time; of texts that are no ASCII, too."""
    return hmac.compare_digest(given.encode(), ours.encode())
