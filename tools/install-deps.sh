#!/bin/sh
# Installs what clawc needs to be built, tested or measured.
#
#     tools/install-deps.sh [build] [test] [bench]      (without a word: build)
#
# On Debian and its relatives: says which packages are missing and why, then installs them by apt-get
# (with sudo when not root). Does and says nothing when all are there. On other systems: prints the
# names and ends with 0 if the programs are found, with 1 if one is not.
set -eu

# group, Debian package, program it brings (- for a library), why
packages() {
    cat <<'TABLE'
build gcc              cc       compiles the sources
build libc6-dev        -        the C library's headers
build make             make     runs the build
build re2c             re2c     makes the lexers from grammar/*.re
build lemon            lemon    makes the parsers from grammar/*.y
build libyaml-dev      -        reads YAML
build libpcre2-dev     -        regular expressions of rules
build libxxhash-dev    -        hashing (header only)
build nettle-dev       -        digests
test  libcmocka-dev    -        unit tests
test  python3          python3  the test runner
test  python3-jsonschema -      checks reports against published schemas
test  git              git      the test of the pre-commit hook makes a repository
test  pre-commit       pre-commit the test of the pre-commit hook
bench libcdb-dev       -        a peer of the routing table
bench liblmdb-dev      -        a peer of the routing table
bench libjansson-dev   -        a peer of the JSON5 parser
bench libjson-c-dev    -        a peer of the JSON5 parser
TABLE
}

# The lines of the table that belong to the groups asked for.
wanted() {
    packages | while read -r group package program why; do
        case " $groups " in
        *" $group "*) printf '%s\t%s\t%s\n' "$package" "$program" "$why" ;;
        esac
    done
}

is_installed() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

# A program from elsewhere (gcc built by hand, python3 from pyenv) does as well as its package; a
# Python package has to be seen by the python3 that will run.
is_there() {
    package=$1 program=$2
    case $package in
    python3-*) python3 -c "import ${package#python3-}" >/dev/null 2>&1 && return 0 ;;
    esac
    if [ "$program" != - ] && command -v "$program" >/dev/null 2>&1; then return 0; fi
    is_installed "$package"
}

missing() {
    wanted | while IFS="$tab" read -r package program why; do
        is_there "$package" "$program" || printf '%s\t%s\n' "$package" "$why"
    done
}

apt() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive apt-get "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive apt-get "$@"
    fi
}

# Are all of these known to apt with a version that can be had?
are_known() {
    for package in "$@"; do
        apt-cache policy "$package" 2>/dev/null | grep -q '^  Candidate: [0-9]' || return 1
    done
}

install_on_debian() {
    lines=$(missing)
    [ -n "$lines" ] || return 0
    echo "These Debian packages are missing and will be installed by apt-get:"
    echo "$lines" | while IFS="$tab" read -r package why; do
        printf '    %-20s %s\n' "$package" "$why"
    done
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null 2>&1; then
        echo "This needs root, and there is no sudo. As root, run:" >&2
        echo "    apt-get install $(echo "$lines" | cut -f1 | tr '\n' ' ')" >&2
        return 1
    fi
    # shellcheck disable=SC2046 # names of packages are single words
    set -- $(echo "$lines" | cut -f1)
    are_known "$@" || apt update -q
    apt install -q -y --no-install-recommends "$@"
}

check_elsewhere() {
    status=0
    echo "This is no Debian; the packages are called there:"
    wanted | while IFS="$tab" read -r package program why; do
        printf '    %-20s %s\n' "$package" "$why"
    done
    for program in $(wanted | cut -f2 | grep -v '^-$'); do
        if ! command -v "$program" >/dev/null 2>&1; then
            echo "The program $program was not found; install it and try again." >&2
            status=1
        fi
    done
    return $status
}

tab=$(printf '\t')
groups=${*:-build}
for group in $groups; do
    case $group in
    build | test | bench) ;;
    *)
        echo "usage: tools/install-deps.sh [build] [test] [bench]" >&2
        exit 3
        ;;
    esac
done
if command -v dpkg-query >/dev/null 2>&1 && command -v apt-get >/dev/null 2>&1; then
    install_on_debian
else
    check_elsewhere
fi
