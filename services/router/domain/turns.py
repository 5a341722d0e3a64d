"""Whose turn it is among owners of different weight, as near to their shares as can be.

The chairman assignment of R. Tijdeman (The chairman assignment problem, Discrete Mathematics 32, 1980): the next lead
goes to whoever must have one soonest, among those to whom enough of one is due. After any number of leads each of k
owners is within 1 - 1/(2k - 2) of their share, which is the best that any rule can promise; so any window of leads is
within one lead of the shares of two owners, and within 2 - 1/(k - 1) of those of more.
"""

from collections.abc import Collection, Mapping, Sequence

#: How many leads each owner of a territory has been given.
Turns = Mapping[str, int]
Weights = Mapping[str, int]


def next_in_turn(able: Sequence[str], turns: Turns, weights: Weights) -> str:
    """Who of `able` is next; among equals the one who is listed first."""
    if len(able) == 1:
        return able[0]
    number = sum(turns.get(name, 0) for name in able) + 1
    whole = sum(weights.get(name, 1) for name in able)
    parts = 2 * len(able) - 2
    due = [name for name in able if parts * (weights.get(name, 1) * number - turns.get(name, 0) * whole) >= whole]
    # Quotients of whole numbers: equal ones are equal as floating-point numbers too.
    return min(due or able, key=lambda name: (parts * (turns.get(name, 0) + 1) - 1) / weights.get(name, 1))


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
