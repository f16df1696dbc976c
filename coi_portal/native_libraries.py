"""Pango and its relatives for WeasyPrint, from the system or from `var/native`.

Where nobody may install packages, `install()` lets apt download them with folders of its own
and unpacks them; `load()` then opens each library by its full path, after which the loader
finds it by name for anybody in this process (no LD_LIBRARY_PATH, no second start).
Standard library only: the set-up uses it before anything is installed.
"""

import ctypes
import ctypes.util
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("COI_VAR_DIR") or BASE_DIR / "var")
NATIVE_DIR = VAR_DIR / "native"

PDF_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
PDF_LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libharfbuzz.so.0",
    "libfontconfig.so.1",
    "libpangoft2-1.0.so.0",
)


class InstallError(RuntimeError):
    """apt could not bring the packages; the text is its own complaint."""


@functools.cache
def load() -> bool:
    """Make Pango findable in this process; false when it is nowhere. Call before weasyprint."""
    if available():
        return True
    _open_all(_libraries(NATIVE_DIR / "root"))
    point_to_fonts()
    return available()


def available() -> bool:
    """Can the libraries that WeasyPrint opens be opened now?"""
    if sys.platform == "darwin":
        return ctypes.util.find_library("pango-1.0") is not None
    return all(_opens(name) for name in PDF_LIBRARIES)


def _opens(name: str | Path) -> bool:
    try:
        ctypes.CDLL(str(name), mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True


def _libraries(root: Path) -> list[Path]:
    return sorted({path.resolve() for path in root.glob("**/lib*.so.*") if path.is_file()})


def _open_all(paths: list[Path]) -> None:
    """Each library needs others of the list to be open already: go round until nothing moves."""
    while paths:
        closed = [path for path in paths if not _opens(path)]
        if len(closed) == len(paths):
            return
        paths = closed


def point_to_fonts() -> None:
    """Name the fonts to fontconfig where the system has not even its configuration."""
    if Path("/etc/fonts/fonts.conf").exists() or "FONTCONFIG_FILE" in os.environ:
        return
    if not NATIVE_DIR.exists():
        return
    configuration = NATIVE_DIR / "fonts.conf"
    if not configuration.exists():
        folders = (Path("/"), NATIVE_DIR / "root", NATIVE_DIR / "browser")
        named = "".join(f"<dir>{folder / 'usr/share/fonts'}</dir>" for folder in folders)
        configuration.write_text(
            '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">'
            f"<fontconfig>{named}<cachedir>{NATIVE_DIR}/fonts-cache</cachedir></fontconfig>",
            encoding="utf-8",
        )
    os.environ["FONTCONFIG_FILE"] = str(configuration)


# -- installing


def has_apt() -> bool:
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def may_install() -> list[str] | None:
    """The words before a command that runs as root without asking; None when there is no way."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo"):
        asked = subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True)
        if asked.returncode == 0:
            return ["sudo", "-n"]
    return None


def install_system_wide(packages: Sequence[str], *, prefix: Sequence[str]) -> None:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    # The names known may be enough; a fresh container knows none.
    install = [*prefix, "apt-get", "install", "-y", "--no-install-recommends", *packages]
    if _call(install, environment).returncode == 0:
        return
    _call([*prefix, "apt-get", "update"], environment)
    ended = _call(install, environment)
    if ended.returncode:
        raise InstallError(_last_lines(ended))


def install(packages: Sequence[str], root: Path | None = None) -> None:
    """Download with apt and unpack below `root`: needs no root and touches no system folder."""
    root = root or NATIVE_DIR / "root"
    archives = download(packages, with_dependencies=True)
    if not archives:
        raise InstallError("apt downloaded nothing")
    root.mkdir(parents=True, exist_ok=True)
    for archive in archives:
        ended = _call(["dpkg-deb", "-x", str(archive), str(root)])
        if ended.returncode:
            raise InstallError(_last_lines(ended))
    shutil.rmtree(NATIVE_DIR / "apt", ignore_errors=True)


def download(packages: Sequence[str], *, with_dependencies: bool) -> list[Path]:
    """The archives of packages, and of what they need that the system has not."""
    apt = NATIVE_DIR / "apt"
    shutil.rmtree(apt, ignore_errors=True)
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (apt / folder).mkdir(parents=True, exist_ok=True)
    options = {
        "Dir::State": apt / "state",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": apt / "cache",
        "Debug::NoLocking": "1",
        "APT::Sandbox::User": "",
        "APT::Install-Recommends": "0",
    }
    base = ["apt-get", *(f"-o{name}={value}" for name, value in options.items())]
    updated = _call([*base, "update"])
    archives = apt / "cache/archives"
    action = ["install", "--download-only", "--yes"] if with_dependencies else ["download"]
    ended = _call([*base, *action, *packages], folder=archives)
    if ended.returncode:
        raise InstallError(_last_lines(updated) + "\n" + _last_lines(ended))
    return sorted(archives.glob("*.deb"))


def _call(
    command: Sequence[str], environment: dict[str, str] | None = None, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
    )


def _last_lines(ended: subprocess.CompletedProcess[str]) -> str:
    return "\n".join((ended.stdout + ended.stderr).strip().splitlines()[-5:])
