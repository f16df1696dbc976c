"""The project looked at as a whole: each test replaces a remark in a review."""

import ast
import gettext
import gzip
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import rules
from django import forms
from django.apps import apps
from django.conf import settings
from django.template import engines
from django.template.loader import get_template
from django.urls import URLResolver, get_resolver
from django.utils.module_loading import import_string

from declarations.states import ALL_TRANSITIONS
from notices import kinds
from people import navigation
from tests.world import ACTORS

ROOT = settings.BASE_DIR
OWN_APPS = [
    config.name
    for config in apps.get_app_configs()
    if Path(config.path).parent == ROOT and "site-packages" not in config.path
]
TEMPLATES = sorted(
    str(path.relative_to(ROOT / "templates"))
    for path in (ROOT / "templates").rglob("*")
    if path.suffix in (".html", ".txt", ".svg")
)
PYTHON = sorted(
    path
    for app in (*OWN_APPS, "matching")
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts
)
STYLES = sorted((ROOT / "static/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
# Found by their names: by Django, crispy forms and allauth.
FOUND_BY_NAME = ("bootstrap5/", "allauth/", "account/", "mfa/", "usersessions/", "socialaccount/")
FOUND_BY_NAME_EXACTLY = {"429.html"}
# Their label comes from the form's version, when the form is made.
LABELLED_WHEN_MADE = {"declarations.builder.NilForm.nil"}
INLINE_CODE = re.compile(
    r"<style|\sstyle=|\son(?:click|change|submit|load|input|key\w+|focus|blur)\s*=|javascript:"
    r"|<script(?![^>]*\b(?:src=|type=\"application/json\"))",
    re.IGNORECASE,
)


def source(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def all_sources() -> str:
    texts = [source(path) for path in PYTHON]
    texts += [source(ROOT / "templates" / name) for name in TEMPLATES]
    return "\n".join(texts)


@pytest.mark.parametrize("name", TEMPLATES)
def test_template_compiles(name):
    get_template(name)


def test_every_template_is_used():
    text = all_sources()

    unused = [
        name
        for name in TEMPLATES
        if not name.startswith(FOUND_BY_NAME)
        and name not in FOUND_BY_NAME_EXACTLY
        and name not in text
        # Components are named without their folder: _render("panel", …).
        and not (
            name.startswith("components/")
            and f'"{Path(name).stem}"' in source(ROOT / "common/templatetags/ui.py")
        )
        # Built names: f"{kind}.txt", by views of one app.
        and f"{Path(name).stem}" not in re.findall(r"\w+", text)
    ]

    assert unused == []


# The paper of a statement is drawn by WeasyPrint alone; no browser and no policy sees it.
@pytest.mark.parametrize(
    "name", [name for name in TEMPLATES if not name.endswith((".txt", "pdf/statement.html"))]
)
def test_template_carries_no_inline_code(name):
    assert not INLINE_CODE.findall(source(ROOT / "templates" / name))


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not name.endswith(".txt")])
def test_template_marks_nothing_safe(name):
    assert not re.findall(r"\|\s*safe\b|autoescape\s+off", source(ROOT / "templates" / name))


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_styles_fetch_nothing_from_elsewhere(path):
    assert "http" not in source(path)
    assert "@import" not in source(path)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_scripts_keep_nothing_in_the_browser(path):
    text = source(path)

    for word in (
        "localStorage",
        "sessionStorage",
        "indexedDB",
        "document.cookie",
        "eval(",
        "innerHTML",
        "http://",
        "https://",
    ):
        assert word not in text


def test_colours_are_named_in_one_file():
    """Outside tokens.css and print.css only black, white and the masthead's own mixtures."""
    for path in STYLES:
        if path.name in ("tokens.css", "print.css"):
            continue
        colours = set(re.findall(r"#[0-9a-fA-F]{3,8}\b", source(path)))
        assert colours <= {"#ffffff", "#000000", "#07343e"}, path.name


def test_dark_colours_are_the_same_for_device_and_choice():
    blocks = re.findall(
        r'\[data-bs-theme="(dark|auto)"\] \{(.*?)\}',
        source(ROOT / "static/css/tokens.css"),
        re.DOTALL,
    )
    values = {name: re.sub(r"\s+", "", body) for name, body in blocks}

    assert values["dark"] == values["auto"]


def test_vendored_files_are_what_npm_brought():
    if not (ROOT / "node_modules").is_dir():
        pytest.skip("needs npm ci")

    command = [sys.executable, str(ROOT / "scripts/vendor_assets.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr


def test_lock_file_names_no_registry():
    lock = source(ROOT / "package-lock.json")

    assert '"resolved"' not in lock


def test_page_weight_of_the_frame():
    """Styles, scripts and icons of every page, compressed: what a phone on 3G waits for."""
    names = re.findall(r"{% static '([^']+)' %}", source(ROOT / "templates/base.html"))
    weight = sum(
        len(gzip.compress((ROOT / "static" / name).read_bytes(), 9))
        for name in (*names, "icons.svg")
    )

    assert weight < 85_000


def own_forms() -> list[type[forms.BaseForm]]:
    found = []
    waiting = list(forms.BaseForm.__subclasses__())
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        if form.__module__.split(".")[0] in OWN_APPS and getattr(form, "base_fields", None):
            found.append(form)
    return found


def test_every_form_field_has_a_label():
    for config in apps.get_app_configs():
        if config.name in OWN_APPS and (Path(config.path) / "forms.py").exists():
            __import__(f"{config.name}.forms")
    missing = {
        f"{form.__module__}.{form.__name__}.{name}"
        for form in own_forms()
        for name, field in form.base_fields.items()
        if field.label in (None, "") and not field.widget.is_hidden
    }

    assert missing <= LABELLED_WHEN_MADE


def test_text_fields_of_forms_clean_their_text():
    clean = import_string("common.forms.CleanCharField")
    loose = [
        f"{form.__module__}.{form.__name__}.{name}"
        for form in own_forms()
        for name, field in form.base_fields.items()
        if type(field) is forms.CharField
        and not isinstance(field.widget, forms.PasswordInput | forms.HiddenInput)
        and not isinstance(field, clean)
    ]

    assert loose == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_keeps_the_house_rules(path):
    tree = ast.parse(source(path))

    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            assert not (node.module or "").startswith("django.contrib.admin")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("print", "eval", "exec"), (
                f"{node.func.id} in line {node.lineno}"
            )


def test_every_message_has_its_indonesian():
    catalogue = ROOT / "locale/id/LC_MESSAGES/django.po"
    if not catalogue.exists():
        pytest.skip("no catalogue yet")

    entries = source(catalogue).split("\n\n")[1:]
    untranslated = [
        entry
        for entry in entries
        if "#~" not in entry
        and ("#, fuzzy" in entry or re.search(r'msgstr(?:\[0\])? ""(?!\n")', entry))
    ]

    assert untranslated == []


IN_CODE = re.compile(r"\b(?:n?gettext(?:_lazy|_noop)?|_)\(\s*((?:\"(?:[^\"\\]|\\.)*\"\s*)+)")
IN_TEMPLATE = re.compile(r"{% translate (\"[^\"]+\"|'[^']+')")
IN_BLOCK = re.compile(r"{% blocktranslate([^%]*)%}(.*?){% endblocktranslate %}", re.DOTALL)


def words_of_blocks(text: str) -> list[str]:
    """As makemessages writes them: values by name, a percent sign twice, trimmed lines joined."""
    found = []
    for options, body in IN_BLOCK.findall(text):
        singular = re.split(r"{% plural %}", body)[0].replace("%", "%%")
        singular = re.sub(r"{{ ?(\w+) ?}}", r"%(\1)s", singular)
        if "trimmed" in options:
            singular = " ".join(line.strip() for line in singular.strip().splitlines())
        found.append(singular)
    return found


def test_every_message_of_code_and_templates_is_in_the_catalogue():
    """A text that the catalogue doesn't know is shown in English, and nothing else says so."""
    with (ROOT / "locale/id/LC_MESSAGES/django.mo").open("rb") as file:
        catalogue = gettext.GNUTranslations(file)._catalog
    known = {(key[0] if isinstance(key, tuple) else key).split("\x04")[-1] for key in catalogue}
    known |= {message.replace("%%", "%") for message in known}
    templates = "\n".join(source(ROOT / "templates" / name) for name in TEMPLATES)
    # Without the docstrings: they show examples.
    code = re.sub(r'"""(?s:.*?)"""', "", "\n".join(source(path) for path in PYTHON))
    literals = IN_CODE.findall(code) + IN_CODE.findall(templates) + IN_TEMPLATE.findall(templates)

    said = {ast.literal_eval(f"({literal})") for literal in literals}
    said |= set(words_of_blocks(templates))

    assert len(said) > 3000
    assert sorted(said - known) == []


def test_components_need_no_load():
    builtins = engines["django"].engine.builtins

    assert "common.templatetags.ui" in builtins
    loads = [
        name
        for name in TEMPLATES
        if re.search(r"{% load [^%]*\bui\b", source(ROOT / "templates" / name))
    ]
    assert loads == []


# --- Who may be let in, and what is written where --------------------------------------------


def own_models() -> list[type]:
    return [model for model in apps.get_models() if model._meta.app_config.name in OWN_APPS]


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_every_person_of_an_act_has_its_time(model):
    """`…_by` says who, `…_at` says when; one without the other proves nothing."""
    names = {field.name for field in model._meta.fields}
    acts = {name.removesuffix("_by") for name in names if name.endswith("_by")}

    assert {act for act in acts if f"{act}_at" not in names} == set()


# Where a state may be set besides a workflow: on rows that are being made, not moved.
STATE_SET_ELSEWHERE = {
    "declarations/services/configuration.py": "the service is the workflow of form versions",
    "statements/services.py": "the service is the workflow of documents, under its lock",
    "declarations/seeding": "makes rows of the past in bulk",
    "people/seeding": "makes rows of the past in bulk",
    "jobs/worker.py": "the queue's own machinery, under its lock",
    "jobs/backend.py": "the queue's own machinery, under its lock",
    "jobs/scheduler.py": "the queue's own machinery, under its lock",
    "people/importing": "a file that is checked and taken over has no workflow of persons",
    "statements/production.py": "the worker's side of a document, under its lock",
    "statements/finishing.py": "the worker's side of a document, under its lock",
    "mapping/services/scale_versions.py": "the workflow of scales, under their lock",
    "review/services/flag_writing.py": "what rules found, in bulk, under the flags' lock",
}


def is_workflow(path: Path) -> bool:
    return path.name == "workflow.py" or "workflow" in path.parts


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_states_are_moved_by_workflows_only(path):
    place = str(path.relative_to(ROOT))
    if is_workflow(path) or place.startswith(tuple(STATE_SET_ELSEWHERE)):
        return
    moved = [
        f"{place}:{node.lineno}"
        for node in ast.walk(ast.parse(source(path)))
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Attribute)
        and target.attr == "state"
        # An object's own note of itself is no row of the database.
        and not (isinstance(target.value, ast.Name) and target.value.id == "self")
    ]

    assert moved == []


CORE = ("states", "querysets", "policies", "workflow", "services", "models")
OF_THE_WEB = ("django.http", "django.contrib.messages", "django.shortcuts", "django.views")


def is_core(path: Path) -> bool:
    inside = path.relative_to(ROOT).parts[1:]
    return bool(inside) and inside[0].removesuffix(".py") in CORE


@pytest.mark.parametrize(
    "path",
    [path for path in PYTHON if is_core(path)],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_core_knows_nothing_of_the_web(path):
    imported = set()
    for node in ast.walk(ast.parse(source(path))):
        if isinstance(node, ast.ImportFrom):
            imported |= {f"{node.module}.{name.name}" for name in node.names} | {node.module}
        elif isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}

    assert {name for name in imported if name and name.startswith(OF_THE_WEB)} == set()


# --- Rights, notices, menu -------------------------------------------------------------------

PERMISSION = re.compile(r"[a-z_]+\.[a-z_]+_[a-z_]+")


def permissions_asked() -> dict[str, str]:
    """Every permission that code or template names, with its place."""
    found = {}
    for path in PYTHON:
        place = path.relative_to(ROOT)
        for node in ast.walk(ast.parse(source(path))):
            for name in _permissions_in(node):
                found[name] = f"{place}:{node.lineno}"
    for name in TEMPLATES:
        text = source(ROOT / "templates" / name)
        for permission in re.findall(r"(?:has_perm|test_rule) '([^']+)'", text):
            found[permission] = name
    return found


def _permissions_in(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Assign):
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        values = [node.value] if "permission_required" in names else []
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "has_perm":
        values = node.args[:1]
    else:
        return []
    return [
        value.value
        for value in values
        if isinstance(value, ast.Constant) and PERMISSION.fullmatch(str(value.value))
    ]


def test_every_permission_asked_for_exists():
    asked = permissions_asked()

    assert len(asked) > 20
    assert {name: place for name, place in asked.items() if not rules.perm_exists(name)} == {}


def test_every_transition_has_its_permission():
    steps = [step for _states, transitions in ALL_TRANSITIONS.values() for step in transitions]

    assert [step.permission for step in steps if not rules.perm_exists(step.permission)] == []


def test_every_kind_of_notice_is_registered():
    used = {}
    for path in PYTHON:
        for node in ast.walk(ast.parse(source(path))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name not in ("notify", "post", "Reminder"):
                continue
            for keyword in node.keywords:
                if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant):
                    used[keyword.value.value] = f"{path.relative_to(ROOT)}:{node.lineno}"
    known = set(kinds._kinds)

    assert used
    assert {kind: place for kind, place in used.items() if kind not in known} == {}


def test_every_address_in_a_template_resolves():
    """`{% url 'name' %}` of a page that is gone would be found by its first visitor."""
    known = set(_all_names(get_resolver()))
    missing = {
        f"{template}: {name}"
        for template in TEMPLATES
        for name in re.findall(r"{% url [\"']([\w:]+)[\"']", source(ROOT / "templates" / template))
        if name not in known
    }

    assert missing == set()


def _all_names(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            yield from _all_names(entry, inner)
        elif entry.name:
            yield f"{prefix}{entry.name}"


def test_menu_leads_every_role_to_pages_that_open(unharmed):
    """Whoever sees an entry may open it, and nobody sees the same entry twice."""
    for actor in ACTORS[1:-1]:
        user = unharmed.people[actor]
        items = navigation.items_for(user, "/")
        addresses = [item.url for item in items]
        assert len(addresses) == len(set(addresses)), actor
        for address in addresses:
            response = unharmed.client(actor).get(address)
            assert response.status_code == 200, f"{actor}: {address}"


# --- What no line of code does ---------------------------------------------------------------

WATCHED: dict[str, dict[str, str]] = {
    "csrf_exempt": {"common/policy_reports.py": "browsers report without a token; only logged"},
    "mark_safe": {
        "common/plain_fields.py": "a label that it has just escaped, and the empty text",
        "common/templatetags/steady.py": "joins parts that templates have rendered and escaped",
        "common/templatetags/ui.py": "joins what components have escaped",
        "common/widgets.py": "joins what format_html made, held against Django's templates",
        "mapping/templatetags/province_matrix.py": "joins what format_html made",
        "statements/templatetags/statement_pdf.py": "a line break as XML, a constant",
    },
    "RawSQL": {"people/hierarchy.py": "a recursive query, all values as parameters"},
}
RAW_SQL_WITH_NAMES = {
    # Names of tables and of kept statements; never what a person typed.
    "common/kept_statements.py",
    "coi_portal/preparation.py",
}
DANGEROUS_CALLS = {"raw", "extra"}


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(ROOT)))
def test_code_takes_no_short_cut_past_the_defences(path):
    place, found = str(path.relative_to(ROOT)), []
    for node in ast.walk(ast.parse(source(path))):
        name = node.id if isinstance(node, ast.Name) else ""
        if name in WATCHED and place not in WATCHED[name]:
            found.append(f"{name} in line {node.lineno}")
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if any(k.arg == "shell" and getattr(k.value, "value", 0) for k in node.keywords):
            found.append(f"shell=True in line {node.lineno}")
        if name in ("system", "popen") and getattr(node.func, "value", None):
            found.append(f"os.{name} in line {node.lineno}")
        if name in DANGEROUS_CALLS and _is_of_objects(node.func):
            found.append(f".{name}() in line {node.lineno}")
        if name in ("execute", "executemany") and node.args:
            composed = isinstance(node.args[0], ast.JoinedStr | ast.BinOp)
            if composed and place not in RAW_SQL_WITH_NAMES:
                found.append(f"composed SQL in line {node.lineno}")

    assert found == []


def _is_of_objects(function: ast.expr) -> bool:
    return "objects" in ast.unparse(function)


# --- The repository --------------------------------------------------------------------------

# Put together, so that this file doesn't find itself.
FORBIDDEN = tuple(
    "".join(parts)
    for parts in (
        ("/wo", "rk/"), ("/ro", "ot/"), ("/ho", "me/"), ("/tmp/", "coi"), ("art", "ifactory"),
        ("Co-Authored", "-By"), ("chat", "gpt"), ("clau", "de"), ("anthro", "pic"),
        ("cop", "ilot"), ("lorem ", "ipsum"),
    )
)  # fmt: skip
UNDONE = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|XX" r"X)\b")  # Two parts, as above.
NOT_OURS = ("static/vendor/", "tests/vendor/", "package-lock.json", "requirements-lock.txt")
TEXT_ENDINGS = {
    ".py", ".html", ".txt", ".md", ".css", ".js", ".toml", ".json", ".csv", ".po", ".svg", ".yml",
    ".yaml", ".cfg", ".sh", "",
}  # fmt: skip


