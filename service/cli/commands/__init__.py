"""The commands, one file each, named as they are called; a group's commands share a file."""
