"""The article on a brand in Wikipedia: its words, who reads it and how often it is changed."""
