"""Verdicts of the real config validator: testdata/vectors/validate-VERSION.jsonl (README.md there).

Each case is a directory with a config, the files that it includes and an environment; `check
--format json --resolved` must say of it what the gateway said:

    valid       the verdict
    startup     what the gateway's start does with a config that is refused
    paths       the set of the paths of its errors; below a channel of a version whose validator
                reports every branch of a union, one error at or below each is enough
    kinds       the kinds at these paths, with their details; one of a hundred may differ
    resolved    the config as it was loaded, where the vector has it
    repaired    what the start would write, where the vector has it: all of it, but for 2026.3.13 the
                defaults that its loader fills in and clawc does not print: there nothing that clawc
                writes may be missing from the vector

`startup` and `kind` are compared where the vector has them: `make gateway` does not record them.
One test a case and question; the kinds of a version are one test."""
import json
import os
import tempfile
from pathlib import Path

from . import kit
from .vectors import OLDEST, lines_of, same, show, versions

KINDS_THAT_MAY_DIFFER = 0.01
LISTED = ("keys", "allowed")  # as sets: their order is that of the gateway's own schema


def in_root(value, root):
    if isinstance(value, str):
        return value.replace("@ROOT@", str(root))
    if isinstance(value, list):
        return [in_root(item, root) for item in value]
    if isinstance(value, dict):
        return {in_root(key, root): in_root(item, root) for key, item in value.items()}
    return value


def source_of(vector, root):
    if "source_b64" in vector:
        import base64
        return base64.b64decode(vector["source_b64"])
    text = in_root(vector["source"], root)
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode("utf-8")


def write(path, content, root):
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, dict):
        content = content["fill"] * content["times"]
    path.write_text(in_root(content, root), encoding="utf-8", newline="")


def set_up(vector, root):
    state = root / "state"
    state.mkdir()
    (root / "home").mkdir()
    (state / "openclaw.json").write_bytes(source_of(vector, root))
    for name, content in vector.get("files", {}).items():
        write(Path(os.path.normpath(state / name)), content, root)
    for name, target in vector.get("links", {}).items():
        path = Path(os.path.normpath(state / name))
        path.parent.mkdir(parents=True, exist_ok=True)
        os.symlink(in_root(target, root), path)
    for name, target in vector.get("hardlinks", {}).items():
        path = Path(os.path.normpath(state / name))
        path.parent.mkdir(parents=True, exist_ok=True)
        os.link(Path(os.path.normpath(state / in_root(target, root))), path)
    return state / "openclaw.json"


def environment(vector, root):
    env = {"HOME": f"{root}/home", "OPENCLAW_STATE_DIR": f"{root}/state", "PATH": "/usr/bin:/bin",
           "OPENCLAW_CONFIG_PATH": f"{root}/state/openclaw.json", "TZ": "UTC"}
    env.update(in_root(vector.get("env", {}), root))
    return [word for name, value in env.items() for word in ("--env", f"{name}={value}")]


def ask(context, version, vector, root):
    config = set_up(vector, root)
    words = [context.clawc, "check", "--format", "json", "--resolved", "--gateway", version,
             *environment(vector, root), config]
    result = kit.run(words, root)
    return result.complaint((0, 1, 2)), result


def at_or_below(path, outer):
    return path == outer or path.startswith(outer + ".") or outer == ""


def near(path, paths):
    return any(at_or_below(path, p) or at_or_below(p, path) for p in paths)


def channel_union(version, path, vector):
    """A place below a channel where a failing union reported each of its branches."""
    return (version != OLDEST and path.startswith("channels.") and path.count(".") >= 1
            and any(e.get("kind") in ("channel_schema", "invalid_type") for e in vector["errors"]
                    if e["path"].startswith("channels.")))


def paths_differ(version, vector, answer):
    wanted = {e["path"] for e in vector["errors"]}
    found = {e["path"] for e in answer["errors"]}
    missing = {p for p in wanted - found
               if not (channel_union(version, p, vector) and near(p, found))}
    extra = {p for p in found - wanted
             if not (channel_union(version, p, vector) and near(p, wanted))}
    if not missing and not extra:
        return None
    return f"not reported: {sorted(missing)}\nnot the gateway's: {sorted(extra)}"


