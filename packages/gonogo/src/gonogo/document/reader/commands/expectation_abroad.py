"""Expectations abroad: how other languages say that something should come back."""

import re

_OUGHT = (
    r"(?:deve(?:m|r[áa]|r[ií]am?)?|debe(?:n|r[áa]n?|r[ií]an?)?|tiene que|doit|doivent"
    r"|devrai(?:t|ent)|dovrebbe(?:ro)?|devono|moet(?:en)?|zou moeten)"
)
_GIVE = (
    r"(?:retornar|devolver|mostrar|exibir|responder|aparecer|ser|estar|dar|ver|imprimir"
    r"|indicar|listar|conter|contener|retourner|renvoyer|afficher|r[ée]pondre|[êe]tre"
    r"|montrer|contenir|restituire|mostrare|rispondere|essere|contenere|teruggeven"
    r"|tonen|zijn|bevatten)"
)
_GIVES = (
    r"(?:retorna|devuelve|devolve|muestra|mostra|exibe|responde|renvoie|retourne|affiche"
    r"|r[ée]pond|liefert|zeigt|antwortet mit|restituisce|risponde|toont|geeft)"
)
OUGHT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 'debe devolver 200', 'deve ser > 0', 'doit afficher la page'.
        rf"\b{_OUGHT}\s+(?:\w+\s+)?{_GIVE}\b\s*:?\s*(?P<value>\S.*)$",
        # German puts the verb last: 'sollte 200 zurückgeben'.
        (
            r"\b(?:sollten?|muss|müssen)\s+(?P<value>\S.{0,100}?)\s+(?:zurückgeben|liefern"
            r"|anzeigen|zeigen|ausgeben|sein|ergeben|antworten|enthalten|erscheinen)\b"
        ),
    )
)
"""What ought to be: among tests and in code a result, elsewhere as often a duty."""
GIVEN = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # 'devuelve `ok`': a value has to be named.
        (
            rf"\b{_GIVES}\s+(?:un[ao]?\s+|ein\w*\s+|une?\s+)?"
            r"(?P<value>(?:`[^`]+`|\"[^\"]+\"|(?:HTTP\s*)?\d).*)$"
        ),
        # '200 が返ること', 'ダッシュボードが表示される'.
        r"(?P<value>\S.{0,80}?)(?:が|を|と)(?:返[るすさ]|表示され|出力され)",
        r"(?:返回|显示|顯示|输出|輸出)\s*(?P<value>(?:`[^`]+`|\"[^\"]+\"|\d).*)$",
    )
)
"""What something gives, wherever it is said."""
ASKED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # '`GET /x` devuelve la lista', 'la respuesta trae `X`'.
        rf"`[^`]+`\s+(?:\w+\s+)?{_GIVES}\s+(?!auf\b)(?P<value>\S.*)$",
        (
            r"\b(?:respuesta|salida|p[áa]gina|resposta|sa[íi]da|réponse|sortie|antwort"
            r"|ausgabe|seite|risposta)\s+(?:trae|contiene|incluye|muestra|traz|cont[ée]m"
            r"|mostra|contient|affiche|montre|enthält|zeigt|contiene)\s+(?P<value>\S.*)$"
        ),
    )
)
"""What an item says that something asked gives."""
SIGN = (
    r"\bde(?:ve|be)|doit|doivent|devr|dovr|devono|moet|tiene que|sollte|\bmuss|müssen"
    r"|retorn|devuel|devolv|muestra|mostra|exibe|responde|renvo|affich|liefert|zeigt"
    r"|trae|contien|incluye|traz|cont[ée]m|montre|enthält|antwortet|restitu|toont|geeft|返|表示|显示|顯示|出力|输出|輸出"
)
