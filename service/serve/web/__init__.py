"""The web pages of the service: status, login, metrics, and the links that readers follow out of a mail."""
