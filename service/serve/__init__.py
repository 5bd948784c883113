"""The long-running service, `ouidire serve`: starts what is due, and shows on a page how it goes.

`service.pipeline.schedule` says what is due, `service.pipeline` does it; here is only when, how much at once,
and what becomes of it when the process is stopped, killed or reads its configuration again.
"""
