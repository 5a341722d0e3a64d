"""The links that go with a lead."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, get_args
from uuid import UUID

from services.router.domain.status import Action
from services.router.links import Decision, Link, Links


def action_urls(links: Links, payload: Mapping[str, Any]) -> dict[str, str]:
    """One address per action, good until the time that the payload says."""
    lead, assignment = UUID(payload["lead_id"]), UUID(payload["assignment_id"])
    until = datetime.fromisoformat(payload["links_expire_at"])
    return {action: links.url(Link(lead, assignment, action, until)) for action in get_args(Action)}


def decision_urls(links: Links, payload: Mapping[str, Any]) -> dict[str, str]:
    """The manager's two buttons about a return."""
    lead, assignment = UUID(payload["lead_id"]), UUID(payload["assignment_id"])
    until = datetime.fromisoformat(payload["links_expire_at"])
    answers = {"accept": True, "refuse": False}
    return {name: links.decision_url(Decision(lead, assignment, said, until)) for name, said in answers.items()}
