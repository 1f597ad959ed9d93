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


def audit(context, folder, facts, words, options=()):
    (folder / "key").write_bytes(KEY)
    return kit.run([context.clawc, "audit", "--format", "json", "--facts", facts, "--facts-key",
                    folder / "key", *options, *words], words_cwd(words, folder),
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


# ---- machines --------------------------------------------------------------------------------------


HOST_CONFIG = """{
  meta: { lastTouchedVersion: "2026.9.6" },
  gateway: { port: 18789, auth: { mode: "token", token: "token-of-both-machines" } },
  agents: { defaults: { workspace: "/srv/ws" } },
  channels: { telegram: { botToken: "100001:%s" } },
}
"""


def compose_of(i):
    return f"""name: same
services:
  law:
    image: ghcr.io/openclaw/openclaw:2026.9.6
    networks: [inside]
    ports: ['18789:18789']
    mem_limit: 2g
    volumes: ['/srv/law:/home/node/.openclaw', '/var/run/docker.sock:/var/run/docker.sock']
    environment: {{ OPENCLAW_GATEWAY_TOKEN: one-for-both, PEER: 'http://tax{i}:18789/hooks/agent' }}
  tax{i}:
    image: ghcr.io/openclaw/openclaw:2026.9.6
    networks: [inside]
    mem_limit: 2g
    volumes: ['/srv/law:/kb']
    environment: {{ OPENCLAW_GATEWAY_TOKEN: token-of-tax-{i} }}
networks: {{ inside: {{}} }}
"""


def kinds_of(report):
    """(rule, gateways) of what was found in several gateways."""
    return sorted((f["id"].removeprefix("fleet."), tuple(f["subjects"]["gateways"]), f["subjects"]["resource"])
                  for f in report["findings"] if "resource" in f["subjects"] and len(f["subjects"]["gateways"]) > 1)


def check_machines(context):
    """Two machines that are set up alike share their credentials, and nothing else."""
    with tempfile.TemporaryDirectory(prefix="clawc-facts-") as name:
        folder = Path(name).resolve()
        for i in (1, 2):
            place = folder / str(i) / ".openclaw"
            place.mkdir(parents=True)
            (place / "openclaw.json").write_text(HOST_CONFIG % (str(i) * 35), encoding="utf-8")
            (folder / str(i) / "compose.yaml").write_text(compose_of(i), encoding="utf-8")
            words = ["compose.yaml", ".openclaw/openclaw.json"]
            for label, options in ((f"nas{i}", ["--host", f"nas{i}"]), (f"plain{i}", [])):
                complaint = audit(context, folder / str(i), folder / f"{label}.jsonl", words,
                                  options).complaint((0, 1, 2))
                if complaint:
                    return complaint
        joined = join(context, folder, ["nas1.jsonl", "nas2.jsonl", "--host-ram", "3"])
        complaint = joined.complaint((1,))
        if complaint:
            return complaint
        found = kinds_of(json.loads(joined.out))
        both = [f for f in found if f[0] == "ram-overcommit"]
        if [f[1] for f in both] != [("nas1/law", "nas1/openclaw", "tax1"),
                                    ("nas2/law", "nas2/openclaw", "tax2")]:
            return f"the memory of two machines was put together: {both}"
        across = [f for f in found if any("1" in g for g in f[1]) and any("2" in g for g in f[1])]
        expected = [("duplicate-gateway-token", ("nas1/law", "nas2/law")),
                    ("duplicate-gateway-token", ("nas1/openclaw", "nas2/openclaw"))]
        if [f[:2] for f in across] != expected:
            return f"expected {expected}, found {across}"
        inside = [f for f in found if f[1] == ("nas1/law", "tax1") and f[0] == "shared-state-dir"]
        if [f[2] for f in inside] != ["nas1:/srv/law"]:
            return f"what is shared on one machine is not found: {found}"
        whole = join(context, folder, ["plain1.jsonl", "nas2.jsonl"])
        if whole.complaint((1,)):
            return whole.complaint((1,))
        refused = join(context, folder, ["plain1.jsonl", "plain2.jsonl"])
        if refused.complaint((2,)) or b"called law" not in refused.err:
            return f"one machine: {refused.complaint((2,)) or refused.err}"
        for label in ("", "a b", "x" * 65, "a/b"):
            bad = audit(context, folder / "1", "x", ["compose.yaml"], ["--host", label])
            if bad.complaint((3,)):
                return f"--host {label!r}: {bad.complaint((3,))}"
    return None


def commented(i, comments):
    return ("{\n  meta: { lastTouchedVersion: \"2026.9.6\" },\n  gateway: { port: %d, auth: {\n%s      token: \"one-token-for-both\" } },\n"
            "  agents: { defaults: { workspace: \"/srv/ws%d\" } },\n}\n" % (18000 + 100 * i, comments, i))


def check_comments(context):
    """What a comment in a config accepts is accepted in a join, too, and not said to be without effect
    before; a comment that nothing answers to is told of by the join alone."""
    with tempfile.TemporaryDirectory(prefix="clawc-facts-") as name:
        folder = Path(name).resolve()
        texts = {"1": "      // clawc-ignore fleet.duplicate-gateway-token: one operator, agreed on\n",
                 "2": "      // clawc-ignore fleet.port-spacing: nothing to say\n"}
        for part, comment in texts.items():
            (folder / part).mkdir()
            (folder / part / "openclaw.json").write_text(commented(int(part), comment), encoding="utf-8")
        files = [f"{part}/openclaw.json" for part in texts]
        (folder / "key").write_bytes(KEY)
        whole = kit.run([context.clawc, "audit", "--format", "json", "--facts-key", "key", *files], folder,
                        env=kit.environment("/nonexistent"))
        for part, file in zip(texts, files):
            result = audit(context, folder, f"{part}.jsonl", [file])
            complaint = result.complaint((0, 1))
            if not complaint and b"suppress.unmatched" in result.out:
                complaint = "a part says that its comment has no effect"
            if complaint:
                return complaint
        joined = join(context, folder, [f"{part}.jsonl" for part in texts])
        complaint = whole.complaint((0, 1)) or joined.complaint((0, 1))
        if complaint:
            return complaint
        whole, joined = json.loads(whole.out), json.loads(joined.out)
        told = [[(f["id"], f["location"]) for f in r["findings"] if f["id"].startswith("suppress.")] for r in (whole, joined)]
        if told[0] != told[1] or len(told[0]) != 1:
            return f"comments without effect: {told}"
        accepted = [[(f["id"], f["location"], f["subjects"]) for f in r["suppressed"] if f["id"].startswith("fleet")]
                    for r in (whole, joined)]
        if accepted[0] != accepted[1] or len(accepted[0]) != 1:
            return f"accepted: {accepted}"
        return difference(findings(whole), findings(joined))


def check_pair_rules(context):
    """A rule about two gateways is not silently absent."""
    with tempfile.TemporaryDirectory(prefix="clawc-facts-") as name:
        folder = Path(name)
        case = context.root / "testdata" / "fleet" / "05-clean-cells"
        complaint = audit(context, folder, folder / "facts.jsonl",
                          ["--fleet", str(case / "fleet.json")]).complaint((0, 1))
        (folder / "rules").mkdir()
        (folder / "rules" / "house.pair.yaml").write_text(
            "id: house.pair\ntitle: t\nfamily: fleet\nseverity: info\nfor: gateway_pair\n"
            "when: gateway_pair.a.port == 1\nmessage: m\nfix: f\n", encoding="utf-8")
        result = join(context, folder, ["facts.jsonl", "--rules", "rules"])
        complaint = complaint or result.complaint((0, 1))
        if complaint:
            return complaint
        said = [u["id"] for u in json.loads(result.out)["undecided"]]
        return None if "house.pair" in said else f"not said: {said}"


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
        (folder / "cut.jsonl").write_text(line + "\n", encoding="utf-8")
        result = join(context, folder, ["cut.jsonl"])
        if result.complaint((2,)) or b"lines are missing" not in result.err:
            return f"a file that was cut off: {result.complaint((2,)) or result.err}"
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
    yield kit.test("facts/machines", lambda: check_machines(context))
    yield kit.test("facts/comments", lambda: check_comments(context))
    yield kit.test("facts/pairs", lambda: check_pair_rules(context))
    for case in sorted((context.root / "testdata" / "fleet").glob("*/fleet.json")):
        yield kit.test(f"facts/{case.parent.name}", lambda c=case.parent: check_case(context, c))