def kept_files() -> list[str]:
    result = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if result.returncode:
        pytest.skip("needs the repository")
    return [name for name in result.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_repository_names_no_machine_and_leaves_nothing_undone():
    found = []
    for name in kept_files():
        if name.startswith(NOT_OURS) or Path(name).suffix not in TEXT_ENDINGS:
            continue
        text = source(ROOT / name)
        words = [word for word in FORBIDDEN if word.lower() in text.lower()]
        found += [f"{name}: {word}" for word in (*words, *UNDONE.findall(text))]

    assert found == []


def test_repository_keeps_no_secret_and_no_data():
    kept = kept_files()

    assert [name for name in kept if name.startswith(("var/", ".venv/", "node_modules/"))] == []
    assert [
        name for name in kept if name.endswith((".env", ".pem", ".key", ".p12", ".dump"))
    ] == []
    keys = [
        name
        for name in kept
        if not name.startswith(NOT_OURS)
        and Path(name).suffix in TEXT_ENDINGS
        and re.search(r"-----BEGIN (?:RSA |EC |ENCRYPTED )?PRIVATE KEY-----", source(ROOT / name))
    ]
    assert keys == []


def pins(name: str) -> dict[str, str]:
    lines = [line.split("#")[0].strip() for line in source(ROOT / name).splitlines()]
    wanted = [line for line in lines if line and not line.startswith(("-r", "-c", "--", "\\"))]
    found = {}
    for line in wanted:
        match = re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?==([\w.+!-]+)(?:\s*;.*)?\s*\\?", line)
        assert match, f"{name}: {line} is not pinned"
        found[match[1].lower().replace("_", "-")] = match[2]
    return found


@pytest.mark.parametrize(
    "name", ["requirements.txt", "requirements-dev.txt", "requirements-embedded.txt"]
)
def test_requirements_are_pinned(name):
    assert pins(name)


def test_lock_keeps_step_with_the_requirements():
    lock = pins("requirements-lock.txt")

    different = {
        package: (version, lock.get(package))
        for package, version in pins("requirements.txt").items()
        if lock.get(package) != version
    }
    assert different == {}


def test_installed_packages_are_the_pinned_ones():
    """A run of the tests says something only about the versions that it ran with."""
    wrong = {}
    for package, version in (pins("requirements.txt") | pins("requirements-dev.txt")).items():
        if metadata.version(package) != version:
            wrong[package] = (version, metadata.version(package))

    assert wrong == {}
