"""Pages that say what commands print: they are run, so that they stay true.

A page with a line `<!-- run in FOLDER -->` is worked through from top to bottom in a copy of that
folder of the repository, with `clawc` on the PATH:

    ```console      lines `$ COMMAND` are run by the shell; what follows is what they print, standard
                    error included. A line `...` stands for any number of lines. `--update` writes
                    what a command printed, unless there is such a line.
    ```diff         whose first line is `--- FILE`: the change is made in that file; the lines that
                    it replaces must be there once
    ```LANGUAGE     whose first line is a comment that holds nothing but a path (`# rules/x.yaml`,
                    `// rescue.json5`): the rest is written to that file

Blocks of other kinds are only read. Besides, every link of a page to a file must lead to one."""
import dataclasses
import re
import shutil
import tempfile
from pathlib import Path

from . import kit

FOLDER = re.compile(r"^<!-- run in (\S+) -->$", re.MULTILINE)
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"(?:#|//) ([\w./-]+\.\w+)\n")
LINK = re.compile(r"\]\((?!\w+:)([^)#]+)(?:#[^)]*)?\)")
ANY = "..."


@dataclasses.dataclass
class Place:
    folder: Path
    env: dict


def matches(expected, actual):
    """Are these lines the expected ones, where `...` stands for any number of them?"""
    if ANY not in expected:
        return expected == actual
    at = expected.index(ANY)
    if actual[:at] != expected[:at]:
        return False
    rest = expected[at + 1:]
    return any(matches(rest, actual[i:]) for i in range(at, len(actual) + 1))


def split_console(body):
    """The commands of a block, each with the lines that it prints."""
    steps = []
    for line in body.splitlines():
        if line.startswith("$ "):
            steps.append((line[2:], []))
        elif not steps:
            raise ValueError(f"a block begins with output: {line}")
        else:
            steps[-1][1].append(line)
    return steps


def crash(result):
    """What a command prints may end with any code; it may not die of a signal (the shell: 128 + n)."""
    killed = result.code < 0 or result.code > 128
    if killed or any(mark in result.out for mark in kit.SANITIZER_MARKS):
        return f"it crashed with exit code {result.code}:\n{kit.text(result.out)}"
    return None


def run_console(place, body):
    """What the block should be, and the failures of it as it is."""
    shown, failures = [], []
    for command, expected in split_console(body):
        result = kit.run(["sh", "-c", f"exec 2>&1\n{command}"], place.folder, env=place.env)
        actual = kit.text(result.out).splitlines()
        complaint = crash(result)
        if complaint or not matches(expected, actual):
            failures.append(complaint or kit.difference(
                f"$ {command}", "\n".join(expected).encode(), "\n".join(actual).encode()))
        shown += [f"$ {command}", *(expected if ANY in expected else actual)]
    return "".join(f"{line}\n" for line in shown), failures


def apply_diff(place, body):
    name, lines = body.splitlines()[0][4:], body.splitlines()[1:]
    old = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    new = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    path = place.folder / name
    text = path.read_text(encoding="utf-8")
    if text.count(old) != 1:
        return [f"{name} has these lines {text.count(old)} times:\n{old}"]
    path.write_text(text.replace(old, new), encoding="utf-8")
    return []


def write_file(place, name, text):
    path = place.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def work_through(page, text, place):
    """The page as it should be, and what is wrong with it."""
    parts, failures, at = [], [], 0
    for block in BLOCK.finditer(text):
        language, body = block.groups()
        if language == "console":
            shown, failed = run_console(place, body)
            failures += failed
            parts += [text[at:block.start(2)], shown]
            at = block.end(2)
        elif language == "diff" and body.startswith("--- "):
            failures += apply_diff(place, body)
        elif named := NAMED.match(body):
            write_file(place, named.group(1), body[named.end():])
    return "".join([*parts, text[at:]]), failures


def check_commands(context, page):
    text = page.read_text(encoding="utf-8")
    folder = FOLDER.search(text).group(1)
    with tempfile.TemporaryDirectory(prefix="clawc-docs-") as scratch:
        programs, copy = Path(scratch) / "bin", Path(scratch) / Path(folder).name
        programs.mkdir()
        (programs / "clawc").symlink_to(context.clawc)
        shutil.copytree(context.root / folder, copy)
        env = kit.environment(scratch)
        env["PATH"] = f"{programs}:{env['PATH']}"
        env["SOURCE_DATE_EPOCH"] = "1795132800"  # 2026-11-20: examples of suppressions do not expire
        shown, failures = work_through(page, text, Place(copy, env))
    if context.update and shown != text:
        page.write_text(shown, encoding="utf-8")
        return check_commands(dataclasses.replace(context, update=False), page)
    return "\n".join(failures) or None


def check_links(page):
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    dead = [target for target in LINK.findall(text) if not (page.parent / target).exists()]
    return "links to nothing: " + ", ".join(dead) if dead else None


def tasks(context):
    for page in sorted([*context.root.glob("*.md"), *context.root.glob("docs/**/*.md")]):
        name = f"pages/{page.relative_to(context.root)}"
        yield kit.test(f"{name}:links", lambda p=page: check_links(p))
        if FOLDER.search(page.read_text(encoding="utf-8")):
            yield kit.test(f"{name}:commands", lambda p=page: check_commands(context, p))
    demo = context.root / "examples" / "demo.sh"
    yield kit.test("pages/examples/demo.sh", lambda: kit.run(
        ["sh", demo, context.clawc], context.root).complaint((0,)))
