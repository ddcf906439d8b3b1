"""The suite: a mirror of the code, journeys through the browser, and guards over the whole house."""
