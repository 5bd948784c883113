"""What people say and do, in the state: answers to reviews, corrections, accounts, and who did what."""
