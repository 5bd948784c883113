"""Stories and comments of Hacker News."""
