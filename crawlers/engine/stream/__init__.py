"""Streams of events: a connection that is listened to until it has caught up with the present."""
