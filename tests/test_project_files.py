"""What is said twice of the project is the same: metadata, citation, workflow, placeholders."""

import re
from configparser import ConfigParser
from pathlib import Path

import yaml

from tf_nst.version import VERSION

ROOT = Path(__file__).parents[1]
SETUP = ConfigParser()
SETUP.read(ROOT / "setup.cfg", encoding="utf-8")
METADATA = SETUP["metadata"]
PYTHONS = re.findall(r"Python :: (3\.\d+)", METADATA["classifiers"])
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def read_yaml(name: str) -> dict:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def test_the_citation_says_what_the_metadata_says():
    citation = read_yaml("CITATION.cff")
    assert citation["authors"] == [{"name": METADATA["author"]}]
    assert citation["license"] == METADATA["license"]
    assert citation["title"].startswith(f"{METADATA['name']}: ")


def test_the_version_is_in_one_place():
    assert METADATA["version"] == "attr: tf_nst.version.VERSION"
    assert "version" not in read_yaml("CITATION.cff")
    assert re.fullmatch(r"\d+\.\d+\.\d+", VERSION)


def test_the_pythons_of_the_classifiers_are_those_that_are_admitted_and_tested():
    least, below = re.findall(r"3\.(\d+)", SETUP["options"]["python_requires"])
    assert PYTHONS == [f"3.{minor}" for minor in range(int(least), int(below))]
    jobs = read_yaml(".github/workflows/ci.yml")["jobs"]
    assert jobs["tests"]["strategy"]["matrix"]["python"] == PYTHONS
    assert {step.get("run") for step in jobs["everything"]["steps"]} >= {"bash .ci/run"}


def test_every_extra_is_documented():
    extras = re.findall(r"^\| `([\w-]+)` \|", CONTRIBUTING, re.MULTILINE)
    assert sorted(extras) == sorted(SETUP["options.extras_require"])


def test_placeholders_are_where_contributing_says():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (address,) = re.findall(r"colab\.research\.google\.com/github/([^/]+/[^/]+)/", readme)
    assert f"| {address} |" in CONTRIBUTING
    for name in ("CODE_OF_CONDUCT.md", "SECURITY.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "CONTRIBUTING.md#placeholders" in text and "example.org" not in text


def test_every_script_that_writes_committed_files_is_listed_and_begins_with_their_name():
    """All other scripts are commands, whose use is in their first lines, and benchmarks."""
    scripts = ROOT / "scripts"
    makers = {path.name for path in scripts.glob("*.py") if re.match("make_|bundle_", path.name)}
    rows = re.findall(r"^\| (.*?) \| (`python scripts/.*?) \|", CONTRIBUTING, re.MULTILINE)
    listed = set()
    for files, commands in rows:
        for name in makers.intersection(re.findall(r"scripts/(\w+\.py)", commands)):
            first = (scripts / name).read_text(encoding="utf-8").splitlines()[0]
            assert any(f'"""Builds {file}' in first for file in files.split(", "))
            assert all((ROOT / file).exists() for file in files.split(", "))
            listed.add(name)
    assert listed == makers
    for path in set(scripts.glob("*.py")) - {scripts / name for name in makers}:
        assert f"python scripts/{path.name}" in path.read_text(encoding="utf-8")


def test_no_two_modules_of_tests_have_a_name():
    """pytest imports files of folders without __init__.py by their name alone."""
    files = [
        path
        for path in (ROOT / "tests").rglob("*.py")
        if not (path.parent / "__init__.py").exists() and path.name != "conftest.py"
    ]
    names = [path.name for path in files]
    assert {name for name in names if names.count(name) > 1} == set()


def test_a_bug_report_asks_what_there_is_to_paint_with():
    fields = read_yaml(".github/ISSUE_TEMPLATE/bug_report.yml")["body"]
    required = [it for it in fields if it.get("validations", {}).get("required")]
    assert any("tf-nst info" in it["attributes"]["label"] for it in required)


def test_a_commit_is_checked_by_ruff_and_mypy():
    hooks = read_yaml(".pre-commit-config.yaml")["repos"][0]["hooks"]
    assert [hook["entry"].split()[0] for hook in hooks] == ["ruff", "ruff", "mypy"]
