"""Trustpilot's own API, for companies and holders of a key."""
