"""Private instances of everything Leadbus needs: a broker, databases, a mailbox and all rooms, on loopback.

`Broker` and `Database` start one server each, for tests; `Stack` starts everything under a supervisor.
"""

from deploy.stack.errors import StackError
from deploy.stack.postgres import Database
from deploy.stack.process import Process
from deploy.stack.rabbit import Broker
from deploy.stack.stack import Stack

__all__ = ["Broker", "Database", "Process", "Stack", "StackError"]
