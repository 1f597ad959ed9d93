#!/bin/sh
# `make bench`: every figure beside its peer, from one run. What is not installed is left out, and said.
#
#     bench/run.sh BUILD-FOLDER
set -eu
B=$1
clawc=$B/clawc
process=$B/bench/process

head_line() { printf '\n%s\n' "$1"; }
figure() { printf '  %-44s ' "$1"; shift; "$@"; }

echo "clawc benchmarks, $(date -u +%Y-%m-%d), $(uname -sm), $(getconf _NPROCESSORS_ONLN) processors"

head_line "Parsing a config of bindings ($(wc -c <"$B/bench/config.json5") bytes, comments in it), all spans kept"
"$B/bench/parse" "$B/bench/config.json5" "$B/bench/config.json"
if command -v node >/dev/null 2>&1; then
    # shellcheck disable=SC2086 # no module given means none
    node bench/parse_json5.js "$B/bench/config.json5" ${JSON5_MODULE:-}
else
    echo "  npm json5: left out, node is not installed"
fi

head_line "The family, work and public example ($(wc -c <examples/family-work-public/openclaw.json5) bytes), whole process"
figure "clawc audit" "$process" 50 "$clawc" audit examples/family-work-public/openclaw.json5
figure "floor: true" "$process" 50 true
if command -v node >/dev/null 2>&1; then
    figure "peer: node, doing nothing" "$process" 10 node -e 0
fi
if command -v openclaw >/dev/null 2>&1; then
    OPENCLAW_CONFIG_PATH=examples/family-work-public/openclaw.json5
    export OPENCLAW_CONFIG_PATH
    figure "peer: openclaw security audit" "$process" 3 openclaw security audit
else
    echo "  peer: openclaw security audit: left out, openclaw is not installed"
fi

head_line "The gateway's verdict, whole process (the last one: $(wc -c <"$B/bench/config.json5") bytes, schema and rules)"
figure "clawc check, the example" "$process" 50 "$clawc" check --gateway 2026.9.6 examples/family-work-public/openclaw.json5
if command -v openclaw >/dev/null 2>&1; then
    figure "peer: openclaw config validate" "$process" 3 openclaw config validate
else
    echo "  peer: openclaw config validate: left out, openclaw is not installed"
fi
figure "clawc check, bindings" "$process" 5 "$clawc" check --quiet --gateway 2026.9.6 "$B/bench/config.json5"
figure "floor: cat" "$process" 5 cat "$B/bench/config.json5"

for n in 1000 10000 100000 1000000; do
    config=$B/bench/bindings-$n.json5
    awk -f bench/gen_config.awk -v bindings=$n -v form=json5 >"$config"
    head_line "$n bindings ($(wc -c <"$config") bytes), whole process"
    figure "clawc audit" "$process" 3 "$clawc" audit --quiet "$config"
    figure "clawc compile" "$process" 3 "$clawc" compile --no-audit "$config" -o "$B/bench/x.clawt"
    figure "clawc compile, with the audit" "$process" 3 "$clawc" compile --quiet --fail-on never "$config" -o "$B/bench/x.clawt"
    figure "floor: cat" "$process" 3 cat "$config"
    rm -f "$config"
done

config=$B/bench/agents.json5
awk -f bench/gen_config.awk -v bindings=10000 -v agents=1000 -v form=json5 >"$config"
head_line "1000 agents, 10000 bindings ($(wc -c <"$config") bytes), whole process"
figure "clawc audit" "$process" 5 "$clawc" audit --quiet "$config"
figure "floor: cat" "$process" 5 cat "$config"
rm -f "$config"

fleet=$B/bench/fleet
rm -rf "$fleet"
mkdir -p "$fleet"
awk -f bench/gen_fleet.awk -v n=1000 -v dir="$fleet"
head_line "1000 gateways of one Compose project, whole process"
figure "clawc audit --fleet" "$process" 3 "$clawc" audit --quiet --fleet "$fleet/fleet.json"
figure "floor: cat" "$process" 3 sh -c "cat $fleet/*"
rm -rf "$fleet"

# Copies of the example on one host, ports 7 apart.
for n in 1000 5000; do
    copies=$B/bench/copies
    rm -rf "$copies"
    mkdir -p "$copies"
    awk -v n=$n -v dir="$copies" -f bench/gen_copies.awk examples/family-work-public/openclaw.json5
    words=$(i=0; while [ $i -lt $n ]; do echo "g$i/.openclaw/openclaw.json"; i=$((i + 1)); done)
    head_line "$n gateways of one host, copies of the example, whole process"
    run=$(cd "$(dirname "$clawc")" && pwd)
    # shellcheck disable=SC2086 # one word for each file
    (cd "$copies" && figure "clawc audit --jobs 1" "$run/bench/process" 3 "$run/clawc" audit --jobs 1 --fail-on never --quiet $words &&
        figure "clawc audit, a thread a processor" "$run/bench/process" 3 "$run/clawc" audit --fail-on never --quiet $words &&
        figure "clawc audit --each --jobs 1" "$run/bench/process" 3 "$run/clawc" audit --each --jobs 1 --fail-on never --quiet $words &&
        figure "floor: cat" "$run/bench/process" 3 cat $words)
    rm -rf "$copies"
done

head_line "Whole routes (normalisation and session key included), a table of peer bindings"
"$B/bench/route"
