"""The same room as the integration tests play."""

from tests.integration.analytics.conftest import analytics

__all__ = ["analytics"]
