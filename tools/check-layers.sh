#!/bin/sh
# The direction of includes is the direction of data: a stage may include the stages before it, never
# one behind it. Prints every violation; exit code 1 when there is one.
set -eu

# Each stage with what it may include.
layers() {
    cat <<'TABLE'
base base
source base source
syntax base source syntax
load base source syntax load model/routing.h model/ids.h
compose base source syntax load model/value.h model/ids.h model/locations.h compose
model base source syntax load compose model
analysis base source syntax load compose model analysis
cel base syntax cel
policy base source syntax load model analysis cel policy
report base source syntax policy/finding.h report
table base model/routing.h table
TABLE
}

status=0
while read -r stage allowed; do
    for file in $(find compiler/"$stage" -name '*.[ch]' | LC_ALL=C sort); do
        case $file in *_test.c | *_fuzz.c) continue ;; esac
        for header in $(sed -n 's/^#include "\([a-z]*\/[a-z0-9_/]*\.h\)"$/\1/p' "$file"); do
            ok=no
            for layer in $allowed; do
                case $header in "$layer" | "$layer"/*) ok=yes ;; esac
            done
            [ $ok = yes ] || { echo "$file includes $header, which is behind its stage"; status=1; }
        done
    done
done <<EOF
$(layers)
EOF
if grep -ln '#include "\(base\|source\|syntax\|load\|model\|analysis\|policy\|report\|table\|commands\)/' runtime/*.[ch] |
    grep -v '_test\.c$\|_fuzz\.c$'; then
    echo "the runtime includes the compiler" >&2
    status=1
fi
exit $status
