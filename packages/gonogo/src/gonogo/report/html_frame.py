"""
The frame of a page: one HTML file that asks for nothing and is its own proof of it.

A policy in the file itself forbids every request, and every script but the page's own,
should a word of the world ever get past the escaping.
"""

from base64 import b64encode
from hashlib import sha256
from html import escape

from gonogo.report.html_style import STYLE

_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
    "form-action 'none'"
)


def framed(title: str, body: str, *, style: str = "", script: str = "") -> str:
    """
    Return a whole page.

    Args:
        title: As text; of the window.
        body: As HTML.
        style: What the page adds to the style sheet that all share.
        script: The one script that the policy lets run, by its digest; a page has to
            be whole without it.
    """
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_policy(script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{escape(title)}</title>
<style>{STYLE}{style}</style>
</head>
<body>
{body}
{f"<script>{script}</script>{chr(10)}" if script else ""}</body>
</html>
"""


def _policy(script: str) -> str:
    """Return the policy; a script is named by the digest of its text (CSP level 2)."""
    if not script:
        return _POLICY
    digest = b64encode(sha256(script.encode()).digest()).decode()
    return f"{_POLICY}; script-src 'sha256-{digest}'"
