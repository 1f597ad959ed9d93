"""The schema for editors, `clawc schema`, of every known version:

    meta        it is valid against the metaschema of JSON Schema
    valid       it takes the recorded configs that the gateway takes, as they were written
    invalid     it refuses those that the gateway refuses for a key, a type or a choice

and what it says of keys, rules/keys.yaml:

    stale       every entry is of a key that some version has
    described   every key that a rule names, in its texts or in its example, has an entry

Needs the Python package jsonschema (Debian: python3-jsonschema); without it there are no tests here,
and a line on standard error says so."""
import json
import re
import sys

from . import kit
from .vectors import lines_of, versions

# What the regular expressions of editors know and Python's do not: such a pattern takes anything here.
FOREIGN = re.compile(r"\\p\{")
# What an editor may mark in a config that is fine: a choice that is a variable, `$include` in place of
# a text, and what has no meaning to anybody but the gateway's loader.
FINE_ANYWAY = re.compile(r"__proto__|\$\{[A-Z]|:\s*\{\s*\$include[^}]*v\.json5|contextWindow")
# What no schema of the file alone can refuse: what other files hold, and what the gateway looks at
# apart from its schema: entries of MCP servers, names with blanks around them.
OUT_OF_REACH = re.compile(r'\$include|__proto__|servers:|" \w')
REFUSED_BY_SCHEMA = {"unrecognized_key", "invalid_type", "invalid_enum", "too_small", "too_big"}
PATH = re.compile(r"\b[A-Za-z]\w*(?:\.[A-Za-z0-9_*<>$-]+|\[\d*\])+")


def known_versions(context):
    paths = (context.root / "rules" / "gateways").glob("schema-*.json")
    return sorted(path.stem.removeprefix("schema-") for path in paths)


def printed(context, version):
    result = kit.run([context.clawc, "schema", "--gateway", version], context.root)
    if result.complaint((0,)):
        raise RuntimeError(result.complaint((0,)))
    return json.loads(result.out)


def check_meta(schema):
    from jsonschema import Draft202012Validator

    meta = Draft202012Validator(Draft202012Validator.META_SCHEMA)
    return "\n".join(f"{e.json_path}: {e.message[:300]}" for e in meta.iter_errors(schema)) or None


def validator_of(schema):
    from jsonschema import Draft202012Validator, validators

    def pattern(validator, wanted, instance, parent):
        if not FOREIGN.search(wanted):
            yield from Draft202012Validator.VALIDATORS["pattern"](validator, wanted, instance, parent)

    return validators.extend(Draft202012Validator, {"pattern": pattern})(schema)


# ---- recorded configs ----------------------------------------------------------------------------


def plain(value):
    """A value in the notation of `clawc parse` as JSON; what JSON lacks raises KeyError."""
    if not isinstance(value, dict):
        return value
    if "map" in value:
        return {plain(key): plain(item) for key, item in value["map"]}
    return [plain(item) for item in value["list"]]


def config_of(context, text):
    """A config as a person wrote it; None when it is not a JSON5 value that JSON can hold."""
    result = kit.run([context.clawc, "parse", "-"], context.root, text.encode("utf-8", "replace"))
    try:
        return plain(json.loads(result.out)) if result.code == 0 else None
    except KeyError:
        return None


def is_for_schema(vector):
    """Whether all that is wrong with a config is what a schema can see, in the file itself."""
    kinds = {error.get("kind") for error in vector["errors"]}
    return bool(kinds) and kinds <= REFUSED_BY_SCHEMA and not OUT_OF_REACH.search(vector["source"])


def check_vectors(context, version, schema):
    validator = validator_of(schema)
    for vector in lines_of(context.root / f"testdata/vectors/validate-{version}.jsonl"):
        if "source" not in vector or not (vector["valid"] or is_for_schema(vector)):
            continue
        config = config_of(context, vector["source"])
        if config is None or (vector["valid"] and FINE_ANYWAY.search(vector["source"])):
            continue
        name = f"editors/{version}/{'valid' if vector['valid'] else 'invalid'}/{vector['id']}"
        first = next(validator.iter_errors(config), None)
        failure = None
        if vector["valid"] and first:
            failure = f"{first.json_path}: {first.message[:300]}"
        elif not vector["valid"] and not first:
            failure = f"it takes what the gateway refuses: {vector['errors']}"
        yield kit.Outcome(name, failure and f"{vector['source'][:600]}\n{failure}")


# ---- words ---------------------------------------------------------------------------------------


