"""What the crawls saw of each period: which runs speak for it, and which sources were not seen in it."""
