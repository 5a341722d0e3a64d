"""Every way as the room performs it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from services.router.deliveries.adf_post import AdfPostWay
from services.router.deliveries.crm import CrmWay
from services.router.deliveries.digest import DigestWay
from services.router.deliveries.email import EmailDelivery
from services.router.deliveries.hubspot import HubSpotWay
from services.router.deliveries.rest import RestWay
from services.router.deliveries.salesforce import SalesforceWay
from services.router.deliveries.sftp import SftpWay
from services.router.deliveries.star import StarWay
from services.router.deliveries.way import Office, OwnersWay
from services.router.deliveries.webhook import WebhookWay
from services.router.usecases import delivering, delivering_channels, delivering_pulls
from services.router.usecases.delivering_rows import kind_of
from shared.room import Outcome, Performer

#: Waits before the second, third, … attempt, in seconds: about four days together.
WAITS = (5.0, 30.0, 120.0, 600.0, 3600.0, 10800.0, 21600.0, 43200.0, 86400.0, 86400.0, 86400.0)


def performers(office: Office, email: EmailDelivery) -> Mapping[str, Performer]:
    """How each kind of delivery is performed.

    All far sides drop a second one by its key, by our id of the lead or by the name of the file; mail programs by the
    Message-ID; and a lead that a dealer reads twice does less harm than one that they never read.
    """
    crms: dict[str, CrmWay] = {
        "salesforce": SalesforceWay("salesforce", office),
        "hubspot": HubSpotWay("hubspot", office),
    }
    ways: tuple[OwnersWay, ...] = (
        WebhookWay("webhook", office),
        AdfPostWay("adf", office),
        StarWay("star", office),
        RestWay("rest", office),
        *crms.values(),
        SftpWay("csv", office),
        DigestWay("digest", office, email.smtp_url),
    )
    admit = partial(delivering_channels.admit, rules=office.rules)
    observe = partial(delivering_pulls.observe, rules=office.rules)

    def ask(key: str, payload: Mapping[str, Any]) -> Outcome:
        return crms[payload["way"]].ask(key, payload)

    by_way = {
        kind_of(way.way): Performer(
            way.deliver, delivering.record_outcome, resend_when_unknown=True, waits=WAITS, admit=admit, observe=observe
        )
        for way in ways
    }
    return {
        **by_way,
        delivering.EMAIL: Performer(
            email.deliver, delivering.record_outcome, resend_when_unknown=True, observe=observe
        ),
        # The next question comes soon: one that failed is not asked again and again.
        delivering_pulls.ASK: Performer(
            ask,
            partial(delivering_pulls.record_answer, rules=office.rules),
            resend_when_unknown=True,
            waits=(60,),
            admit=admit,
            observe=delivering_channels.observe,
        ),
    }
