"""`cp .env.example .env` is enough to start the containers."""

import re

from deploy.stack.instance import REPOSITORY

EXAMPLE = (REPOSITORY / ".env.example").read_text().splitlines()
GIVEN = [line.split("=", 1)[0] for line in EXAMPLE if re.match(r"[A-Z_]+=", line)]


def test_no_required_value_is_empty() -> None:
    required = set(re.findall(r"\$\{([A-Z_]+):\?", (REPOSITORY / "docker-compose.yml").read_text()))
    filled = {line.split("=", 1)[0] for line in EXAMPLE if re.match(r"[A-Z_]+=.", line)}

    assert required <= filled


def test_no_variable_is_given_twice() -> None:
    assert len(GIVEN) == len(set(GIVEN))
