"""The steps between an installed portal and one that can serve; each is skipped when done."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path

from scripts.setup_environment import BASE_DIR, LOGS, PYTHON, VAR_DIR
from scripts.terminal import IS_TERMINAL, Failure, call, step, warn

APPS = (
    *("coi_portal", "common", "audit", "jobs", "people", "notices", "statements", "mapping"),
    *("matching", "declarations", "review"),
)
ADVICE_FOR_SERVER = """Does DATABASE_URL name a PostgreSQL that runs, and DATABASE_OWNER_URL
the owner of the database there? docs/deployment.md says how both roles are made.
Then start ./run again."""
ADVICE = "Nothing was lost. When the cause is gone, start ./run again."


class Preparation:
    def __init__(self, *, with_demonstration: bool) -> None:
        self.with_demonstration = with_demonstration
        self.database = os.environ.get("DATABASE_URL") or os.environ.get("COI_DB_NAME", "coi")
        self.stamps = _Stamps(VAR_DIR / "stamps.json")

    def run(self) -> None:
        code = _hash(self.database, _files(APPS, (".py", ".csv", ".json", ".toml")))
        if self.stamps.differ("database", code):
            with step("preparing the database"):
                advice = ADVICE_FOR_SERVER if os.environ.get("DATABASE_URL") else ADVICE
                self._manage("prepare_database", "--verbosity", "1", advice=advice)
            self.stamps.put("database", code)
        self._ensure_keys()
        static = _hash(str(VAR_DIR), _files(["static", *(f"{app}/static" for app in APPS)]))
        if self.stamps.differ("static", static) or not (VAR_DIR / "static").exists():
            with step("collecting the static files"):
                self._manage("collectstatic", "--noinput", "--verbosity", "0")
            self.stamps.put("static", static)
        if self.with_demonstration and self.stamps.differ("people", self.database):
            (VAR_DIR / "demo-accounts.txt").unlink(missing_ok=True)
            self._seed()
            self.stamps.put("people", self.database)

    def _ensure_keys(self) -> None:
        keys = Path(os.environ.get("COI_KEY_DIR", VAR_DIR / "keys"))
        if os.environ.get("COI_ENVIRONMENT") == "production":
            return  # Keys that count are made on purpose: docs/deployment.md.
        if not self.stamps.differ("keys", str(keys)) and any(keys.glob("*")):
            return
        with step("making the signing keys of a development authority"):
            self._manage("make_development_authority")
        self.stamps.put("keys", str(keys))

    def _seed(self) -> None:
        """Where there are people already, they are somebody's work: nothing is added."""
        count = _output("shell", "-c", COUNT_PEOPLE)
        if not count:  # Else an empty portal would pass for a demonstration for ever.
            raise Failure(ADVICE)
        if count != "0":
            return
        people = os.environ.get("COI_SEED_PEOPLE")
        command = [PYTHON, "manage.py", "seed_province", *(["--people", people] if people else [])]
        if IS_TERMINAL:  # It draws a progress bar of its own.
            print("  … making up a province of people, posts and declarations", flush=True)
            if subprocess.run(command, check=False, cwd=BASE_DIR).returncode:
                raise Failure(ADVICE)
            return
        with step("making up a province of people, posts and declarations"):
            call(command, log=LOGS / "seed.log", folder=BASE_DIR, advice=ADVICE)

    def _manage(self, *arguments: str, advice: str = ADVICE) -> None:
        log = LOGS / f"{arguments[0]}.log"
        call([PYTHON, "manage.py", *arguments], log=log, folder=BASE_DIR, advice=advice)


COUNT_PEOPLE = (
    "from django.contrib.auth import get_user_model;print(int(get_user_model().objects.exists()))"
)


def _output(*arguments: str) -> str:
    """The last line that a management command prints, or nothing when it can't."""
    ended = subprocess.run(
        [PYTHON, "manage.py", *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=BASE_DIR,
    )
    if ended.returncode:
        warn(f"manage.py {arguments[0]}: {ended.stderr.strip().splitlines()[-1:]}")
        return ""
    lines = ended.stdout.strip().splitlines()
    return lines[-1] if lines else ""


class _Stamps:
    """What each step was last done for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self.values = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            self.values = {}

    def differ(self, name: str, value: str) -> bool:
        return self.values.get(name) != hashlib.sha256(value.encode()).hexdigest()

    def put(self, name: str, value: str) -> None:
        self.values[name] = hashlib.sha256(value.encode()).hexdigest()
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(self.values, indent=1), encoding="utf-8")
        draft.replace(self.path)


def _files(folders: Iterable[str], endings: tuple[str, ...] = ("",)) -> list[Path]:
    return sorted(
        path
        for folder in folders
        for path in (BASE_DIR / folder).rglob("*")
        if path.name.endswith(endings) and "__pycache__" not in path.parts and path.is_file()
    )


def _hash(fact: str, paths: list[Path]) -> str:
    digest = hashlib.sha256(fact.encode())
    for path in paths:
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
