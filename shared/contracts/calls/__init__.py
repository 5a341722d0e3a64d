"""Every RPC call, one file per room or, where a room answers much, per noun."""

from shared.contracts.calls.analytics import *  # noqa: F403
from shared.contracts.calls.availability import *  # noqa: F403
from shared.contracts.calls.campaigns import *  # noqa: F403
from shared.contracts.calls.capture import *  # noqa: F403
from shared.contracts.calls.checking import *  # noqa: F403
from shared.contracts.calls.deliveries import *  # noqa: F403
from shared.contracts.calls.footsteps import *  # noqa: F403
from shared.contracts.calls.fulfillment import *  # noqa: F403
from shared.contracts.calls.nurture import *  # noqa: F403
from shared.contracts.calls.owners import *  # noqa: F403
from shared.contracts.calls.people import *  # noqa: F403
from shared.contracts.calls.portal import *  # noqa: F403
from shared.contracts.calls.prediction import *  # noqa: F403
from shared.contracts.calls.privacy import *  # noqa: F403
from shared.contracts.calls.purchases import *  # noqa: F403
from shared.contracts.calls.qualify import *  # noqa: F403
from shared.contracts.calls.reassigning import *  # noqa: F403
from shared.contracts.calls.referrals import *  # noqa: F403
from shared.contracts.calls.registry import *  # noqa: F403
from shared.contracts.calls.repair import *  # noqa: F403
from shared.contracts.calls.router import *  # noqa: F403
from shared.contracts.calls.rules import *  # noqa: F403
from shared.contracts.calls.screening import *  # noqa: F403
from shared.contracts.calls.staffing import *  # noqa: F403
from shared.contracts.calls.statements import *  # noqa: F403
from shared.contracts.calls.words import *  # noqa: F403
