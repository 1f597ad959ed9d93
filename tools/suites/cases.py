"""End-to-end cases: testdata/cases/<command>/<case>/.

    cmd         the command line after `clawc`, words as in a shell. Before it there may be lines
                `env NAME=value` and comments (`#`). Of several command lines each is run, in order;
                all but the last must end with code 0.
    stdin       what the command reads (of the last command line), if anything
    stdout      what must be printed, byte for byte, by all command lines together
    stderr      what must be on standard error; without this file it may be anything
    exit        the exit code of the last command line (without the file: 0)
    out.NAME    what the file NAME must hold afterwards

The commands run in a copy of the directory, so they may write."""
import shlex
import shutil
import tempfile
from pathlib import Path

from . import kit

OURS = ("cmd", "stdin", "stdout", "stderr", "exit", "out.*")


def parse_cmd(path):
    """The environment and the command lines of a `cmd` file."""
    env, commands = {}, []
    for line in path.read_text(encoding="utf-8").splitlines():
        words = shlex.split(line, comments=True)
        if words and words[0] == "env" and len(words) == 2 and not commands:
            name, _, value = words[1].partition("=")
            env[name] = value
        elif words:
            commands.append(words)
    if not commands:
        raise ValueError(f"{path}: there is no command line")
    return env, commands


def run_commands(context, case, scratch):
    """The output of all command lines and the result of the last one."""
    env, commands = parse_cmd(case / "cmd")
    full_env = {**kit.environment(scratch), **env}
    out = err = b""
    for words in commands:
        last = words is commands[-1]
        stdin = kit.read(case / "stdin") if last else b""
        result = kit.run([context.clawc, *words], scratch, stdin, full_env)
        out, err = out + result.out, err + result.err
        if not last and result.complaint((0,)):
            return result, f"clawc {shlex.join(words)}: {result.complaint((0,))}"
    return kit.Result(result.code, out, err), None


def compare_exit(context, case, result):
    path = case / "exit"
    if context.update and (path.exists() or result.code > 0):
        path.write_text(f"{result.code}\n", encoding="ascii")
    expected = int(path.read_text(encoding="ascii")) if path.exists() else 0
    return result.complaint((expected,))


def compare_outputs(context, case, scratch):
    for expected in sorted(case.glob("out.*")):
        written = scratch / expected.name[len("out."):]
        if written.exists():
            yield kit.compare_file(context, expected, written.read_bytes())
        else:
            yield f"the file {written.name} was not written"


def run_case(context, case):
    with tempfile.TemporaryDirectory(prefix="clawc-case-") as folder:
        scratch = Path(folder) / "case"
        shutil.copytree(case, scratch, symlinks=True, ignore=shutil.ignore_patterns(*OURS))
        result, failure = run_commands(context, case, scratch)
        if failure:
            return failure
        failures = [compare_exit(context, case, result),
                    kit.compare_file(context, case / "stdout", result.out)]
        if (case / "stderr").exists():
            failures.append(kit.compare_file(context, case / "stderr", result.err))
        failures += compare_outputs(context, case, scratch)
    return "\n".join(f for f in failures if f) or None


def tasks(context):
    base = context.root / "testdata" / "cases"
    for cmd in sorted(base.glob("*/*/cmd")):
        case = cmd.parent
        name = f"cases/{case.relative_to(base)}"
        yield kit.test(name, lambda c=case: run_case(context, c))
    for case in sorted(base.glob("*/*/")):
        if not (case / "cmd").exists():
            name = f"cases/{case.relative_to(base)}"
            yield kit.test(name, lambda: "the file `cmd` is missing")
