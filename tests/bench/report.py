"""The figures as tables for people, and as JSON for scripts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.floor import Floor
from tests.bench.intake import Intake
from tests.bench.pipeline import Run
from tests.bench.profiling import Profile

AIMS = {
    "intakes_per_second": 2000,
    "intake_p99_ms": 50,
    "leads_per_second": 300,
    "cpu_ms_per_lead": 6,
    "share_of_floor": 0.5,
}

MOST_TABLES = 15


@dataclass
class Report:
    """Everything that one run of the benchmark found."""

    command: str
    machine: dict[str, object]
    intakes: list[Intake] = field(default_factory=list)
    burst: Run | None = None
    paced: Run | None = None
    paced_rate: float = 0.0
    floors: dict[str, Floor] = field(default_factory=dict)
    idle: dict[str, float] = field(default_factory=dict)
    memory: dict[str, int] = field(default_factory=dict)
    profiles: list[Profile] = field(default_factory=list)
    load_after: list[float] = field(default_factory=list)

    def figures(self) -> dict[str, Any]:
        """All of it, as JSON knows it."""
        assert self.burst is not None
        return {
            "command": self.command,
            "machine": self.machine | {"load_average_after": self.load_after},
            "aims": AIMS,
            "intake": [intake_figures(one) for one in self.intakes],
            "pipeline": _run(self.burst),
            "paced": {"asked_per_second": self.paced_rate, **_run(self.paced)} if self.paced else None,
            "floor": {name: _floor(one) for name, one in self.floors.items()},
            "ratios": self.ratios(),
            "idle_cpu_percent": {name: round(value * 100, 2) for name, value in self.idle.items()},
            "memory_mb": {name: round(value / 2**20, 1) for name, value in self.memory.items()},
            "profiles": [vars(one) for one in self.profiles],
        }

    def ratios(self) -> dict[str, float]:
        """What is reached of the floor: by the clock, and by CPU, which a busy machine does not spoil."""
        assert self.burst is not None
        found: dict[str, float] = {}
        best = max(self.intakes, key=lambda one: one.sent.rate if one.rooms == "stopped" else 0.0, default=None)
        if best is not None and "messages" in self.floors:
            found["intake, by the clock"] = best.sent.rate / self.floors["messages"].rate
            found["intake, by CPU"] = self.floors["messages"].cpu_ms / best.cpu_ms
        for name, title in (
            ("same_work", "pipeline to the same rows and messages"),
            ("batched", "pipeline to one row and one message, batched"),
            ("singly", "pipeline to one row and one message, a transaction each"),
        ):
            if name in self.floors:
                found[f"{title}, by the clock"] = self.burst.rate / self.floors[name].rate
                found[f"{title}, by CPU"] = self.floors[name].cpu_ms / self.burst.cpu_ms
        return {name: round(value, 4) for name, value in found.items()}


def show(report: Report, console: Console) -> None:
    """Prints the tables."""
    machine = report.machine
    console.print(
        f"{report.command}\n{machine['time']}, {machine['cores']} cores ({machine['processor']}), "
        f"{machine['memory_gb']} GB, load average before {machine['load_average']}, after {report.load_after}",
        highlight=False,
    )
    show_intakes(report.intakes, console)
    _show_pipeline(report, console)
    _show_floors(report, console)
    _show_parts(report, console)
    _show_rows(report, console)
    _show_profiles(report, console)


def show_intakes(intakes: Sequence[Intake], console: Console) -> None:
    """Prints what was measured at the gateway."""
    table = _table(
        "Intake at the gateway", "connections", "rooms", "requests/s", "p50 ms", "p99 ms", "p99.9 ms", "answers",
        "CPU-ms gateway", "CPU-ms broker", "CPU-ms senders", "others' cores",
    )  # fmt: skip
    for one in intakes:
        number = len(one.sent.latencies)
        stalled = f", and {one.stalled} stalled" if one.stalled else ""
        table.add_row(
            f"{one.connections}{stalled}", one.rooms, f"{one.sent.rate:,.0f}",
            *(f"{one.sent.percentile(share) * 1000:.1f}" for share in (0.5, 0.99, 0.999)),
            ", ".join(f"{count} × {status}" for status, count in one.sent.statuses.items()),
            f"{one.cpu['gateway'] / number * 1000:.2f}", f"{one.cpu['broker'] / number * 1000:.2f}",
            f"{one.sent.cpu / number * 1000:.2f}", f"{one.others_cores:.2f}",
        )  # fmt: skip
    console.print(table)


def _show_pipeline(report: Report, console: Console) -> None:
    table = _table("Through all rooms", "figure", "all at once", "at a steady rate", "aim")
    runs = [run for run in (report.burst, report.paced) if run is not None]
    lines = {
        "inquiries (leads)": ([f"{run.inquiries} ({run.leads})" for run in runs], ""),
        "leads/s": ([f"{run.rate:.1f}" for run in runs], str(AIMS["leads_per_second"])),
        "leads/s, letters and deliveries done": ([f"{run.inquiries / run.settled_seconds:.1f}" for run in runs], ""),
        "CPU-ms per lead": ([f"{run.cpu_ms:.1f}" for run in runs], str(AIMS["cpu_ms_per_lead"])),
        "CPU-ms per lead, until through": ([f"{run.cpu_ms_through:.1f}" for run in runs], ""),
        "rows changed per lead": ([f"{run.rows_per_lead:.1f}" for run in runs], ""),
        "messages published per lead": ([f"{run.messages_per_lead:.1f}" for run in runs], ""),
        "transactions per lead": ([f"{run.written['commits'] / run.inquiries:.2f}" for run in runs], ""),
        "kB of log written per lead": ([f"{run.written['wal_bytes'] / run.inquiries / 1000:.1f}" for run in runs], ""),
        "cores used by others": ([f"{run.others_cores:.2f}" for run in runs], ""),
    }
    for kind, name in (
        ("lead_registered", "registered"), ("lead_scored", "scored"), ("lead_assigned", "owner assigned"),
        ("piece_sent", "acknowledgement sent"), ("lead_delivered", "delivered to the owner"),
    ):  # fmt: skip
        told = [f"{run.way(kind, 0.5):.2f} / {run.way(kind, 0.99):.2f}" for run in runs]
        lines[f"{name}, p50 / p99 s after the request"] = (told, "")
    for name, (values, aim) in lines.items():
        table.add_row(name, *values, *[""] * (2 - len(values)), aim)
    console.print(table)


def _show_floors(report: Report, console: Console) -> None:
    table = _table("Floor: bare psycopg and py-amqp", "what", "leads/s", "CPU-ms per lead")
    for one in report.floors.values():
        table.add_row(one.what, f"{one.rate:,.0f}", f"{one.cpu_ms:.2f}")
    console.print(table)
    table = _table("Reached of the floor", "what", "ratio", "aim")
    for name, ratio in report.ratios().items():
        table.add_row(name, f"{ratio:.1%}", "50%" if "same" in name or "intake" in name else "")
    console.print(table)


def _show_parts(report: Report, console: Console) -> None:
    assert report.burst is not None
    table = _table(
        "By part", "part", "CPU-ms per lead", "at a steady rate", "idle, % of a core", "memory, MB (PSS)"
    )  # fmt: skip
    burst = report.burst.cpu_settled + report.burst.outside
    paced = report.paced.cpu_settled + report.paced.outside if report.paced else {}
    for name, spent in burst.most_common():
        outside = " (outside)" if name in report.burst.outside else ""
        table.add_row(
            name + outside,
            f"{spent / report.burst.inquiries * 1000:.2f}",
            f"{paced[name] / report.paced.inquiries * 1000:.2f}" if report.paced else "",
            f"{report.idle.get(name, 0) * 100:.1f}",
            f"{report.memory.get(name, 0) / 2**20:.0f}",
        )
    ours = [name for name in report.memory if name not in report.burst.outside]
    table.add_row(
        "[bold]all but the outside[/]",
        f"[bold]{report.burst.cpu_ms:.2f}[/]",
        f"[bold]{report.paced.cpu_ms:.2f}[/]" if report.paced else "",
        f"[bold]{sum(report.idle.get(name, 0) for name in ours) * 100:.1f}[/]",
        f"[bold]{sum(report.memory[name] for name in ours) / 2**20:.0f}[/]",
    )
    console.print(table)


def _show_rows(report: Report, console: Console) -> None:
    assert report.burst is not None
    table = _table("Rows inserted, updated or deleted per lead", "table", "rows")
    for name, number in report.burst.rows.most_common(MOST_TABLES):
        table.add_row(name, f"{number / report.burst.inquiries:.2f}")
    console.print(table)


def _show_profiles(report: Report, console: Console) -> None:
    for profile in report.profiles:
        table = _table(f"Where {profile.name} spends its time ({profile.samples} samples)", "function", "share")
        for title, shares in (("in itself", profile.itself), ("by the last line of ours", profile.ours)):
            table.add_row(f"[bold]{title}[/]", "")
            for function, share in shares:
                table.add_row(function, f"{share:.1%}")
        console.print(table)


def intake_figures(one: Intake) -> dict[str, Any]:
    """One measurement, as JSON knows it."""
    number = len(one.sent.latencies)
    return {
        "connections": one.connections,
        "stalled": one.stalled,
        "rooms": one.rooms,
        "requests": number,
        "per_second": round(one.sent.rate, 1),
        **{f"p{share:g}_ms": round(one.sent.percentile(share / 100) * 1000, 2) for share in (50, 99, 99.9)},
        "answers": {str(status): count for status, count in one.sent.statuses.items()},
        "cpu_ms": {name: round(value / number * 1000, 3) for name, value in one.cpu.items()},
        "cpu_ms_senders": round(one.sent.cpu / number * 1000, 3),
        "others_cores": round(one.others_cores, 2),
    }


def _run(run: Run) -> dict[str, Any]:
    return {
        "inquiries": run.inquiries,
        "leads": run.leads,
        "leads_per_second": round(run.rate, 2),
        "leads_per_second_settled": round(run.inquiries / run.settled_seconds, 2),
        "cpu_ms_per_lead": round(run.cpu_ms, 2),
        "cpu_ms_per_lead_until_through": round(run.cpu_ms_through, 2),
        "cpu_ms_by_part": {n: round(v / run.inquiries * 1000, 3) for n, v in run.cpu_settled.most_common()},
        "cpu_ms_outside": {n: round(v / run.inquiries * 1000, 3) for n, v in run.outside.items()},
        "rows_per_lead": round(run.rows_per_lead, 2),
        "messages_per_lead": round(run.messages_per_lead, 2),
        "transactions_per_lead": round(run.written["commits"] / run.inquiries, 2),
        "log_kb_per_lead": round(run.written["wal_bytes"] / run.inquiries / 1000, 1),
        "rows_by_table": {n: round(v / run.inquiries, 2) for n, v in run.rows.most_common()},
        "events": run.kinds,
        "seconds_after_request": {
            kind: {"p50": round(run.way(kind, 0.5), 3), "p99": round(run.way(kind, 0.99), 3), "leads": len(values)}
            for kind, values in run.ways.items()
        },
        "others_cores": round(run.others_cores, 2),
        "senders_cpu_ms": round(run.sent.cpu / run.inquiries * 1000, 3),
    }


def _floor(one: Floor) -> dict[str, Any]:
    return {
        "what": one.what,
        "leads": one.leads,
        "rows": one.rows,
        "messages": one.messages,
        "leads_per_second": round(one.rate, 1),
        "cpu_ms_per_lead": round(one.cpu_ms, 3),
    }


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left")
    return table
