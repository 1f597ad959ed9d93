# Writes an openclaw.json5 of bindings, for benchmarks:
#   awk -f bench/gen_config.awk -v bytes=16777216            of about that size
#   awk -f bench/gen_config.awk -v bindings=100000           with that many bindings
#   ... -v form=dense    without blanks and comments
#   ... -v form=json     the same document as JSON
#   ... -v agents=20     so many agents to bind to (default 20)
# The same arguments give the same bytes.

function key(name) { return form == "json" ? "\"" name "\":" : name ":" }

function binding(i,    b, id) {
    id = sprintf("+569%08d", i)
    if (form == "dense")
        return "{agentId:\"a" i % agents "\",match:{channel:\"whatsapp\",peer:{kind:\"direct\",id:\"" \
               id "\"}}}"
    b = "{ " key("agentId") " \"agent-" i % agents "\", " key("match") " { " key("channel") \
        " \"whatsapp\", " key("accountId") " \"biz\", " key("peer") " { " key("kind") \
        " \"direct\", " key("id") " \"" id "\" } } }"
    return form == "json" ? "    " b : "    // customer " i "\n    " b
}

function emit(text) {
    printf "%s", text
    written += length(text)
}

BEGIN {
    if (!agents) agents = 20
    if (!bytes && !bindings) bindings = 1000
    end = form == "dense" ? "" : "\n"
    prefix = form == "dense" ? "a" : "agent-"
    emit("{" end key("agents") "{" key("list") "[")
    for (i = 0; i < agents; i++)
        emit((i ? "," : "") "{" key("id") "\"" prefix i "\"" (i ? "" : "," key("default") "true") "}")
    emit("]}," end key("channels") "{" key("whatsapp") "{" key("accounts") "{" key("biz") \
         "{" key("dmPolicy") "\"open\"," key("allowFrom") "[\"*\"]}}}}," end)
    emit(key("bindings") "[" end)
    for (i = 1; bindings ? i <= bindings : written < bytes; i++) emit((i > 1 ? "," end : "") binding(i))
    emit(end "]}" end)
}
