# A Compose project of many gateways, each with a config, state and port of its own:
#
#   awk -f bench/gen_fleet.awk -v n=1000 -v dir=build/bench/fleet      (the folder exists)
#
# One pair in a hundred shares a token, a workspace or a network, so that there is something to find.
BEGIN {
    compose = dir "/docker-compose.yml"
    fleet = dir "/fleet.json"
    print "services:" > compose
    printf "{ \"version\": \"2026.9.6\", \"gateways\": {" > fleet
    for (i = 0; i < n; i++) service(i)
    print " } }" > fleet
}

function service(i,    name, config, twin) {
    name = sprintf("g%04d", i)
    config = name ".json5"
    twin = i % 100 == 1 ? i - 1 : i
    printf "%s\n  \"%s\": \"%s\"", i ? "," : "", name, config > fleet
    print "  " name ":" > compose
    print "    image: ghcr.io/openclaw/openclaw:2026.9.6" > compose
    print "    command: node dist/index.js gateway --bind lan --port 18789" > compose
    print "    environment:" > compose
    print "      OPENCLAW_GATEWAY_TOKEN: ${TOKEN_" twin "}" > compose
    print "    ports: [\"127.0.0.1:" 19000 + i ":18789\"]" > compose
    print "    volumes: [\"./state/" (i % 100 == 3 ? i - 1 : i) ":/home/node/.openclaw\"]" > compose
    print "    networks: [net" (i % 100 == 5 ? i - 1 : i) "]" > compose
    print "{ channels: { telegram: { botToken: \"${BOT_" i "}\", dmPolicy: \"allowlist\", allowFrom: [\"" \
        100000 + i "\"] } }, session: { dmScope: \"per-channel-peer\" } }" > (dir "/" config)
    close(dir "/" config)
}
