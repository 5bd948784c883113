"""Which reviews are worth an answer: the rule, the queue that it makes, and where one answers."""
