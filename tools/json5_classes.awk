# Writes the character classes of the JSON5 lexer, for re2c, from grammar/unicode.json:
#   awk -f tools/json5_classes.awk grammar/unicode.json > json5_classes.re
# Each class is a line `"json5_NAME": "HEX[-HEX] ...",` there and `NAME = [...];` here.

function code_point(hex) { return "\\U" substr("00000000" hex, length(hex) + 1) }

function class(ranges,    parts, ends, n, i, text) {
    n = split(ranges, parts, " ")
    for (i = 1; i <= n; i++) {
        split(parts[i] "-" parts[i], ends, "-")
        text = text code_point(ends[1]) "-" code_point(ends[2])
    }
    return "[" text "]"
}

BEGIN { print "/*!re2c" }
/^ *"json5_[a-z_]*":/ {
    split($0, field, "\"")
    sub(/^json5_/, "unicode_", field[2])
    print "    " field[2] " = " class(field[4]) ";"
    found++
}
END {
    print "*/"
    if (found != 3) { print "json5_classes.awk: expected three classes" > "/dev/stderr"; exit 1 }
}
