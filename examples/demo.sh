#!/bin/sh
# What clawc does, shown on the family, work and public example. `make demo` runs it; by hand, from
# the root of the repository:
#
#     examples/demo.sh [PROGRAM]        (default: $CLAWC, else build/clawc)
#
# Each command is printed before its output. Everything happens in a scratch folder.
set -eu

program=${1:-${CLAWC:-build/clawc}}
case $program in
/*) ;;
*) program=$PWD/$program ;;
esac
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM
cp "$(dirname "$0")"/family-work-public/*.json5 "$scratch"
cd "$scratch"

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

heading() {
    printf '\n%s== %s%s\n\n' "$bold" "$1" "$plain"
}

# clawc with the arguments after $1, the exit code that it must end with.
run() {
    expected=$1
    shift
    printf '%s$ clawc %s%s\n' "$bold" "$*" "$plain"
    status=0
    "$program" "$@" || status=$?
    if [ "$status" -ne "$expected" ]; then
        echo "demo.sh: clawc ended with code $status instead of $expected" >&2
        exit 1
    fi
}

# Who writes, and how to ask the table for their agent.
message() {
    printf '# %s\n' "$1"
    shift
    run 0 route --table routes.clawt "$@"
    echo
}

heading "One gateway, four agents. What is wrong with its config?"
run 1 audit openclaw.json5
echo "(exit code 1: a CI job or a commit hook stops here)"

heading "Beto was allowed to write, and forgotten in the bindings. Where do his messages go?"
run 0 route openclaw.json5 --channel whatsapp --peer direct:+56900000003

heading "fixed.json5 is the same config with its mistakes corrected"
diff openclaw.json5 fixed.json5 || true
echo
run 0 audit fixed.json5

heading "Compile it into the routing table that a gateway maps into memory"
run 0 compile fixed.json5 -o routes.clawt
run 0 table verify routes.clawt --against fixed.json5

heading "Route five messages through the table"
message "The family's group on WhatsApp" \
    --channel whatsapp --peer group:120363041234567890@g.us
message "Beto, on WhatsApp" \
    --channel whatsapp --peer direct:+56900000003
message "The owner, on WhatsApp: no binding in the file, the gateway adds one for its default agent" \
    --channel whatsapp --peer direct:+56900000001
message "The owner, to the work bot on Telegram" \
    --channel telegram --account work --peer direct:700000001
message "Somebody from the choir, to the public bot" \
    --channel telegram --account choir --peer direct:812345678

heading "Now yours"
cat <<'NEXT'
build/clawc audit ~/.openclaw/openclaw.json     what is wrong with your config
build/clawc explain ID                          why a finding matters, how to fix or silence it
docs/tutorial.md                                the first hour, on this example
NEXT
