"""The bill of materials: what is in it, that it tells nothing of the machine, and that it neither fails nor hangs without its library."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from bot.engine.reader import ENCODER_SHA256, READER_SHA256
from tools import sbom
from tools.sbom import closure, declared, main, private, stated


def component(name: str, *references: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "type": "library",
        "name": name,
        "version": "1.0",
        "bom-ref": f"{name}==1.0",
        "externalReferences": [*references],
        **more,
    }


HOME = {"type": "website", "url": "https://yarl.example", "comment": "from packaging metadata: Home-page"}
FETCHED = {"type": "distribution", "url": "https://mirror.example/yarl.whl", "comment": "PackageSource: Archive"}
ROOT = {"type": "application", "name": "verbatim-bot", "bom-ref": "root-component", "externalReferences": [FETCHED]}
FOUND = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "version": 1,
    "metadata": {"component": ROOT},
    "components": [component("Yarl", HOME, FETCHED, properties=[{"name": "p", "value": "v"}]), component("pytest")],
    "dependencies": [
        {"ref": "root-component", "dependsOn": ["Yarl==1.0", "pytest==1.0"]},
        {"ref": "Yarl==1.0", "dependsOn": ["pytest==1.0"]},
        {"ref": "pytest==1.0"},
    ],
}


def test_what_is_needed_is_kept_without_where_it_was_fetched_from_and_the_rest_is_not() -> None:
    made = stated(FOUND, {"yarl"})
    yarl, *data = made["components"]
    assert yarl == {"type": "library", "name": "Yarl", "version": "1.0", "bom-ref": "Yarl==1.0", "externalReferences": [HOME]}
    assert [d["type"] for d in data] == ["machine-learning-model", "machine-learning-model", "data"]
    assert made["dependencies"][:2] == [
        {"ref": "root-component", "dependsOn": ["Yarl==1.0"]},
        {"ref": "Yarl==1.0", "dependsOn": []},
    ]
    assert "mirror.example" not in json.dumps(made)


def test_the_weights_are_named_with_hash_and_licence() -> None:
    _, encoder, reader, _ = stated(FOUND, {"yarl"})["components"]
    assert [(c["name"], c["hashes"][0]["content"]) for c in (encoder, reader)] == [
        ("encoder.onnx", ENCODER_SHA256), ("reader.onnx", READER_SHA256)
    ]  # fmt: skip
    assert encoder["licenses"] == [{"license": {"id": "Apache-2.0"}}]


def test_other_weights_and_a_package_that_was_not_found_are_errors() -> None:
    with pytest.raises(ValueError, match=r"bot/data/encoder\.onnx has the SHA-256 "):
        sbom._data("data", "encoder.onnx", "0" * 64, "")
    with pytest.raises(LookupError, match="did not find mirror"):
        stated(FOUND, {"yarl", "mirror"})


def test_what_a_package_needs_is_needed_and_what_its_other_extras_need_is_not() -> None:
    needed = closure([Requirement("aiohttp")])
    assert {"aiohttp", "yarl", "multidict"} <= needed
    assert not needed & {"aiodns", "brotli"}  # of aiohttp[speedups]
    with pytest.raises(LookupError):
        closure([Requirement("aiohttp[speedups]")])


def test_a_package_that_is_not_installed_is_told_with_what_to_do() -> None:
    with pytest.raises(LookupError, match=r"no-such-package is not installed\. Fix: pip install"):
        closure([Requirement("no_such.package")])


def test_the_extras_of_the_image_are_declared(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(
        '[project]\ndependencies = ["a>=1", "old; python_version < \\"3\\""]\n[project.optional-dependencies]\nb = ["b[c]"]\nd = ["d"]\n',
        encoding="utf-8",
    )
    assert [str(r) for r in declared(tmp_path / "p.toml", ["b"])] == ["a>=1", "b[c]"]
    assert len(declared(sbom.ROOT / "pyproject.toml", sbom.EXTRAS)) > 10


@pytest.mark.parametrize(
    "told",
    [
        "file:///wheels/x.whl",
        "/home/" + "ada/x",
        "C:" + "\\Users\\ada",
        "https://127.0.0.1/simple/x.whl",
        "http://10.1.2.3/x",
    ],
)
def test_what_would_tell_of_the_machine_is_seen(told: str) -> None:
    assert private(json.dumps({"url": told}))
    assert not private(json.dumps({"url": "https://pypi.org/project/x/home/page"}))


@pytest.mark.parametrize(
    ("out", "err", "code", "status", "said"),
    [
        ("", "/x/python: No module named cyclonedx_py\n", 1, 0, "skipped: cyclonedx-bom is not installed"),
        ("", "Traceback\nValueError: odd\n", 1, 1, "no SBOM: ValueError: odd"),
        ("{", "", 0, 1, "no SBOM: Expecting property name"),
        ("{}", "", 0, 1, "no SBOM: 'components'"),
    ],
)
def test_what_cyclonedx_py_comes_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], out: str, err: str, code: int, status: int, said: str
) -> None:
    monkeypatch.setattr(sbom, "closure", lambda _: {"yarl"})
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], code, out, err))
    assert main() == status
    assert said in "".join(capsys.readouterr())


def test_it_gives_up_after_a_while(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def never(*_: object, **__: object) -> None:
        raise subprocess.TimeoutExpired("x", 1)

    monkeypatch.setattr(subprocess, "run", never)
    assert main() == 1
    assert "did not end within" in capsys.readouterr().err


def test_what_is_written_is_valid_by_cyclonedx_s_own_schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("cyclonedx.validation.json", reason="cyclonedx-bom is not installed")
    monkeypatch.setattr(sbom, "ROOT", tmp_path)
    monkeypatch.setattr(sbom, "OUT", tmp_path / "build" / "x.json")
    (tmp_path / "bot").symlink_to(Path(sbom.__file__).parent.parent / "bot")
    monkeypatch.setattr(sbom, "declared", lambda *_: [])
    monkeypatch.setattr(sbom, "closure", lambda _: {"yarl"})
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, json.dumps(FOUND), ""))
    assert main() == 0
    assert json.loads((tmp_path / "build" / "x.json").read_text(encoding="utf-8"))["components"][0]["name"] == "Yarl"
    assert "1 packages and 3 files of data, valid" in capsys.readouterr().out
    monkeypatch.setattr(
        subprocess, "run", lambda *_, **__: subprocess.CompletedProcess([], 0, json.dumps({**FOUND, "version": "one"}), "")
    )
    assert main() == 1
    assert "no valid CycloneDX" in capsys.readouterr().err
