"""Architecture: import arrows, weight of the command line, size of modules, names, the clock."""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections import Counter
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ALLOWED = {
    "service": ("crawlers", "enrichment", "search", "reports", "ouidire"),
    "crawlers": ("ouidire",),
    "enrichment": ("ouidire",),
    "search": ("ouidire",),
    "reports": ("ouidire",),
    "ouidire": (),
}
"""Every arrow between packages: who may import whom.

What is not written here is forbidden; `bench` and `tests` may see all, and nobody sees them.
"""
PACKAGES = tuple(ALLOWED)
SIDE_BY_SIDE = 16
"""Modules that one folder may show, `__init__` left out: beyond it a newcomer stops reading names."""
HEAVY = (
    "aiohttp",
    "alembic",
    "altair",
    "apscheduler",
    "crawlers.engine",
    "elasticsearch",
    "extruct",
    "fastapi",
    "lxml",
    "mrml",
    "numpy",
    "onnxruntime",
    "openpyxl",
    "pandas",
    "playwright",
    "prometheus_client",
    "scipy",
    "scrapy",
    "sklearn",
    "sqlalchemy",
    "torch",
    "trafilatura",
    "transformers",
    "twisted.internet",  # structlog alone loads twisted.python, a fraction of it
    "uvicorn",
    "vl_convert",
)
LINES = 300
"""Lines of code in a module, without blank lines, comments and docstrings."""
READS_THE_CLOCK = (
    "ouidire.clock",
    "service.cli",
    "service.pipeline.installation",
    "crawlers.engine",
    "crawlers.spawn",
    "enrichment.training",
)
"""Where the present moment may be read; everywhere else it is passed in."""
FOR_TRAINING = {
    "onnx",
    "safetensors",
    "sklearn",
    "torch",
    "transformers",
    "vaderSentiment",
    "wordfreq",
}
WITH_AN_EXTRA = {
    "enrichment.models.hub": {"transformers"},
    "ouidire.state.databases.texts": {"psycopg"},
    "service.serve.web.agents.endpoint": {"mcp"},
    "service.serve.web.sign_on.issuer": {"authlib", "joserfc", "requests"},
}
"""What a module imports only when an operator asks for it, and installs an extra for."""
COMES_WITH = {
    "elastic_transport": "elasticsearch",
    "twisted": "scrapy",
    "zope": "scrapy",
    "pydantic_core": "pydantic",
}
"""Imports that another dependency stands for: it could not work without them."""
USED_WITHOUT_IMPORT = {
    "tzdata": "read by zoneinfo where the system has no timezones",
}

SHARED_NAMES = {
    "Floats": "an array of floats: an alias of numpy's type, with no meaning of its own",
    "Json": "raw JSON before it is read into a model: an alias of dict, with no meaning of its own",
}
"""Public types that several modules may define, each with its reason."""


@cache
def modules():
    """Every module of our packages: name → (path, syntax tree)."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = (path, ast.parse(path.read_text(encoding="utf-8")))
    return found


def is_package(name):
    return modules()[name][0].name == "__init__.py"


def imports(name, tree=None):
    """Names that a module imports anywhere in it, functions and type-checking blocks included."""
    for node in ast.walk(modules()[name][1] if tree is None else tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = name.split(".")
                package = package[: len(package) - node.level + is_package(name)]
                base = ".".join([*package, *([base] if base else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def inside(name, *packages):
    return any(name == each or name.startswith(f"{each}.") for each in packages)


def test_the_tree_is_read():
    assert {name.partition(".")[0] for name in modules()} == set(PACKAGES)


def belongs_to(name):
    """The package of ours that a name belongs to; None for everybody else's."""
    top = name.partition(".")[0]
    return top if top in (*ALLOWED, "bench", "tests") else None


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_imports_what_the_table_allows(package):
    own = [name for name in modules() if belongs_to(name) == package]
    assert own
    wrong = sorted(
        {
            (name, seen)
            for name in own
            for seen in imports(name)
            if belongs_to(seen) not in (None, package, *ALLOWED[package])
        }
    )
    assert not wrong, f"{package} may import {ALLOWED[package] or 'nothing of ours'}"


