"""The project looked at as a whole: each test replaces a remark in a review."""

import ast
import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.conf import settings
from django.template import engines
from django.template.loader import get_template
from django.utils.module_loading import import_string

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


@pytest.mark.parametrize("name", [name for name in TEMPLATES if not name.endswith(".txt")])
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


def test_components_need_no_load():
    builtins = engines["django"].engine.builtins

    assert "common.templatetags.ui" in builtins
    loads = [
        name
        for name in TEMPLATES
        if re.search(r"{% load [^%]*\bui\b", source(ROOT / "templates" / name))
    ]
    assert loads == []
