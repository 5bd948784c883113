"""The harvest: what was collected, sealed for ever; the system's truth."""
