"""The API's description, and a page to read it with. Everything is served from here, nothing from a CDN."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from apiflask import APIBlueprint, APIFlask
from flask import Response, current_app, render_template, send_file

from gateway.access import public
from gateway.answers import json_response
from gateway.problems import Problem

routes = APIBlueprint("docs", __name__, enable_openapi=False)

OWN = Path(__file__).resolve().parents[1] / "static"
OWN_FILES = ("leadbus.css", "portal.css", "docs.js")
SWAGGER_FILES = ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png")
DAY = 86400
#: Swagger UI styles its elements from its script.
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@routes.get("/openapi.json")
@public("the interface is no secret")
def openapi() -> Response:
    """OpenAPI 3.1."""
    return json_response(cast(APIFlask, current_app).spec)


@routes.get("/docs")
@public("the interface is no secret")
def page() -> Response:
    """Swagger UI."""
    answer = Response(render_template("docs.html"))
    answer.headers["Content-Security-Policy"] = DOCS_POLICY
    return answer


@routes.get("/static/<name>")
@public("style sheets and scripts")
def static(name: str) -> Response:
    """One of the files that pages load."""
    if name in OWN_FILES:
        return send_file(OWN / name, max_age=DAY)
    if name in SWAGGER_FILES:
        return send_file(_swagger() / name, max_age=DAY)
    raise Problem(404, "not_found", "There is no such file.")


@cache
def _swagger() -> Path:
    # Importing the package would import Django; only its files are wanted.
    package = find_spec("drf_spectacular_sidecar")
    if package is None or not package.submodule_search_locations:
        raise RuntimeError("drf-spectacular-sidecar is not installed")
    return Path(package.submodule_search_locations[0]) / "static" / "drf_spectacular_sidecar" / "swagger-ui-dist"
