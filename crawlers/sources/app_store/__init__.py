"""Apple's App Store reviews."""
