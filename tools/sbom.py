"""What the image is made of, as CycloneDX (https://cyclonedx.org/docs/1.6/json/): the packages that the program needs beside the running
Python, and the weights of its networks. Written to build/verbatim.cdx.json.

Nothing of this machine stands in it: no path, and no address from which a package was fetched. The same environment gives the same bytes.
Exit status: 0, also where cyclonedx-bom is not installed, which is then said; 1 where something is missing or does not hold.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot import __version__
from bot.engine.reader import ENCODER_SHA256, READER_SHA256

ROOT = Path(__file__).parent.parent
OUT = ROOT / "build" / "verbatim.cdx.json"
EXTRAS = ("postgres", "metrics")  # of the image
SPEC = "1.6"
COMMAND = (
    "-m", "cyclonedx_py", "environment", "--output-reproducible", "--short-PURLs", "--no-validate", "--spec-version", SPEC,
    "--pyproject", "pyproject.toml", "--output-file", "-",
)  # fmt: skip
PATIENCE = 300.0  # seconds
PACKAGED = "from packaging metadata"  # how the remark of a reference begins that the package's author wrote
DATA = (
    ("machine-learning-model", "encoder.onnx", ENCODER_SHA256, "The network that finds passages: all-MiniLM-L6-v2, rounded to eight bits."),
    ("machine-learning-model", "reader.onnx", READER_SHA256, "The network that judges passages, trained by this project from all-MiniLM-L6-v2."),
    ("data", "bert-uncased-vocab.txt", "", "The vocabulary of both."),
)  # fmt: skip
PRIVATE = re.compile(
    r"\bfile:|(?<![\w.-])/(?:home|root|tmp|Users|private|builds|opt)/|[A-Z]:\\\\|//(?:localhost|127\.|10\.|192\.168\.)"
)


def main() -> int:
    try:
        ran = subprocess.run([sys.executable, *COMMAND], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return _failed(f"cyclonedx-py did not end within {PATIENCE:g} s")
    if "No module named cyclonedx_py" in ran.stderr:
        print("skipped: cyclonedx-bom is not installed (pip install -e '.[audit]')")
        return 0
    if ran.returncode:
        return _failed((ran.stderr.strip() or "cyclonedx-py says nothing").splitlines()[-1])
    try:
        needed = closure(declared(ROOT / "pyproject.toml", EXTRAS))
        text = json.dumps(stated(json.loads(ran.stdout), needed), indent=1, sort_keys=True) + "\n"
    except (LookupError, ValueError) as error:
        return _failed(str(error))
    if flaw := private(text) or invalid(text):
        return _failed(flaw)
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(text, encoding="utf-8")
    print(f"{OUT.relative_to(ROOT)}: {len(needed)} packages and {len(DATA)} files of data, valid CycloneDX {SPEC}")
    return 0


def declared(pyproject: Path, extras: Iterable[str]) -> list[Requirement]:
    """What the program needs, with some of its extras."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    lines = (*project["dependencies"], *(line for extra in extras for line in optional[extra]))
    return [r for r in map(Requirement, lines) if r.marker is None or r.marker.evaluate()]


def closure(wanted: Iterable[Requirement]) -> set[str]:
    """The names of all packages that are needed here, directly or by another. Raises LookupError where one is not installed."""
    waiting, seen = list(wanted), set[tuple[str, str]]()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                waiting += _needs(name, extra)
    return {name for name, _ in seen}


def _needs(name: str, extra: str) -> Iterator[Requirement]:
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        raise LookupError(f"{name} is not installed. Fix: pip install -e '.[{','.join(EXTRAS)}]'.") from None
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement


def stated(found: Mapping[str, Any], needed: set[str]) -> dict[str, Any]:
    """Of what cyclonedx-py found, the packages that are needed, without where they were fetched from; and the files of data."""
    packages = [_public(c) for c in found["components"] if canonicalize_name(c["name"]) in needed]
    if missing := needed - {canonicalize_name(c["name"]) for c in packages}:
        raise LookupError(f"cyclonedx-py did not find {', '.join(sorted(missing))}")
    data = [_data(*row) for row in DATA]
    program = {**found["metadata"]["component"], "version": __version__, "purl": f"pkg:pypi/verbatim-bot@{__version__}"}
    refs = {c["bom-ref"] for c in packages} | {program["bom-ref"]}
    graph = [
        {**d, "dependsOn": sorted(r for r in d.get("dependsOn", ()) if r in refs)}
        for d in found["dependencies"]
        if d["ref"] in refs
    ]
    return {
        **found,
        "metadata": {**found["metadata"], "component": _public(program)},
        "components": [*packages, *data],
        "dependencies": [*graph, *({"ref": c["bom-ref"]} for c in data)],
    }


def _public(component: Mapping[str, Any]) -> dict[str, Any]:
    """A component with no reference but those that its author gave it."""
    references = [r for r in component.get("externalReferences", ()) if r.get("comment", "").startswith(PACKAGED)]
    kept = {key: value for key, value in component.items() if key not in ("externalReferences", "properties")}
    return {**kept, **({"externalReferences": references} if references else {})}


def _data(kind: str, name: str, expected: str, description: str) -> dict[str, Any]:
    """A file of data that others made or had a part in. Raises ValueError where it is another."""
    sha256 = hashlib.sha256((ROOT / "bot" / "data" / name).read_bytes()).hexdigest()
    if expected and sha256 != expected:
        raise ValueError(f"bot/data/{name} has the SHA-256 {sha256}, and bot/engine/reader.py expects {expected}")
    return {
        "type": kind,
        "bom-ref": f"bot/data/{name}",
        "name": name,
        "version": sha256[:12],
        "description": description,
        "hashes": [{"alg": "SHA-256", "content": sha256}],
        "licenses": [{"license": {"id": "Apache-2.0"}}],
    }


def private(text: str) -> str:
    """What a document tells of this machine, as the end of a sentence; empty where it tells nothing."""
    found = PRIVATE.search(text)
    return f"it would tell of this machine: ...{text[max(0, found.start() - 60) : found.end() + 20]}..." if found else ""


def invalid(text: str) -> str:
    """What is wrong with a document by CycloneDX's own schema, which comes with its library; empty where nothing is."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    error = JsonStrictValidator(SchemaVersion.from_version(SPEC)).validate_str(text)
    return f"it is no valid CycloneDX {SPEC}: {str(error)[:300]}" if error else ""


def _failed(why: str) -> int:
    print(f"no SBOM: {why}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
