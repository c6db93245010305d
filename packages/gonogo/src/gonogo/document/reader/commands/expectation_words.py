"""Expectation words: what a result, a duty and a verb of giving are, for every rule."""

RESULT = (
    r"(?:outputs?|results?|responses?|status(?:\s+code)?|values?|returns?|behaviou?r"
    r"|states?|progression|counts?|contents?|files|messages?|logs?|lines|rows|body"
    r"|exit\s+(?:code|status)|http\s+status|outcome|console\s+output)"
)
ABROAD = (
    r"resultado esperado|salida esperada|esperado|se espera|sa[ií]da esperada"
    r"|erwartet(?:e[rsn]?(?:\s+\w+)?)?|erwartung|r[ée]sultat attendu"
    r"|sortie attendue|attendu|risultato atteso|atteso|verwacht resultaat|verwacht"
    r"|期待(?:値|結果|される\w*)?|预期(?:结果|输出)?|預期(?:結果)?"
)
# 'Expected downtime' is a hope, and no result.
NO_RESULT = (
    r"(?!\s+(?:time|duration|downtime|performance|impact|traffic|load|cost|savings"
    r"|roi|benefits?|improvements?|timeline|business|completion|audience|growth)\b)"
)
# 'should be run as root', 'must only', 'should verify': what somebody has to do.
DUTY = (
    r"(?!\s+(?:not\s+)?(?:be\s+)?(?:runs?|ran|done|execut\w+|used?|sets?|add(?:ed)?"
    r"|appl\w+|removed?|perform\w*|call(?:ed)?|install\w*|creat\w+|only|also|now|first"
    r"|re?start\w*|waits?|deploy\w*|replaced?|configured?|updated?|have\s+been|ensure"
    r"|consider|verify|check|contact|stop|roll\w*|change|keep|avoid|never|always)\b)"
)
# A verb of giving; 'be' is one where a value stands behind it and not a description.
GIVE = (
    r"(?:(?:see|return|include|show|output|print|contain|display|respond(?:\s+with)?"
    r"|report|say|equal|match)s?\b|be(?:\s+exactly)?(?=\s*:|\s+(?:[\d<>=≥≤\"'`{\[]|(?:active"
    r"|inactive|running|healthy|ok|true|false|up|down|enabled|disabled|empty|null|none"
    r"|zero|nil|unset|yes|no|on|off|ready|stopped|present|absent)\W*$)))"
)
STATUS = (
    r"(?:20[0-8]|30[1-8]|40[0-9]|41[0-9]|42[0-9]|451|500|50[1-4]|101)(?![\w%+.,]*\d)"
    r"(?!\s*(?:ms|s|sec\w*|min\w*|users?|rows?|items?|records?|mb|gb|kb|req\w*|lines"
    r"|tests?|files?|%|\+)(?!\w))(?![\w%+])"
)
# What one does to try something; the result stands behind it.
TRYING = (
    r"(?:try|test|check|visit|open|run|re-?run|verify|call|request|curl|get|post|put"
    r"|patch|delete|confirm|hit|load|browse|query|ping|health|log\s?in|sign\s?in|login"
    r"|submit|click|refresh|reload|access|create|upload|send|search|navigate|go\s+to"
    r"|select|enter|attempt|trigger|make\s+sure|ensure|validate|use|view|edit|save"
    r"|abrir|acessar|acceder|probar|testar|verificar|comprobar|criar|crear|marcar|enviar"
    r"|öffnen|aufrufen|prüfen|testen|ouvrir|tester|vérifier)"
)
