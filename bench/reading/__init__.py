"""How well the pages of drawn letters are read."""
