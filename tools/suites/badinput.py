"""Bad input: configs where a value has a type that nobody meant, and files that are no configs.

    testdata/badinput/*.json5       rich configs; every value in turn is replaced by one of each other
                                    JSON type. Whatever it is, `audit`, `route` and `compile` must end
                                    with a code of 0 to 3, and where the gateway wants another type
                                    `audit` must report an error that is on the line of that value.
    testdata/badinput/lenient.txt   lines `PATTERN TYPE...`: where a wrong type need not be an error.
                                    `*` in a pattern stands for one name or index, `**` for any.

Then generated files: hostile sizes and depths, which must be dealt with in bounded time."""
import json
import re
import shutil
import tempfile
import time
from pathlib import Path

from . import kit

REPLACEMENTS = {"null": None, "boolean": True, "number": 7, "string": "text", "array": [],
                "object": {}}
PLACEHOLDER = "\u2020here\u2020"
BATCH = 60  # files audited by one process
PATIENCE = 20  # seconds for one run, with sanitizers on a busy machine
READABLE = 100000  # bytes of a report for people, whatever the config


def kind_of(value):
    for kind, types in (("null", type(None)), ("boolean", bool), ("number", (int, float)),
                        ("string", str), ("array", list), ("object", dict)):
        if isinstance(value, types):
            return kind
    raise TypeError(value)


def plain(notation):
    """The value that `clawc parse` printed."""
    if isinstance(notation, dict) and "map" in notation:
        return {key: plain(value) for key, value in notation["map"]}
    if isinstance(notation, dict) and "list" in notation:
        return [plain(value) for value in notation["list"]]
    return notation


