"""Write var/sbom.json: what the portal is made of (lock and npm), in the CycloneDX format."""

import json
import re
import sys

from coi_portal.local_environment import BASE_DIR, var_dir

PIN = re.compile(r"^([\w.-]+)==([^\s;\\]+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
HASH = re.compile(r"sha256:([0-9a-f]{64})")


def components() -> list[dict]:
    lock = (BASE_DIR / "requirements-lock.txt").read_text(encoding="utf-8")
    found = [
        {
            **_component("pypi", name, version),
            "hashes": [{"alg": "SHA-256", "content": each} for each in HASH.findall(rest)],
        }
        for name, version, rest in PIN.findall(lock)
    ]
    package = json.loads((BASE_DIR / "package.json").read_text(encoding="utf-8"))
    return found + [_component("npm", *each) for each in package["dependencies"].items()]


def _component(kind: str, name: str, version: str) -> dict:
    return {
        "type": "library",
        "name": name,
        "version": version,
        "purl": f"pkg:{kind}/{name}@{version}",
    }


def main() -> int:
    found = components()
    file = var_dir() / "sbom.json"
    bill = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": found}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(bill, indent=1), encoding="utf-8")
    print(f"{len(found)} components in {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
