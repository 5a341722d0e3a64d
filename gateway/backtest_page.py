"""A back-test as a page of its own, which needs no server."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from gateway.backtest_plots import backtest_plots
from shared.contracts.calls import BacktestReport

_HERE = Path(__file__).parent


def page(report: BacktestReport) -> str:
    """The whole page, style and plots in it."""
    pages = Environment(loader=FileSystemLoader(_HERE / "templates"), autoescape=True)
    style = Markup((_HERE / "static" / "leadbus.css").read_text(encoding="utf-8"))
    return pages.get_template("backtest.html").render(report=report, drawn=backtest_plots(report), style=style)
