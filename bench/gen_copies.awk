# Many gateways of one host: copies of a config, each in a state directory of its own, ports 7 apart.
#   awk -f bench/gen_copies.awk -v n=1000 -v dir=build/bench/copies openclaw.json5
{ text = text $0 "\n" }
END {
    for (i = 0; i < n; i++) {
        folder = dir "/g" i "/.openclaw"
        folders = folders " " folder
        if (i % 500 == 499 || i == n - 1) {
            system("mkdir -p" folders)
            folders = ""
        }
    }
    for (i = 0; i < n; i++) {
        file = dir "/g" i "/.openclaw/openclaw.json"
        copy = text
        sub(/gateway: \{/, "gateway: { port: " 10000 + 7 * i % 50000 ",", copy)
        printf "%s", copy > file
        close(file)
    }
}
