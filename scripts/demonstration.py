"""What ./run prints when the portal is served."""

import os
import subprocess

from coi_portal import native_libraries
from scripts.setup_environment import BASE_DIR, PYTHON, VAR_DIR

LINE = "─" * 72


def announce(address: str, seconds: float, *, is_shown: bool) -> None:
    print(f"\n{LINE}\n  The portal is served: {address}   (after {seconds:.1f} s)\n{LINE}")
    if is_shown:
        _print_accounts()
    else:
        print("  It is empty. Make the first administrator:")
        print("    .venv/bin/python manage.py create_administrator NIP NAME")
    if os.environ.get("COI_RELAX_SECOND_FACTOR") == "1":
        print(
            "\n  !! THE SECOND FACTOR IS SWITCHED OFF (COI_RELAX_SECOND_FACTOR=1), for this\n"
            "  !! demonstration only. ./run --strict asks for it; production refuses to start."
        )
    if not native_libraries.load():
        print("\n  !! PDF IS OFF: Pango is missing. Documents wait until it is installed.")
    print(
        f"\n  Logs, and e-mails that would be sent: {VAR_DIR / 'log'}\n  Ctrl-C stops everything."
    )
    print(LINE, flush=True)


def _print_accounts() -> None:
    """The table of `demo_accounts`, kept, since asking for it costs a second."""
    table = VAR_DIR / "demo-accounts.txt"
    text = table.read_text(encoding="utf-8") if table.exists() else _ask_for_accounts()
    password = os.environ.get("COI_DEMO_PASSWORD", "")
    if password not in text:
        text += f"Password of all of them: {password}\n"
    table.touch(mode=0o600)
    table.write_text(text, encoding="utf-8")
    print("".join(f"  {line}\n" for line in text.rstrip().splitlines()), end="")


def _ask_for_accounts() -> str:
    ended = subprocess.run(
        [PYTHON, "manage.py", "demo_accounts"],
        check=False,
        capture_output=True,
        text=True,
        cwd=BASE_DIR,
    )
    return ended.stdout if ended.returncode == 0 else ""
