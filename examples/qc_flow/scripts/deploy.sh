#!/bin/sh
# Makes a release the current one, or goes back to the one before.
#
#   scripts/deploy.sh RELEASE
#   scripts/deploy.sh --back
#
# The releases lie in $QC_HOME/releases; $QC_HOME/current points to the one that runs
# and is replaced in one step. The service and the worker follow it by themselves. Both
# forms may be repeated: what is so already stays so.
set -eu

if [ $# -ne 1 ]; then
  echo "usage: $0 RELEASE | --back" >&2
  exit 2
fi
if [ -z "${QC_HOME:-}" ] || [ ! -d "$QC_HOME/releases" ]; then
  echo "QC_HOME has to name the folder that holds 'releases'." >&2
  exit 2
fi
cd "$QC_HOME"
current=$(basename "$(readlink current || echo none)")

point_to() {
  ln -sfn "releases/$1" "current.$$"
  mv -fT "current.$$" current
}

if [ "$1" = --back ]; then
  if [ ! -L previous ]; then
    echo "nothing to go back to: $current stays current"
    exit 0
  fi
  wanted=$(basename "$(readlink previous)")
  point_to "$wanted"
  rm -f previous
  echo "went back from $current to $wanted"
else
  wanted=$1
  case $wanted in
    */* | .*) echo "'$wanted' is no name of a release." >&2; exit 2 ;;
  esac
  if [ ! -f "releases/$wanted/release.json" ]; then
    echo "there is no release '$wanted' in $QC_HOME/releases" >&2
    exit 1
  fi
  if [ "$current" = "$wanted" ]; then
    echo "$wanted is current already"
    exit 0
  fi
  if [ "$current" != none ]; then
    ln -sfn "releases/$current" "previous.$$"
    mv -fT "previous.$$" previous
  fi
  point_to "$wanted"
  echo "deployed $wanted in place of $current"
fi

# Done only when the running service says so.
[ -n "${APP_URL:-}" ] || exit 0
tries=0
until curl -s --max-time 2 "$APP_URL/health" | grep -q "\"release\":\"$wanted\""; do
  tries=$((tries + 1))
  if [ "$tries" -ge 50 ]; then
    echo "the service at $APP_URL does not run $wanted" >&2
    exit 1
  fi
  sleep 0.2
done
echo "the service runs $wanted"
