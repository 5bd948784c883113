"""Who asks, what they may do, and which brands and places they see."""