class Walk:
    """What a schema has at a path: every place that could be meant."""

    def __init__(self, schema):
        self.defs = schema["$defs"]
        self.root = schema["$ref"]

    def resolved(self, place):
        while place and "$ref" in place:
            name = place["$ref"].removeprefix("#/$defs/")
            name = re.sub("%([0-9A-F]{2})", lambda m: chr(int(m[1], 16)), name)
            place = self.defs[name.replace("~1", "/").replace("~0", "~")]
        return place

    def branches(self, place):
        place = self.resolved(place)
        yield place
        for key in ("anyOf", "allOf"):
            for branch in place.get(key, ()):
                yield from self.branches(branch)
        for key in ("then", "else"):
            if key in place:
                yield from self.branches(place[key])

    def step(self, place, name):
        for branch in self.branches(place):
            if name == "*":
                yield from branch.get("properties", {}).values()
            elif name in branch.get("properties", {}):
                yield branch["properties"][name]
                continue
            for key in ("additionalProperties", "items"):
                if isinstance(branch.get(key), dict):
                    yield branch[key]

    def at(self, names):
        places = [{"$ref": self.root}]
        for name in names:
            places = [found for place in places for found in self.step(place, name)]
            unique = {json.dumps(place, sort_keys=True): place for place in places}
            places = list(unique.values())
        return places


def names_of(path):
    path = re.sub(r"<[^>]*>", "*", re.sub(r"\[\d*\]", ".*", path))
    return path.strip(".").split(".")


def paths_in(value, names=()):
    """The paths of all keys of a config."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*names, key)
            yield from paths_in(item, (*names, key))
    elif isinstance(value, list):
        for item in value:
            yield from paths_in(item, (*names, "*"))


def is_described(walks, names):
    """None when no version has the key."""
    places = [place for walk in walks for place in walk.at(names)]
    if not places:
        return None
    return any("title" in place and "description" in place for place in places)


def check_rule(context, walks, rule):
    """The keys that a rule names, and of which nothing is said."""
    text = json.dumps({key: rule.get(key, "") for key in ("title", "why", "fix", "message")})
    page = context.root / "docs" / "rules" / (re.sub("[<>]", "", rule["id"]) + ".md")
    text += page.read_text(encoding="utf-8") if page.exists() else ""
    named = {tuple(names_of(path)) for path in PATH.findall(text) if path != rule["id"]}
    for part in ("before", "after", "beside"):
        source = rule.get("example", {}).get(part)
        config = config_of(context, source) if source else None
        named.update(paths_in(config) if isinstance(config, dict) else ())
    missing = sorted({".".join(names) for names in named if is_described(walks, names) is False})
    return "not in rules/keys.yaml: " + ", ".join(missing) if missing else None


def described_tasks(context, walks):
    result = kit.run([context.clawc, "rules", "--format", "json"], context.root)
    for rule in json.loads(result.out)["rules"]:
        yield kit.Outcome(f"editors/described/{rule['id']}", check_rule(context, walks, rule))


def entries(context):
    """The paths of rules/keys.yaml, short forms spelled out."""
    text = (context.root / "rules" / "keys.yaml").read_text(encoding="utf-8")
    short = {name: paths.split(", ") for name, paths in
             re.findall(r"^  ([A-Z]+): \[(.*)\]$", text, re.MULTILINE)}
    for key in re.findall(r"^  ([^\s#].*):$", text, re.MULTILINE):
        first, dot, rest = key.partition(".")
        yield key, [path + dot + rest for path in short.get(first, [first])]


def check_stale(context, walks):
    stale = [key for key, paths in entries(context)
             if not any(walk.at(path.split(".")) for walk in walks for path in paths)]
    return "no version has: " + ", ".join(stale) if stale else None


def version_tasks(context, version):
    schema = printed(context, version)
    yield kit.Outcome(f"editors/{version}/meta", check_meta(schema))
    if version in versions(context.root / "testdata" / "vectors", "validate"):
        yield from check_vectors(context, version, schema)


def word_tasks(context):
    walks = [Walk(printed(context, version)) for version in known_versions(context)]
    yield kit.Outcome("editors/stale", check_stale(context, walks))
    yield from described_tasks(context, walks)


def tasks(context):
    try:
        import jsonschema  # noqa: F401
    except ImportError:
        print("editors: not checked, the Python package jsonschema is missing", file=sys.stderr)
        return
    for version in known_versions(context):
        yield kit.Task(f"editors/{version}", lambda v=version: version_tasks(context, v),
                       has_parts=True)
    yield kit.Task("editors/words", lambda: word_tasks(context), has_parts=True)
