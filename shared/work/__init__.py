"""Work that rows ask for: at a time (due), or on the outside world (effects)."""
