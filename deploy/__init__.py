"""Runs Leadbus: the command line, the local stack, images, migrations, an example company and the demo."""

ROOMS = ("capture", "qualify", "router", "nurture", "fulfillment", "analytics")
