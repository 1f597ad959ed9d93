"""Recorded answers: testdata/vectors/ (its README.md has the formats).

    route-VERSION.jsonl     every query of every config, by `route CONFIG --batch` and, after
                            `compile`, by `route --table FILE --batch`; one test a config and way
    json5/                  every text by `parse`; one test each
    access-VERSION.jsonl    every line by `access --batch`; the gateway's findings about direct
                            messages (kind dm-audit) by `audit`, too; one test each
    tools-VERSION.jsonl     every value of every line by `tools --format json`; one test each
    cel.jsonl               every line of REQUIRED_CEL by `eval --batch`; one test each"""
import json
import re
import tempfile
from pathlib import Path

from . import kit

OLDEST = "2026.3.13"  # the one whose roster is a list
REQUIRED_CEL = ("basic comparisons conversions fields fp_math integer_math lists logic macros "
                "namespace parse plumbing string type_deduction macros2 optionals string_ext math_ext "
                "bindings_ext encoders_ext").split()
NEEDS_TIME = re.compile(r"timestamp\(|duration\(|google\.protobuf\.(Timestamp|Duration)")
VARIABLE = re.compile(r"\$\{([A-Z_][A-Z0-9_]*)\}")


def versions(base, kind):
    """The gateway versions that have vectors of a kind, oldest first."""
    found = [path.name[len(kind) + 1:-len(".jsonl")] for path in base.glob(f"{kind}-*.jsonl")]
    return sorted(found, key=lambda version: [int(n) for n in re.findall(r"\d+", version)])


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def same(a, b):
    """Equality of JSON values: True is not 1, the order of keys does not matter."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return float(a) == float(b)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


def show(value):
    return json.dumps(value, ensure_ascii=False)


# ---- route -----------------------------------------------------------------------------------------


def answers_differ(queries, output):
    """The queries that were answered otherwise than the gateway did, as a text or None."""
    answers = output.decode("utf-8").splitlines()
    if len(answers) != len(queries):
        return f"{len(queries)} queries, {len(answers)} answers"
    wrong = []
    for query, line in zip(queries, answers):
        answer = json.loads(line)
        if not same(answer, query["out"]):
            wrong.append(f"query    {show(query['in'])}\n-gateway {show(query['out'])}\n"
                         f"+clawc   {show(answer)}")
    return kit.shorten(f"{len(wrong)} of {len(queries)}\n" + "\n".join(wrong)) if wrong else None


def config_text(vector):
    return vector["configText"] if "configText" in vector else json.dumps(vector["config"])


def route_batch(context, folder, words, queries):
    lines = "".join(json.dumps(query["in"]) + "\n" for query in queries)
    result = kit.run([context.clawc, "route", *words, "--batch"], folder, lines.encode())
    return result.complaint((0,)) or answers_differ(queries, result.out)


def compile_and_route(context, folder, words, queries):
    result = kit.run([context.clawc, "compile", *words, "--no-audit", "-o", "t.clawt"], folder)
    complaint = result.complaint((0,))
    if complaint:
        return f"compile: {complaint}"
    return route_batch(context, folder, ["--table", "t.clawt"], queries)


def route_vector(context, name, vector):
    text = config_text(vector)
    with tempfile.TemporaryDirectory(prefix="clawc-route-") as folder:
        Path(folder, "openclaw.json").write_text(text, encoding="utf-8")
        words = ["openclaw.json", "--gateway", vector["version"]]
        for variable in sorted(set(VARIABLE.findall(text))):
            words += ["--env", f"{variable}=dummy-value"]
        queries = vector["queries"]
        yield kit.Outcome(f"{name}/config", route_batch(context, folder, words, queries))
        yield kit.Outcome(f"{name}/table", compile_and_route(context, folder, words, queries))


def route_tasks(context, base):
    for version in versions(base, "route"):
        for vector in lines_of(base / f"route-{version}.jsonl"):
            name = f"vectors/route/{version}/{vector['id']}"
            yield kit.Task(name, lambda n=name, v=vector: route_vector(context, n, v))


# ---- access --------------------------------------------------------------------------------------

DM_FINDING = re.compile(r"channels\.([^.]+\.dm\.|[^.]+\.routing\.owner_missing\.|"
                        r"dm\.session_collision\.)")
SHARED = re.compile(r'(?P<people>\d+) senders (?P<possible>can )?.* of agent "(?P<agent>[^"]*)"')


def on_config(context, vector, words):
    """Runs clawc on a vector's config (standard input) with the vector's whole environment."""
    words = [context.clawc, *words, "-", "--gateway", vector["version"], "--env", "HOME=/nonexistent"]
    for name, value in vector["input"].get("env", {}).items():
        words += ["--env", f"{name}={value}"]
    config = json.dumps(vector["input"]["config"]).encode()
    return kit.run(words, context.root, config)


def recorded_finding(finding):
    return (finding["checkId"], finding["severity"], finding.get("principals"),
            finding.get("agent"), finding.get("possible"))


def our_finding(finding):
    shared = SHARED.match(finding["message"]) if "session_collision" in finding["id"] else None
    details = (int(shared["people"]), shared["agent"], bool(shared["possible"])) if shared else (
        None, None, None)
    return (finding["id"], finding["severity"], *details)


def check_dm_audit(context, vector):
    result = on_config(context, vector, ["audit", "--format", "json"])
    complaint = result.complaint((0, 1, 2))
    if complaint:
        return complaint
    ours = sorted((our_finding(f) for f in json.loads(result.out)["findings"]
                   if DM_FINDING.match(f["id"])), key=repr)
    recorded = sorted(map(recorded_finding, vector["expect"]["findings"]), key=repr)
    if ours == recorded:
        return None
    return f"{show(vector['input']['config'])}\n-gateway {show(recorded)}\n+clawc   {show(ours)}"


def access_batch(context, version, vectors):
    """Every line but its answer goes in; one outcome a line."""
    lines = "".join(json.dumps({k: v[k] for k in v if k != "expect"}) + "\n" for v in vectors)
    result = kit.run([context.clawc, "access", "--batch"], context.root, lines.encode())
    answers = result.out.decode("utf-8").splitlines()
    complaint = result.complaint((0,))
    if not complaint and len(answers) != len(vectors):
        complaint = f"{len(vectors)} lines, {len(answers)} answers"
    if complaint:
        yield kit.Outcome(f"vectors/access/{version}", complaint)
        return
    for vector, line in zip(vectors, answers):
        wanted = {"id": vector["id"], "expect": vector["expect"]}
        differences = list(values_differ("", json.loads(line), wanted))
        text = kit.shorten(f"{show(vector['input'])}\n" + "\n".join(differences))
        yield kit.Outcome(f"vectors/access/{version}/{vector['id']}", text if differences else None)


def access_tasks(context, base):
    for version in versions(base, "access"):
        vectors = list(lines_of(base / f"access-{version}.jsonl"))
        yield kit.Task(f"vectors/access/{version}",
                       lambda n=version, v=vectors: access_batch(context, n, v), has_parts=True)
        for vector in vectors:
            # A config that the gateway refuses has no findings; `check` is what says so.
            if vector["kind"] == "dm-audit" and "invalid" not in vector["expect"]:
                yield kit.test(f"vectors/access/{version}/{vector['id']}/audit",
                               lambda v=vector: check_dm_audit(context, v))


# ---- tools ---------------------------------------------------------------------------------------


def values_differ(path, ours, recorded):
    """The values of two answers that are not the same, each as a line."""
    if isinstance(ours, dict) and isinstance(recorded, dict):
        for key in sorted(ours.keys() | recorded.keys()):
            missing = [name for name, value in (("clawc", ours), ("gateway", recorded))
                       if key not in value]
            if missing:
                yield f"{path}.{key}: not in the answer of {missing[0]}"
            else:
                yield from values_differ(f"{path}.{key}", ours[key], recorded[key])
    elif not same(ours, recorded):
        yield f"{path}\n-gateway {show(recorded)}\n+clawc   {show(ours)}"


def check_tools(context, version, vector):
    words = [context.clawc, "tools", "-", "--gateway", version, "--format", "json", "--quiet"]
    result = kit.run(words, context.root, json.dumps(vector["config"]).encode())
    complaint = result.complaint((0,))
    if complaint:
        return complaint
    ours = json.loads(result.out)["agents"]
    differences = list(values_differ("", ours, vector["agents"]))
    if not differences and list(ours) != list(vector["agents"]):
        differences = [f"the agents are in another order: {list(ours)}"]
    if not differences:
        return None
    return kit.shorten(f"{show(vector['config'])}\n" + "\n".join(differences))


def tools_tasks(context, base):
    for version in versions(base, "tools"):
        for vector in lines_of(base / f"tools-{version}.jsonl"):
            yield kit.test(f"vectors/tools/{version}/{vector['id']}",
                           lambda v=vector, n=version: check_tools(context, n, v))


# ---- json5 -----------------------------------------------------------------------------------------


def check_parse(context, vector, raw):
    with tempfile.TemporaryDirectory(prefix="clawc-parse-") as folder:
        Path(folder, "input").write_bytes(raw)
        result = kit.run([context.clawc, "parse", "input"], folder)
    complaint = result.complaint((0,) if vector["accept"] else (2,))
    if complaint:
        return complaint
    if vector["accept"] and "value_omitted" in vector:
        return None
    printed = json.loads(result.out)
    expected = vector.get("value")
    if not vector["accept"]:
        expected = {"error": {key: vector[key] for key in ("message", "line", "column")}}
    if same(printed, expected):
        return None
    return kit.shorten(f"input    {raw[:200]!r}\n-gateway {show(expected)}\n+clawc   {show(printed)}")


def json5_tasks(context, base):
    for vector in lines_of(base / "json5" / "expected.jsonl"):
        raw = (base / "json5" / vector["file"]).read_bytes()
        yield kit.test(f"vectors/json5/{vector['file']}",
                       lambda v=vector, r=raw: check_parse(context, v, r))
    for number, vector in enumerate(lines_of(base / "json5" / "edge.jsonl"), 1):
        raw = vector["text"].encode("utf-8")
        yield kit.test(f"vectors/json5/edge/{vector['topic']}/{number}",
                       lambda v=vector, r=raw: check_parse(context, v, r))


# ---- cel -------------------------------------------------------------------------------------------


def same_typed(a, b):
    """Equality of two typed values: kinds must match, NaN matches NaN, maps have no order."""
    if a.get("t") != b.get("t"):
        return False
    x, y = a.get("v"), b.get("v")
    if a["t"] == "list":
        return len(x) == len(y) and all(map(same_typed, x, y))
    if a["t"] == "map":
        return len(x) == len(y) and all(
            any(same_typed(key, k) and same_typed(value, v) for k, v in y) for key, value in x)
    return same(x, y)


def check_cel(vector, answer):
    expected = vector["expect"]
    if "error" in expected:
        fits = "error" in answer
    else:
        fits = "value" in answer and same_typed(expected["value"], answer["value"])
    if fits:
        return None
    return f"{vector['expr']}\nexpected {show(expected)}\nanswer   {show(answer)}"


def cel_vectors(context, vectors):
    lines = "".join(json.dumps(vector) + "\n" for vector in vectors)
    result = kit.run([context.clawc, "eval", "--batch"], context.root, lines.encode())
    answers = result.out.decode("utf-8").splitlines()
    complaint = result.complaint((0,))
    if not complaint and len(answers) != len(vectors):
        complaint = f"{len(vectors)} expressions, {len(answers)} answers"
    if complaint:
        yield kit.Outcome("vectors/cel", complaint)
        return
    for number, (vector, line) in enumerate(zip(vectors, answers), 1):
        name = f"vectors/cel/{vector['file']}/{vector['section']}/{vector['name']}/{number}"
        yield kit.Outcome(name, check_cel(vector, json.loads(line)))


def cel_tasks(context, base):
    vectors = [v for v in lines_of(base / "cel.jsonl")
               if v["file"] in REQUIRED_CEL and not NEEDS_TIME.search(json.dumps(v))]
    yield kit.Task("vectors/cel", lambda: cel_vectors(context, vectors), has_parts=True)


def tasks(context):
    base = context.root / "testdata" / "vectors"
    yield from route_tasks(context, base)
    yield from access_tasks(context, base)
    yield from tools_tasks(context, base)
    yield from json5_tasks(context, base)
    yield from cel_tasks(context, base)
