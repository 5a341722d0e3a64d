"""Python's search for reference cycles, for processes that live long."""

import gc


def spare_the_collector() -> None:
    """Looks for reference cycles less often. Called once everything is imported.

    Batches make thousands of rows that are freed without it: measured at the front desk with batches of 200, a tenth
    less CPU per inquiry than with Python's thresholds. And one look through everything that was imported stops every
    thread for a tenth of a second: at the gateway that was what one request in a hundred waited for.
    """
    gc.collect()
    gc.freeze()  # what was imported stays
    gc.set_threshold(50_000, 20, 100)
