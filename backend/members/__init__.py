"""People who registered themselves: who they say they are, what they offer and want to hear of, and their children."""
