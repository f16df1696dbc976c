#!/usr/bin/env python3
"""Copy what npm brought into static/vendor/, so that a clone runs without Node.

    npm ci && python3 scripts/vendor_assets.py      copy and build
    python3 scripts/vendor_assets.py --check        exit 1 when a committed file differs

It also builds two small files: the sprite of the icons in `common.icons`, and Bootstrap's dark
colours once more behind a media query, so that "as the system" needs no script.
"""

import argparse
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from common.icons import ICONS  # noqa: E402 -- the script runs from anywhere

MODULES = ROOT / "node_modules"
COPIES = {
    "bootstrap/dist/css/bootstrap.min.css": "static/vendor/bootstrap/bootstrap.min.css",
    "bootstrap/LICENSE": "static/vendor/bootstrap/LICENSE",
    "htmx.org/dist/htmx.min.js": "static/vendor/htmx/htmx.min.js",
    "htmx.org/LICENSE": "static/vendor/htmx/LICENSE",
    "bootstrap-icons/LICENSE": "static/vendor/bootstrap-icons/LICENSE",
    "axe-core/axe.min.js": "tests/vendor/axe.min.js",
    "axe-core/LICENSE": "tests/vendor/axe-LICENSE",
}
SOURCE_MAP = re.compile(rb"\s*/\*# sourceMappingURL=.*?\*/\s*$")
DARK_RULE = re.compile(r"[^{}]*\[data-bs-theme=dark\][^{}]*\{[^{}]*\}")


def sprite() -> str:
    symbols = []
    for name in sorted(set(ICONS.values())):
        source = (MODULES / "bootstrap-icons/icons" / f"{name}.svg").read_text()
        body = re.search(r"<svg[^>]*>(.*)</svg>", source, re.DOTALL)
        if body is None:
            raise SystemExit(f"No picture in bootstrap-icons/{name}.svg")
        drawing = re.sub(r"\s*\n\s*", "", body[1])
        symbols.append(f'<symbol id="{name}" viewBox="0 0 16 16">{drawing}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def dark_as_the_system() -> str:
    """Bootstrap's dark rules for `data-bs-theme="auto"` on a screen that asks for dark."""
    css = (MODULES / "bootstrap/dist/css/bootstrap.css").read_text()
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    rules = [rule.strip() for rule in DARK_RULE.findall(css)]
    body = "\n".join(rule.replace("=dark]", "=auto]") for rule in rules)
    return f"@media (prefers-color-scheme: dark) {{\n{body}\n}}\n"


def wanted() -> dict[Path, bytes]:
    files = {}
    for source, target in COPIES.items():
        content = (MODULES / source).read_bytes()
        if target.endswith((".css", ".js")):
            content = SOURCE_MAP.sub(b"\n", content)  # The maps aren't shipped.
        files[ROOT / target] = content
    files[ROOT / "static/icons.svg"] = sprite().encode()
    files[ROOT / "static/vendor/bootstrap/dark-as-the-system.css"] = dark_as_the_system().encode()
    return files


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    if not MODULES.is_dir():
        print("node_modules is missing: run `npm ci` first.", file=sys.stderr)
        return 2
    differing = [
        path
        for path, content in wanted().items()
        if not path.exists() or path.read_bytes() != content
    ]
    if arguments.check:
        for path in differing:
            print(f"differs from npm: {path.relative_to(ROOT)}", file=sys.stderr)
        return 1 if differing else 0
    for path, content in wanted().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    print(f"{len(differing)} files changed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
