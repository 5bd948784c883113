"""Login by the organisation's issuer: what is said to it, and the two pages that lead there and back."""