def comparable(error):
    item = {key: value for key, value in error.items()
            if key not in ("message", "location", "source", "path", "kind")}
    for key in LISTED:
        if key in item:
            item[key] = sorted(item[key])
    return item


def kind_differs(version, expected, errors, vector):
    """None when one of the errors at the path is of that kind, with its details."""
    here = [e for e in errors if e["path"] == expected["path"]]
    if not here and channel_union(version, expected["path"], vector):
        return None
    same_kind = [e for e in here if e["kind"] == expected["kind"]]
    if any(same(comparable(e), {**comparable(e), **comparable(expected)}) for e in same_kind):
        return None
    if channel_union(version, expected["path"], vector) and expected["kind"] == "channel_schema":
        return None
    shown = [{k: v for k, v in e.items() if k not in ("message", "location")} for e in here]
    return f"-gateway {show(expected)}\n+clawc   {show(shown)}"


def lacks(wanted, found):
    """Whether something found is not wanted so: values are the same, objects may have more. The
    2026.3.13 writes the tilde of a path out."""
    if isinstance(found, dict):
        return not isinstance(wanted, dict) or any(
            key not in wanted or lacks(wanted[key], value) for key, value in found.items())
    if isinstance(found, list):
        return not isinstance(wanted, list) or len(wanted) != len(found) or any(
            lacks(w, f) for w, f in zip(wanted, found))
    if isinstance(found, str) and found.startswith("~"):
        return not (isinstance(wanted, str) and wanted.endswith(found[1:]))
    return not same(wanted, found)


def repaired_differs(version, wanted, found):
    differs = lacks(wanted, found) if version == OLDEST else not same(wanted, found)
    return f"-gateway {show(wanted)}\n+clawc   {show(found)}" if differs else None


def describe(vector):
    return kit.shorten(show(vector.get("source", vector.get("source_b64")))[:600])


def check_case(context, version, vector):
    """The failures of a case by question, and how many kinds there were and which differ."""
    with tempfile.TemporaryDirectory(prefix="clawc-validate-") as folder:
        root = Path(folder).resolve()
        complaint, result = ask(context, version, vector, root)
        if complaint:
            return {"valid": complaint}, 0, []
        answer = json.loads(result.out)
        vector = in_root(vector, root)
    failures = {"valid": None, "paths": paths_differ(version, vector, answer)}
    if answer["valid"] != vector["valid"]:
        failures["valid"] = f"gateway {vector['valid']}, clawc {answer['valid']}"
    startup = "accepted" if vector["valid"] else vector.get("startup", answer["startup"])
    failures["startup"] = (None if answer["startup"] == startup
                           else f"gateway {startup}, clawc {answer['startup']}")
    if "resolved" in vector:
        failures["resolved"] = (None if same(answer.get("resolved"), vector["resolved"]) else
                                f"-gateway {show(vector['resolved'])}\n"
                                f"+clawc   {show(answer.get('resolved'))}")
    if "repaired" in vector:
        failures["repaired"] = repaired_differs(version, vector["repaired"], answer.get("repaired"))
    differ = [d for d in (kind_differs(version, e, answer["errors"], vector)
                          for e in vector["errors"] if "kind" in e) if d]
    return failures, len(vector["errors"]), differ


def run_version(context, version, vectors):
    total, wrong = 0, []
    for vector in vectors:
        name = f"validate/{version}/{vector['id']}"
        failures, kinds, differ = check_case(context, version, vector)
        for question, failure in failures.items():
            text = None if failure is None else kit.shorten(
                f"{vector['group']}: {describe(vector)}\n{failure}")
            yield kit.Outcome(f"{name}/{question}", text)
        total += kinds
        wrong += [f"{vector['id']}\n{d}" for d in differ]
    too_many = len(wrong) > total * KINDS_THAT_MAY_DIFFER
    yield kit.Outcome(f"validate/{version}/kinds", kit.shorten(
        f"{len(wrong)} of {total}\n" + "\n".join(wrong)) if too_many else None)


def tasks(context):
    base = context.root / "testdata" / "vectors"
    for version in versions(base, "validate"):
        vectors = list(lines_of(base / f"validate-{version}.jsonl"))
        yield kit.Task(f"validate/{version}",
                       lambda v=version, lines=vectors: run_version(context, v, lines),
                       has_parts=True)
