"""Health check of an image: exit 0 when /readyz of this container answers 200."""

import http.client
import os
import sys

port = 8000 if os.environ["LEADBUS_ROOM"] == "gateway" else int(os.environ["LEADBUS_HEALTH_PORT"])
connection = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
try:
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    print(answer.status, answer.read(500).decode(errors="replace"))
    sys.exit(0 if answer.status == 200 else 1)
except OSError as refused:
    print(refused)
    sys.exit(1)
