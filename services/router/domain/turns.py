"""Whose turn it is among owners of different weight: after any number of leads everybody is within one of their share.

The quota method of Balinski and Young (The Quota Method of Apportionment, American Mathematical Monthly 82, 1975): the
next lead goes to whoever has the fewest for their weight, counted with it, among those whom it does not take above
their share rounded up.
"""

from collections.abc import Collection, Mapping, Sequence

#: How many leads each owner of a territory has been given.
Turns = Mapping[str, int]
Weights = Mapping[str, int]


def next_in_turn(able: Sequence[str], turns: Turns, weights: Weights) -> str:
    """Who of `able` is next; among equals the one who is listed first."""
    given = sum(turns.get(name, 0) for name in able)
    whole = sum(weights.get(name, 1) for name in able)
    below = [name for name in able if turns.get(name, 0) * whole < weights.get(name, 1) * (given + 1)]
    return min(below or able, key=lambda name: (turns.get(name, 0) + 1) / weights.get(name, 1))


def turns_after(
    listed: Collection[str], away: Collection[str], turns: Turns, weights: Weights, chosen: str
) -> dict[str, int]:
    """The turns once `chosen` has been given a lead.

    Who is new or is away now (paused, full, not there) joins level with those who take part, so that nobody is flooded
    on the day they come back. What somebody does not sell they catch up on with what they sell.
    """
    after = {name: turns.get(name, 0) for name in listed}
    after[chosen] = after.get(chosen, 0) + 1
    taking_part = [name for name in listed if name in turns and name not in away]
    level = min((after[name] / weights.get(name, 1) for name in taking_part), default=0)
    for name in listed:
        if name != chosen and (name not in turns or name in away):
            after[name] = max(after[name], int(level * weights.get(name, 1)))
    return after
