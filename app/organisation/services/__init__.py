"""The acts of the organisation: on the own account, on units, on people and their roles, on the calendar."""
