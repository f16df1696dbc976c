"""Renew requirements-lock.txt: every package of the runtime with its hashes.

Needs uv. The file names no index, so that it serves a mirror as well as the public one; hashes
hold for every index that hands on the same files.
"""

import shutil
import subprocess
import sys

from coi_portal.local_environment import BASE_DIR

HEADER = "# Made by `make lock`: pip install --require-hashes -r requirements-lock.txt\n"


def main() -> int:
    uv = shutil.which("uv")
    if not uv:
        print("uv is missing: pip install uv", file=sys.stderr)
        return 2
    command = [uv, "pip", "compile", "requirements.txt", "--generate-hashes", "--universal"]
    command += ["--python-version", "3.11", "--no-emit-index-url", "--no-header", "--quiet"]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, cwd=BASE_DIR)
    if ended.returncode:
        print(ended.stderr, file=sys.stderr)
        return 1
    (BASE_DIR / "requirements-lock.txt").write_text(HEADER + ended.stdout, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
