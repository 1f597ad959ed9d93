"""Published schemas: every expected SARIF output is valid against the official schema.

Needs the Python package jsonschema (Debian: python3-jsonschema); without it there are no tests here,
and a line on standard error says so."""
import json
import sys

from . import kit

SARIF = "testdata/schemas/sarif-2.1.0.json"


def check_document(schema, path):
    import jsonschema

    validator = jsonschema.Draft4Validator(schema, format_checker=jsonschema.FormatChecker())
    errors = validator.iter_errors(json.loads(path.read_bytes()))
    found = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:300]}" for e in errors]
    return "\n".join(found) or None


def is_sarif(path):
    return b"sarif-schema-2.1.0" in path.read_bytes()[:400]


def tasks(context):
    try:
        import jsonschema  # noqa: F401
    except ImportError:
        print("schemas: not checked, the Python package jsonschema is missing", file=sys.stderr)
        return
    schema = json.loads((context.root / SARIF).read_bytes())
    documents = [*context.root.glob("testdata/report/*.sarif"),
                 *(p for p in context.root.glob("testdata/cases/*/*/stdout") if is_sarif(p)),
                 *context.root.glob("testdata/cases/*/*/out.*.sarif")]
    for path in sorted(documents):
        name = f"schemas/{path.relative_to(context.root / 'testdata')}"
        yield kit.test(name, lambda p=path: check_document(schema, p))