def parents():
    """Every package that holds more than one room: its folders and modules are its rooms."""
    return sorted({name.rpartition(".")[0] for name in modules() if "." in name})


@pytest.mark.parametrize("package", parents())
def test_rooms_of_a_package_import_one_way(package):
    """The rooms of a package (folders and modules) have an order in which every arrow goes down."""
    within = package.count(".") + 1
    below = {}
    for name in modules():
        if not inside(name, package) or name == package:
            continue
        room = name.split(".")[within]
        below.setdefault(room, set()).update(
            seen.split(".")[within]
            for seen in imports(name)
            if inside(seen, package) and seen.count(".") >= within
        )
    left = set(below)
    while free := {room for room in left if not (below[room] & left) - {room}}:
        left -= free
    assert not left, f"imported in a circle within {package}: {sorted(left)}"


def test_no_folder_shows_too_many_modules():
    shown = Counter(path.parent for path, _ in modules().values() if path.name != "__init__.py")
    assert not {str(folder): count for folder, count in shown.items() if count > SIDE_BY_SIDE}


def test_our_names_belong_to_us_alone():
    """Our top-level names are generic; nothing else that is installed may bring one of them."""
    found = packages_distributions()
    assert {name: found[name] for name in PACKAGES if set(found.get(name, ())) - {"ouidire"}} == {}


def test_reports_load_no_database():
    names = [name for name in modules() if inside(name, "reports")]
    code = f"import sys; {'; '.join(f'import {name}' for name in names)}; print('sqlalchemy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "False"


def test_nobody_knows_the_command_line():
    assert not [
        (name, seen)
        for name in modules()
        if not inside(name, "service.cli")
        for seen in imports(name)
        if inside(seen, "service.cli")
    ]


def test_only_the_command_line_knows_the_demo():
    outside = [name for name in modules() if not inside(name, "service.cli", "service.demo")]
    assert not [(name, seen) for name in outside for seen in imports(name) if inside(seen, "service.demo")]


def run_at_import(tree):
    """Import statements that run when a module is imported: none of functions or for type checkers."""
    todo = list(tree.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            todo += node.orelse
        elif isinstance(node, ast.If | ast.Try | ast.With | ast.ClassDef):
            todo += [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt)]


def needed_at_import(name):
    """Our modules that a module needs before it is itself complete."""
    seen = set()
    for node in run_at_import(modules()[name][1]):
        named = list(imports(name, node))
        submodules = (
            [each for each in named[1:] if each in modules()] if isinstance(node, ast.ImportFrom) else []
        )
        whole = isinstance(node, ast.ImportFrom) and len(submodules) == len(node.names)
        seen.update(submodules if whole else [*named, *submodules])
    return sorted(each for each in seen if each in modules() and each != name)


def test_no_module_imports_itself_in_a_circle():
    done, way = set(), []

    def walk(name):
        assert name not in way, "imported in a circle: " + " → ".join([*way[way.index(name) :], name])
        if name in done:
            return
        way.append(name)
        for each in needed_at_import(name):
            walk(each)
        way.pop()
        done.add(name)

    for name in sorted(modules()):
        walk(name)
    assert done == set(modules())


def test_help_answers_at_once():
    code = (
        "import json, sys; from service.cli import run; "
        "code = run(['--help']); print(json.dumps([code, sorted(sys.modules)]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    status, loaded = json.loads(done.stdout.splitlines()[-1])
    assert status == 0
    assert "Usage" in done.stdout
    assert not [name for name in loaded if inside(name, *HEAVY)]


def code_lines(tree, text):
    """Lines of a module that hold code: no blank line, comment or docstring."""
    prose = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, str)
        ):
            prose.update(range(node.lineno, node.end_lineno + 1))
    lines = enumerate(text.splitlines(), start=1)
    return sum(
        1
        for number, line in lines
        if number not in prose and line.strip() and not line.lstrip().startswith("#")
    )


def test_modules_stay_short():
    sizes = {
        name: code_lines(tree, path.read_text(encoding="utf-8")) for name, (path, tree) in modules().items()
    }
    assert not {name: size for name, size in sizes.items() if size > LINES}


