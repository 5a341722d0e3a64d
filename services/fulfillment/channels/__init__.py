"""How pieces leave the house: one file per outside party."""
