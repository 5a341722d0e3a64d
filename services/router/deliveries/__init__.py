"""How owners receive what they are told: foreign shapes of our lead package, one file per way."""
