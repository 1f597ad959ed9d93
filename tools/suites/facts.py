"""Fleets that are joined by their facts: `clawc fleet join` of what `clawc audit --facts` wrote finds
what one audit of all of them finds, and no file of facts has the value of a secret.

The cases are those of testdata/fleet/, and 1,000 gateways made here, on the host and in Compose, cut
into ten."""
import json
import random
import tempfile
from pathlib import Path

from . import fleet, kit

KEY = b"a key of the tests, of 32 bytes.\n"
GATEWAYS, IN_COMPOSE, SHARDS = 1000, 300, 10


def findings(report):
    """All of a finding about several gateways but its order among the others."""
    return sorted(json.dumps([f["id"], f["severity"], f["subjects"], f["message"], f["location"],
                              f["related"]])
                  for f in report["findings"] if "resource" in f["subjects"])


def difference(whole, joined):
    lines = [f"missing: {f}" for f in whole if f not in set(joined)]
    lines += [f"not expected: {f}" for f in joined if f not in set(whole)]
    return "\n".join(lines[:10]) or (None if whole == joined else "some are told more than once")


def audit(context, folder, facts, words):
    (folder / "key").write_bytes(KEY)
    return kit.run([context.clawc, "audit", "--format", "json", "--facts", facts, "--facts-key",
                    folder / "key", *words], words_cwd(words, folder),
                   env=kit.environment("/nonexistent"))


def words_cwd(words, folder):
    return Path(words[1]).parent if words[0] == "--fleet" else folder


def join(context, cwd, words):
    return kit.run([context.clawc, "fleet", "join", "--format", "json", *words], cwd,
                   env=kit.environment("/nonexistent"))


def check_case(context, case):
    with tempfile.TemporaryDirectory(prefix="clawc-facts-") as name:
        facts = Path(name) / "facts.jsonl"
        block = ["--fleet", str(case / "fleet.json")]
        whole = audit(context, Path(name), facts, block)
        joined = join(context, case, [*block, facts])
        complaint = whole.complaint((0, 1, 2)) or joined.complaint((0, 1))
        if complaint:
            return complaint
        for value in fleet.secrets_of(case):
            if value.encode() in facts.read_bytes():
                return f"the facts show {value[:4]}..."
        return difference(findings(json.loads(whole.out)), findings(json.loads(joined.out)))


# ---- many gateways ---------------------------------------------------------------------------------


def config(rnd):
    token = lambda: f"token-{rnd.randrange(GATEWAYS):06}-abcdefghij"
    return json.dumps({
        "meta": {"lastTouchedVersion": rnd.choice(["2026.9.6", "2026.3.13"])},
        "gateway": {"port": 20000 + 20 * rnd.randrange(GATEWAYS) + rnd.choice([0, 0, 5]),
                    "auth": {"mode": "token", "token": token()}},
        "agents": {"defaults": {"workspace": f"/srv/ws/{rnd.randrange(GATEWAYS)}"}},
        "channels": {"telegram": {"botToken": f"{100000 + rnd.randrange(GATEWAYS)}:{'A' * 35}"}},
        "hooks": {"enabled": True, "token": token()},
    }, indent=1)


def service(rnd, i):
    peer = rnd.randrange(IN_COMPOSE)
    lines = [f"  gw{i}:", "    image: ghcr.io/openclaw/openclaw:2026.9.6",
             f"    networks: [net{rnd.randrange(60)}]",
             f"    ports: ['127.0.0.1:{rnd.randrange(19000, 19400)}:18789']",
             "    volumes:", f"      - /srv/data/{rnd.randrange(400)}:/home/node/.openclaw",
             "    environment:", f"      OPENCLAW_GATEWAY_TOKEN: token-{rnd.randrange(GATEWAYS):06}-abcdefghij",
             f"      PEER: http://reader:secret@gw{peer}:18789/hooks/agent",
             f"      OTHER: http://gw{peer}:18789/hooks/agent"]
    if i % 30 == 1:
        lines[2:4] = [f"    network_mode: 'service:gw{i - 1}'"]
    return lines


