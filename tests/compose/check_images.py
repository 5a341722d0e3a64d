"""What an image may hold: one room's code, that room's packages, a plain user, and nothing of this machine.

Asks the engine that DOCKER_HOST names; exits with 1 and a line per fault.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
ROOMS = ("capture", "qualify", "router", "nurture", "fulfillment", "analytics")


def docker(*words: str, given: str = "") -> str:
    """The output of a docker command. Raises CalledProcessError when it fails."""
    ran = subprocess.run(["docker", *words], input=given, check=True, text=True, stdout=subprocess.PIPE)
    return ran.stdout


def inside(image: str) -> dict[str, Any]:
    """What `look_inside.py` sees in the image, run as the compose file runs it: no network, nothing writable."""
    script = (REPOSITORY / "tests/compose/look_inside.py").read_text()
    closed = ("--network", "none", "--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL")
    seen: dict[str, Any] = json.loads(
        docker("run", "--rm", "-i", *closed, "--entrypoint", "python", image, "-", given=script)
    )
    return seen


def locked(room: str) -> set[str]:
    """Names of the packages that the lock gives to the room."""
    script = REPOSITORY / "deploy/images/room_lock.py"
    printed = subprocess.run(
        [sys.executable, script, room], cwd=REPOSITORY, check=True, text=True, stdout=subprocess.PIPE
    )
    pins = [line.split("==")[0] for line in printed.stdout.splitlines() if "==" in line]
    return {pin.split("[")[0].lower().replace("_", "-").replace(".", "-") for pin in pins}


def faults(name: str, seen: dict[str, Any], health: bool) -> list[str]:
    """Everything that is wrong with the image of `name`."""
    rooms = [] if name == "gateway" else [name]
    code = ["deploy", "gateway", "shared"] if name == "gateway" else ["deploy", "services", "shared"]
    programs = ["__init__.py"] if name == "gateway" else ["__init__.py", "migrate.py", "rooms.py", "serve.py"]
    packages, wanted = set(seen["packages"]), locked(name)
    checks = {
        "runs as root": seen["user"] == 0,
        f"could change its own code: {seen['writable'][:3]}": seen["writable"],
        "has no health check": not health,
        f"holds the rooms {seen['rooms']}": seen["rooms"] != rooms,
        f"holds the code {seen['code']}": seen["code"] != code,
        f"holds of deploy {seen['deploy']}": seen["deploy"] != programs,
        f"holds more than code: {seen['files']}": set(seen["files"])
        - {*code, "start.sh", "ready.py", "key.py", "__pycache__"},
        f"carries packages of others: {sorted(packages - wanted)}": packages - wanted,
        f"lacks packages: {sorted(wanted - packages)}": wanted - packages,
        "cannot draw a letter": name == "fulfillment" and not seen["draws"],
    }
    return [fault for fault, wrong in checks.items() if wrong]


def main() -> int:
    wrong = 0
    for name in (*ROOMS, "gateway"):
        image = f"leadbus-{name}:local"
        about = json.loads(docker("image", "inspect", image))[0]
        seen = inside(image)
        found = faults(name, seen, health=bool(about["Config"].get("Healthcheck")))
        verdict = "ok" if not found else "WRONG"
        size, packages = about["Size"] // 1_000_000, len(seen["packages"])
        print(f"image {name:12} {size:4} MB  {packages:3} packages  user {seen['user']}  {verdict}")
        for fault in found:
            print(f"      {fault}")
        wrong += len(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
