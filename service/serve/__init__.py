"""The service: wakes when something is due, has it done, and shows how it goes.

`ouidire serve` is its only door.

What is due is said by `service.pipeline.schedule`, what is done by `service.pipeline`; here is only when, how
much at once, and what becomes of it when the process is stopped, killed or told to read its configuration
again.
"""