def make_many(folder):
    """The words of the command line for each shard: its Compose file and its configs."""
    rnd = random.Random(7)
    shards = []
    for s in range(SHARDS):
        networks = ["networks:"] + [f"  net{i}: {{}}" for i in range(60)]
        compose = ["name: many", "services:"]
        for i in range(s * IN_COMPOSE // SHARDS, (s + 1) * IN_COMPOSE // SHARDS):
            compose += service(rnd, i)
        (folder / f"compose{s}.yaml").write_text("\n".join(compose + networks) + "\n", encoding="utf-8")
        words = ["-f", f"compose{s}.yaml"]
        for i in range((GATEWAYS - IN_COMPOSE) // SHARDS):
            place = folder / f"s{s}-{i}"
            place.mkdir()
            (place / "openclaw.json").write_text(config(rnd), encoding="utf-8")
            words.append(f"s{s}-{i}/openclaw.json")
        shards.append(words)
    return shards


def check_many(context):
    with tempfile.TemporaryDirectory(prefix="clawc-facts-") as name:
        folder = Path(name).resolve()
        shards = make_many(folder)
        whole = audit(context, folder, "all.jsonl", [w for shard in shards for w in shard])
        complaint = whole.complaint((0, 1, 2))
        for s, words in enumerate(shards):
            complaint = complaint or audit(context, folder, f"{s}.jsonl", words).complaint((0, 1, 2))
        joined = join(context, folder, [f"{s}.jsonl" for s in range(SHARDS)])
        complaint = complaint or joined.complaint((1,))
        if complaint:
            return complaint
        if sum((folder / f"{s}.jsonl").read_bytes().count(b"\n") for s in range(SHARDS)) != GATEWAYS:
            return f"not every one of {GATEWAYS} gateways has its facts"
        if b"abcdefghij" in b"".join((folder / f"{s}.jsonl").read_bytes() for s in range(SHARDS)):
            return "the facts show a token"
        found = findings(json.loads(whole.out))
        kinds = {json.loads(f)[0] for f in found}
        if len(kinds) < 12:
            return f"the gateways are too much alike to tell anything: {sorted(kinds)}"
        return difference(found, findings(json.loads(joined.out)))


# ---- bad input -------------------------------------------------------------------------------------


def check_refused(context):
    """A line that no audit writes is refused with its number; so are a short key and twice the same."""
    with tempfile.TemporaryDirectory(prefix="clawc-facts-") as name:
        folder = Path(name)
        case = context.root / "testdata" / "fleet" / "05-clean-cells"
        facts = folder / "facts.jsonl"
        complaint = audit(context, folder, facts, ["--fleet", str(case / "fleet.json")]).complaint((0, 1))
        if complaint:
            return complaint
        line = facts.read_text(encoding="utf-8").splitlines()[0]
        bad = ["{}", "nonsense", '{"clawcFacts":2}', line.replace('"at":[0,', '"at":[99,', 1),
               line.replace('"port":', '"port":1e300,"x":', 1), line.replace('"files":', '"file":', 1),
               line.replace('"key":"', '"key":"0', 1)]
        for text in bad:
            (folder / "bad.jsonl").write_text(line + "\n" + text + "\n", encoding="utf-8")
            result = join(context, folder, ["bad.jsonl"])
            if result.complaint((2,)) or b"bad.jsonl:2: " not in result.err:
                return f"{text[:40]}: {result.complaint((2,)) or result.err}"
        result = join(context, folder, [facts, facts])
        if result.complaint((2,)) or b"given twice" not in result.err:
            return f"the same facts twice: {result.complaint((2,)) or result.err}"
        (folder / "short").write_bytes(b"short\n")
        result = kit.run([context.clawc, "audit", "--facts", "x", "--facts-key", "short", "-"], folder,
                         env=kit.environment("/nonexistent"))
        return result.complaint((3,))


def tasks(context):
    yield kit.test("facts/thousand", lambda: check_many(context))
    yield kit.test("facts/refused", lambda: check_refused(context))
    for case in sorted((context.root / "testdata" / "fleet").glob("*/fleet.json")):
        yield kit.test(f"facts/{case.parent.name}", lambda c=case.parent: check_case(context, c))
