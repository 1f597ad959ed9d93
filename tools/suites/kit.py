"""What all suites share: what a test is, running a program, showing a difference."""
import dataclasses
import difflib
import os
import subprocess
from pathlib import Path
from typing import Callable, Iterable, Optional

TIMEOUT = 600  # seconds, for any one program
SANITIZER_MARKS = (b"ERROR: AddressSanitizer", b"runtime error:", b"WARNING: ThreadSanitizer",
                   b"ERROR: LeakSanitizer", b"ERROR: libFuzzer")
SHOWN = 6000  # characters of a difference


@dataclasses.dataclass
class Context:
    root: Path
    clawc: Path
    units: list
    update: bool


@dataclasses.dataclass
class Outcome:
    name: str
    failure: Optional[str] = None  # None: passed


@dataclasses.dataclass
class Task:
    """Something to run; most tasks are one test of the same name, some are many."""

    name: str
    run: Callable[[], Iterable[Outcome]]
    has_parts: bool = False  # its outcomes have names of their own, which --only looks at


@dataclasses.dataclass
class Result:
    code: int
    out: bytes
    err: bytes

    def complaint(self, expected):
        """What is wrong with how the program ended, or None."""
        if any(mark in self.err for mark in SANITIZER_MARKS):
            return "a sanitizer reported:\n" + text(self.err)
        if self.code not in expected:
            wanted = " or ".join(map(str, expected))
            how = f"ended by signal {-self.code}" if self.code < 0 else f"exit code {self.code}"
            return f"{how}, expected {wanted}\n{text(self.err)}"
        return None


def environment(home):
    """The surroundings of every program that is tested: nothing of the person who runs it."""
    keep = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LD_LIBRARY_PATH")
    env = {name: os.environ[name] for name in keep if name in os.environ}
    env.update(HOME=str(home), LC_ALL="C", TZ="UTC")
    return env


def run(command, cwd, stdin=b"", env=None):
    try:
        done = subprocess.run([str(word) for word in command], cwd=cwd, input=stdin,
                              env=env or environment(cwd), capture_output=True, timeout=TIMEOUT,
                              check=False)
    except subprocess.TimeoutExpired:
        return Result(-9, b"", f"still running after {TIMEOUT} seconds".encode())
    except OSError as error:
        return Result(127, b"", f"cannot be run: {error}".encode())
    return Result(done.returncode, done.stdout, done.stderr)


def text(raw):
    return raw.decode("utf-8", "backslashreplace")


def shorten(message):
    if len(message) <= SHOWN:
        return message
    return message[:SHOWN] + f"\n… {len(message) - SHOWN} more characters"


def difference(name, expected, actual):
    """A unified diff of two byte strings, or None when they are equal."""
    if expected == actual:
        return None
    lines = difflib.unified_diff(text(expected).splitlines(), text(actual).splitlines(),
                                 f"{name} (expected)", f"{name} (printed)", lineterm="")
    shown = "\n".join(lines) or "they differ in the line break at the end"
    return shorten(shown)


def read(path):
    """The bytes of a file; nothing when there is none."""
    return path.read_bytes() if path.exists() else b""


def compare_file(context, path, actual):
    """Compares with a file of expected bytes, which `--update` writes; returns the difference."""
    if context.update and (path.exists() or actual) and read(path) != actual:
        path.write_bytes(actual)
    return difference(path.relative_to(context.root), read(path), actual)


def test(name, function):
    """A task of one test; the function returns the failure or None."""
    return Task(name, lambda: [Outcome(name, function())])