def test_no_conditional_expression_holds_another():
    paths = [path for top in (*PACKAGES, "bench", "docs", "tests") for path in (ROOT / top).rglob("*.py")]
    assert len(paths) > len(modules())
    wrong = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.IfExp)
        for inner in ast.walk(node)
        if inner is not node and isinstance(inner, ast.IfExp)
    ]
    assert not wrong, "write if statements, a dict or a helper"


def test_every_module_says_what_it_does():
    assert not [name for name, (_, tree) in modules().items() if tree.body and not ast.get_docstring(tree)]


def public_types(tree):
    """Names of the public classes and type aliases that a module defines at its top."""
    for node in tree.body:
        names = []
        if isinstance(node, ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [each.id for each in node.targets if isinstance(each, ast.Name)]
        elif isinstance(node, ast.AnnAssign):
            names = [ast.unparse(node.target)]
        yield from (name for name in names if re.fullmatch(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*", name))


def test_one_public_name_means_one_type():
    """A reader who meets `Language` or `Verdict` must not have to ask which of them."""
    defined = {}
    for name, (_, tree) in modules().items():
        for each in public_types(tree):
            defined.setdefault(each, []).append(name)
    twice = {each: where for each, where in defined.items() if len(where) > 1}
    assert {each: where for each, where in twice.items() if each not in SHARED_NAMES} == {}
    assert set(SHARED_NAMES) <= set(twice), "it is defined once: take it off the list"


def test_the_present_is_passed_in():
    reads = re.compile(r"\b(datetime\.now|datetime\.utcnow|datetime\.today|date\.today|time\.time)\b")
    wrong = []
    for name, (_, tree) in modules().items():
        if inside(name, *READS_THE_CLOCK):
            continue
        wrong += [
            f"{name}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Attribute) and reads.fullmatch(ast.unparse(node))
        ]
    assert not wrong, "pass `now` in"


def test_training_libraries_stay_in_training():
    run_time = [name for name in modules() if not inside(name, "enrichment.training")]
    assert not [
        (name, seen)
        for name in run_time
        for seen in imports(name)
        if seen.partition(".")[0] in FOR_TRAINING - WITH_AN_EXTRA.get(name, set())
    ]
    assert not [
        (name, seen) for name in run_time for seen in imports(name) if inside(seen, "enrichment.training")
    ]


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {normal(re.match(r"[A-Za-z0-9._-]+", line)[0]) for line in project["dependencies"]}


def imported_distributions(*, training):
    """Distributions that our modules import, each with a module that does (see `COMES_WITH`)."""
    known = packages_distributions()
    found = {}
    for name in modules():
        if inside(name, "enrichment.training") is not training:
            continue
        for seen in imports(name):
            top = seen.partition(".")[0]
            if (
                top in PACKAGES
                or top in sys.stdlib_module_names
                or not top
                or top in WITH_AN_EXTRA.get(name, ())
            ):
                continue
            distributions = (
                {COMES_WITH[top]} if top in COMES_WITH else {normal(each) for each in known.get(top, [top])}
            )
            found.setdefault(frozenset(distributions), name)
    return found


def test_what_is_imported_is_declared():
    wrong = {
        tuple(names): where
        for names, where in imported_distributions(training=False).items()
        if not names & declared()
    }
    assert not wrong, "add it to the dependencies: a wheel would miss it"


def test_what_is_declared_is_used():
    used = {name for names in imported_distributions(training=False) for name in names}
    assert declared() - used - set(USED_WITHOUT_IMPORT) == set()
    assert not set(USED_WITHOUT_IMPORT) & used, "it is imported now: take it off the list"


def test_no_conditional_expression_stands_inside_another():
    """`a if x else b if y else c` is read twice by everybody; an if, a dict or a function is
    not."""
    files = [path for name in (*PACKAGES, "bench", "docs", "tests") for path in (ROOT / name).rglob("*.py")]
    nested = {
        f"{path.relative_to(ROOT)}:{outer.lineno}"
        for path in files
        for outer in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(outer, ast.IfExp)
        and any(isinstance(inner, ast.IfExp) for inner in ast.walk(outer) if inner is not outer)
    }
    assert not nested
