"""Delivering a message once: by SMTP, to an outbox folder or a webhook, and what became of it."""
