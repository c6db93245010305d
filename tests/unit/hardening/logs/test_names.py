"""Names: which fields hold secrets, whatever the spelling."""

import pytest

from hardening.logs import is_secret_name

SECRET = [
    "password",
    "Password",
    "DB_PASSWORD",
    "dbpassword",
    "userPasswd",
    "passphrase",
    "secret",
    "client_secret",
    "clientSecret",
    "token",
    "access_token",
    "accessToken",
    "X-Auth-Token",
    "refreshToken",
    "api_key",
    "apiKey",
    "API-KEY",
    "x-api-key",
    "apikey",
    "APIKey",
    "private_key",
    "aws_secret_access_key",
    "signing_key",
    "Authorization",
    "proxy-authorization",
    "cookie",
    "Set-Cookie",
    "session_id",
    "sessionid",
    "csrf_token",
    "credentials",
    "db_credentials",
    "ssn",
    "cvv",
    "card_pin",
    "otp",
    "jwt",
    "auth",
    "pwd",
    "db_pass",
    "password_hash",
    "password2",
    "passwordConfirmation",
    "secret_value",
    "X-Hub-Signature",
    "connection_string",
]
HARMLESS = [
    "tokens_used",
    "max_tokens",
    "token_count",
    "token_type",
    "token_expires_at",
    "password_changed_at",
    "password_policy",
    "key",
    "cache_key",
    "primary_key",
    "author",
    "authority",
    "authenticated",
    "pass",
    "passed",
    "compass",
    "monkey",
    "keyboard",
    "signal",
    "design",
    "secretary",
    "pinned",
    "shipping",
    "session",
    "sessions",
    "access_key_name",
    "InvalidTokenError",
    "token_limit",
    "cookie_name",
    "secret_version",
    "has_token",
    "user_id",
    "status",
    "duration_ms",
]


@pytest.mark.parametrize("name", SECRET)
def test_a_secret_fields_name_is_known_in_any_spelling(name):
    """A field called so never shows its value."""
    assert is_secret_name(name)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_only_tells_about_a_secret_stays_readable(name):
    """Logs stay useful: counts, types and dates are shown."""
    assert not is_secret_name(name)
