"""The same room as the integration tests play."""

from tests.integration.nurture.conftest import nurture

__all__ = ["nurture"]
