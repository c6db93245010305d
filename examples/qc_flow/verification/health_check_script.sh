#!/bin/sh
# Tells whether the service, its database and its worker are there.
#
#   verification/health_check_script.sh [--verbose]
#
# Reads APP_URL. Prints 'OVERALL: HEALTHY' and exits 0, or 'OVERALL: UNHEALTHY' and 1.
set -u

verbose=
for argument in "$@"; do
  case $argument in
    --verbose) verbose=yes ;;
    *) echo "usage: $0 [--verbose]" >&2; exit 2 ;;
  esac
done
if [ -z "${APP_URL:-}" ]; then
  echo "APP_URL is not set; set it to the address of the service." >&2
  exit 2
fi

# The answer is one line of JSON: {"status":"healthy","release":"v2",...}
answer=$(curl -sS --max-time 5 "$APP_URL/health" 2>&1)
overall=HEALTHY

field() {
  printf '%s' "$answer" | sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"
}

check() {
  value=$(field "$1")
  [ "$value" = "$2" ] || overall=UNHEALTHY
  [ -z "$verbose" ] || echo "$1: ${value:-no answer}"
}

[ -z "$verbose" ] || echo "release: $(field release)"
check status healthy
check database ok
check worker ok
[ -z "$verbose" ] || [ "$overall" = HEALTHY ] || echo "answer: $answer"
echo "OVERALL: $overall"
[ "$overall" = HEALTHY ]
