"""The router's rules: who may take a lead, whose turn it is, which clock runs, which move an owner may make."""
