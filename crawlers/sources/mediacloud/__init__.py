"""Articles of the press that Media Cloud has indexed."""
