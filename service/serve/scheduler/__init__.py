"""The scheduler loop of the service: one thread that decides what runs, and the threads that run it."""