def places(value, path=()):
    """The path of every value below this one."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(
        value, list) else ()
    for key, child in items:
        yield (*path, key), child
        yield from places(child, (*path, key))


def replaced(value, path, new):
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], new)
    return copy


def mutant(config, path, kind):
    """The text of a config with another value at the path, a value a line, and that line."""
    text = json.dumps(replaced(config, path, PLACEHOLDER), indent=1, ensure_ascii=False)
    before, _, after = text.partition(json.dumps(PLACEHOLDER, ensure_ascii=False))
    return before + json.dumps(REPLACEMENTS[kind]) + after, before.count("\n") + 1


def read_lenient(path):
    rules = []
    for line in path.read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].split()
        if words:
            pattern = re.escape(words[0]).replace(r"\*\*", ".*").replace(r"\*", "[^/]*")
            rules.append((re.compile(pattern), set(words[1:])))
    return rules


def is_lenient(rules, path, kind):
    text = "/".join(map(str, path))
    return any(kind in kinds and pattern.fullmatch(text) for pattern, kinds in rules)


class Mutants:
    """All mutants of a config, as files of a folder."""

    def __init__(self, context, source, folder):
        self.context, self.folder = context, Path(folder)
        result = kit.run([context.clawc, "parse", source], context.root)
        self.config = plain(json.loads(result.out))
        self.list = [(path, kind) for path, value in places(self.config)
                     for kind in REPLACEMENTS if kind != kind_of(value)]
        self.lines = {}
        for number, (path, kind) in enumerate(self.list):
            text, line = mutant(self.config, path, kind)
            self.lines[self.name(number)] = line
            (self.folder / self.name(number)).write_text(text, encoding="utf-8")

    @staticmethod
    def name(number):
        return f"{number}.json"

    def label(self, number):
        path, kind = self.list[number]
        return f"{'/'.join(map(str, path))} is {kind}"

    def audit(self, numbers, lenient):
        """What is wrong with how these were audited, in lines."""
        names = [self.name(n) for n in numbers]
        result = kit.run([self.context.clawc, "audit", "--each", "--format", "json", *names],
                         self.folder)
        complaint = result.complaint((0, 1, 2))
        if complaint:
            return [f"{self.label(numbers[0])} to {self.label(numbers[-1])}: {complaint}"]
        reported = {}
        for error in json.loads(result.out)["errors"]:
            reported.setdefault(error["file"], set()).add(error["location"]["start"]["line"])
        return [f"{self.label(n)}: no error on its line" for n in numbers
                if not is_lenient(lenient, *self.list[n])
                and self.lines[self.name(n)] not in reported.get(self.name(n), ())]

    def use(self, number, command):
        words = {"route": ["route", self.name(number), "--channel", "telegram"],
                 "compile": ["compile", self.name(number), "-o", f"{number}.clawt"]}[command]
        complaint = kit.run([self.context.clawc, *words, "--quiet"],
                            self.folder).complaint((0, 1, 2))
        return [f"clawc {command}, {self.label(number)}: {complaint}"] if complaint else []


def check_types(context, source):
    lenient = read_lenient(context.root / "testdata" / "badinput" / "lenient.txt")
    with tempfile.TemporaryDirectory(prefix="clawc-bad-") as folder:
        mutants = Mutants(context, source, folder)
        numbers = range(len(mutants.list))
        wrong = []
        for first in range(0, len(numbers), BATCH):
            wrong += mutants.audit(numbers[first:first + BATCH], lenient)
        for number in numbers[::3]:
            wrong += mutants.use(number, "route" if number % 2 else "compile")
    return kit.shorten(f"{len(wrong)} of {len(numbers)}\n" + "\n".join(wrong)) if wrong else None


# ---- sizes and depths ------------------------------------------------------------------------------


def listed(n, item):
    return ",\n".join(item(i) for i in range(n))


def binding(i, account="", more=""):
    return (f'{{agentId: "a", match: {{channel: "telegram", accountId: "{account or f"u{i}"}", '
            f'peer: {{kind: "direct", id: "{i}"}}}}}}{more}')


HOSTILE = {
    "deep": lambda: "[" * 100000 + "]" * 100000,
    "deep-unclosed": lambda: '{"a":[' * 100000,
    "deep-channel": lambda: "{channels: {telegram: " + "[" * 100000 + "]" * 100000 + "}}",
    "deep-session": lambda: "{session: " + "{a:" * 50000 + "1" + "}" * 50001,
    "deep-binding": lambda: "{bindings: [{agentId: " + "[" * 50000 + "]" * 50000 + "}]}",
    "keys": lambda: "{" + listed(300000, lambda i: f"k{i}: 1") + "}",
    "same-key": lambda: "{" + listed(300000, lambda i: "k: 1") + "}",
    "long-string": lambda: '{agents: {list: [{id: "b"}]}, bindings: [{agentId: "' + "y" * 5000000
                           + '", match: {channel: "telegram"}}]}',
    "long-key": lambda: "{agents: {entries: {'" + "y" * 5000000 + "': []}}}",
    "long-id": lambda: "{agents: {list: [{id: 'b'}, {id: '" + "y" * 5000000 + "'}]}}",
    "same-agent": lambda: "{agents: {list: [" + listed(50000, lambda i: '{id: "A"}') + "]}}",
    "accounts": lambda: "{channels: {telegram: {accounts: {" + listed(
        20000, lambda i: f't{i}: {{botToken: "secret-{i}", allowFrom: ["*"]}}') + "}}}}",
    "accounts-times-senders": lambda: "{channels: {telegram: {allowFrom: [" + listed(
        3000, str) + "], accounts: {" + listed(3000, lambda i: f"t{i}: {{}}") + "}}}}",
    "accounts-times-peers": lambda: (
        '{channels: {telegram: {dmPolicy: "open", allowFrom: ["*"], accounts: {'
        + listed(2000, lambda i: f"t{i}: {{}}") + "}}}, bindings: ["
        + listed(2000, lambda i: binding(i, "*")) + "]}"),
    "same-account": lambda: "{agents: {list: [{id: 'a'}, {id: 'B'}]}, channels: {telegram: {"
                            "accounts: {" + listed(20000, lambda i: f"t{i}: {{}}") + "}}}, "
                            "bindings: [" + listed(20000, binding) + "]}",
    "wrong-bindings": lambda: "{bindings: [" + listed(50000, str) + "]}",
    "ignored": lambda: "{bindings: [" + listed(20000, lambda i: binding(
        i, more=f" // clawc-ignore bindings.unknown_agent: {i}")) + "]}",
    "senders": lambda: "{channels: {telegram: {allowFrom: [" + listed(100000, str) + "]}}}",
    "variables": lambda: "{channels: {telegram: {allowFrom: [" + listed(
        50000, lambda i: f'"${{A{i}}}"') + "]}}}",
    "mistakes": lambda: "{" + "\n".join(f"k{i} 1" for i in range(50000)) + "}",
    "open-strings": lambda: '"\n' * 100000,
    "open-comments": lambda: "/*" * 100000,
    "keys-million": lambda: "{" + listed(1000000, lambda i: f"k{i}: 1") + "}",
    "old-variables": lambda: "{env: {" + listed(100000, lambda i: f'K{i}: "v"') + "}}",
    "old-memory": lambda: "{memorySearch: {" + listed(50000, lambda i: f"k{i}: 1")
                          + "}, memory: {search: {" + listed(50000, lambda i: f"j{i}: 1") + "}}}",
    "old-media": lambda: "{tools: {media: {image: {models: [" + listed(
        20000, lambda i: f'{{model: "m{i}"}}') + "]}}}}",
    "old-lists": lambda: "{tools: {allow: [" + listed(50000, lambda i: f'"a{i}"')
                         + "], alsoAllow: [" + listed(50000, lambda i: f'"b{i}"') + "]}}",
    "old-agents": lambda: "{agents: {list: [" + listed(
        20000, lambda i: f'{{id: "A {i}"}}') + "]}}",
    "old-rooms": lambda: "{channels: {discord: {guilds: {g: {channels: {" + listed(
        20000, lambda i: f'c{i}: {{agentId: "main"}}') + "}}}}}}",
    "old-signal": lambda: '{channels: {signal: {cliPath: "x", accounts: {' + listed(
        20000, lambda i: f'a{i}: {{account: "+{i}"}}') + "}}}}",
    "old-streaming": lambda: '{channels: {discord: {streamMode: "block", accounts: {' + listed(
        20000, lambda i: f'a{i}: {{chunkMode: "length"}}') + "}}}}",
    "old-models": lambda: "{agent: {allowedModels: [" + listed(20000, lambda i: f'"o/m{i}"')
                          + "], modelAliases: {" + listed(20000, lambda i: f'a{i}: "o/n{i}"') + "}}}",
    "old-routing": lambda: "{routing: {agents: {" + listed(
        20000, lambda i: f'a{i}: {{workspace: "~/{i}"}}') + "}}}",
    "old-paths": lambda: "{memory: {qmd: {paths: [" + listed(
        20000, lambda i: f'{{path: "/p{i}"}}') + "]}}}",
    "aliases": lambda: "{x: 1, agents: {defaults: {models: {" + listed(
        20000, lambda i: f'm{i}: {{alias: "m{i}"}}') + "}}}}",
    "nothing-but-secrets": lambda: "{" + "token: " * 100000,
}


def check_hostile(context, make):
    with tempfile.TemporaryDirectory(prefix="clawc-hostile-") as folder:
        Path(folder, "c.json5").write_text(make(), encoding="utf-8")
        for words in (["audit", "c.json5"], ["compile", "c.json5", "-o", "t"], ["parse", "c.json5"]):
            start = time.monotonic()
            result = kit.run([context.clawc, *words], folder)
            complaint = result.complaint((0, 1, 2))
            if complaint:
                return f"clawc {words[0]}: {kit.shorten(complaint)}"
            if time.monotonic() - start > PATIENCE:
                return f"clawc {words[0]} took {time.monotonic() - start:.0f} seconds"
            if words[0] == "audit" and len(result.out) > READABLE:
                return f"clawc {words[0]} printed {len(result.out)} bytes for people"
    return None


# ---- files that multiply ---------------------------------------------------------------------------

# name -> (files, arguments of `check`, code, what it must say)
BOMBS = {
    "include-repetition": ({**{f"f{i}.json5": "{$include: [" + listed(
        20, lambda _, i=i: f'"./f{i + 1}.json5"') + "]}" for i in range(10)}, "f10.json5": "{a: [1]}"},
        ["f0.json5"], 2, "include_limit"),
    "include-width": ({"c.json5": "{$include: [" + listed(20000, lambda i: '"./a.json5"') + "]}",
                       "a.json5": "{logging: {}}"}, ["c.json5"], 2, "include_limit"),
    "include-growth": ({"c.json5": "{x: {$include: [" + listed(5000, lambda i: '"./a.json5"')
                                   + "]}}", "a.json5": "[" + listed(10000, str) + "]"},
                       ["c.json5"], 2, "include_limit"),
    "include-depth": ({**{f"f{i}.json5": f'{{$include: "./f{i + 1}.json5"}}' for i in range(11)},
                       "f11.json5": "{}"}, ["f0.json5"], 2, "include_depth"),
    "variable-in-variable": ({"c.json5": '{env: {vars: {A: "${B}${B}", B: "x"}}, '
                                         'messages: {responsePrefix: "${A}"}}'},
                             ["c.json5"], 0, "variable A is not set"),
    "variable-growth": ({"c.json5": '{env: {vars: {A: "' + "x" * 1000000 + '"}}, messages: '
                                    '{groupChat: {mentionPatterns: [' + listed(
                                        2000, lambda i: '"${A}${A}"') + "]}}}"},
                        ["c.json5"], 2, "env_limit"),
    "schema-number": ({"s.json": "5", "c.json5": "{}"}, ["--schema", "s.json", "c.json5"], 2,
                      "this is no schema"),
    "schema-text": ({"s.json": "no schema", "c.json5": "{}"},
                    ["--schema", "s.json", "c.json5"], 2, "s.json:1:1"),
    "schema-itself": ({"s.json": '{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}',
                       "c.json5": "{}"}, ["--schema", "s.json", "c.json5"], 2, "this is no schema"),
    "schema-regex": ({"s.json": '{"type": "object", "properties": {"a": {"type": "string", '
                                '"pattern": "^(a+)+$"}}}', "c.json5": '{a: "' + "a" * 100000 + '!"}'},
                     ["--schema", "s.json", "c.json5"], 2, "invalid_string"),
}


def check_bomb(context, files, words, code, said):
    with tempfile.TemporaryDirectory(prefix="clawc-bomb-") as folder:
        for name, text in files.items():
            Path(folder, name).write_text(text, encoding="utf-8")
        start = time.monotonic()
        result = kit.run([context.clawc, "check", "--gateway", "2026.9.6", *words], folder)
        complaint = result.complaint((code,))
        if complaint:
            return kit.shorten(complaint)
        if time.monotonic() - start > PATIENCE:
            return f"took {time.monotonic() - start:.0f} seconds"
        if said.encode() not in result.out + result.err:
            return f"does not say `{said}`: {kit.shorten((result.out + result.err).decode())}"
    return None


# ---- what is read ----------------------------------------------------------------------------------

def check_opened(context):
    """Includes that want out of the folder of the config: nothing outside of it is opened."""
    with tempfile.TemporaryDirectory(prefix="clawc-roots-") as folder:
        root = Path(folder).resolve()
        inside = root / "inside"
        inside.mkdir()
        (root / "secret.json5").write_text('{logging: {}}', encoding="utf-8")
        (inside / "link.json5").symlink_to("../secret.json5")
        wanted = ["../secret.json5", str(root / "secret.json5"), "./x/../../secret.json5",
                  "/etc/passwd", "./link.json5", "~/secret.json5"]
        for number, path in enumerate(wanted):
            (inside / f"c{number}.json5").write_text(json.dumps({"$include": path}))
        names = [f"c{number}.json5" for number in range(len(wanted))]
        trace = root / "trace"
        kit.run(["strace", "-f", "-o", str(trace), "-e", "trace=%file", context.clawc, "check",
                 "--gateway", "2026.9.6", *names], inside)
        calls = [line for line in trace.read_text().splitlines() if re.search(r"\bopen(at)?\(", line)]
        if not any('"c0.json5"' in line for line in calls):
            return "the trace does not show that the config was opened"
        return "\n".join(line for line in calls if "secret" in line or "passwd" in line) or None


def tasks(context):
    for name, make in HOSTILE.items():
        yield kit.test(f"badinput/hostile/{name}", lambda m=make: check_hostile(context, m))
    for name, bomb in BOMBS.items():
        yield kit.test(f"badinput/bomb/{name}", lambda b=bomb: check_bomb(context, *b))
    if shutil.which("strace"):
        yield kit.test("badinput/roots", lambda: check_opened(context))
    for source in sorted((context.root / "testdata" / "badinput").glob("*.json5")):
        yield kit.test(f"badinput/types/{source.stem}", lambda s=source: check_types(context, s))
