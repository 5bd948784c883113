"""The facts beside a move: sentences that show it, words that an edit changed, ratings near a threshold."""
