"""Settings: every one is documented, and nothing reads the environment past the table."""

import re
from pathlib import Path

from shared.settings import SETTINGS
from tests.contract import documents
from tests.contract.documents import settings_page

ROOT = Path(__file__).parents[2]
#: Written where code asks for a setting by name.
ASKED = re.compile(r"settings\.(?:get|integer|flag|seconds_list)\(\s*\"(\w+)\"")


def test_docs_settings_is_current() -> None:
    assert documents.SETTINGS_PAGE.read_text() == settings_page(), "run: python -m tests.contract.documents"


def test_every_setting_that_code_asks_for_is_declared() -> None:
    sources = [path for folder in ("shared", "services", "gateway") for path in (ROOT / folder).rglob("*.py")]
    asked = {name for path in sources for name in ASKED.findall(path.read_text())}

    assert asked <= set(SETTINGS)
    assert asked


def test_every_setting_has_words_that_help() -> None:
    assert [setting.name for setting in SETTINGS.values() if not setting.help.endswith(".")] == []
