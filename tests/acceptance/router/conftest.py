"""The same router, dealer and mail server as in the integration tests."""

from tests.integration.router.conftest import (  # noqa: F401
    dealer,
    delivering,
    delivering_by,
    desk,
    links,
    mail,
    router,
    router_settings,
    rules,
)
