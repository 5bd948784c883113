"""What search engines suggest to those who begin to type a brand's name."""
