"""The same house as the integration tests play."""

from tests.integration.fulfillment.conftest import house, make_house, sink

__all__ = ["house", "make_house", "sink"]
