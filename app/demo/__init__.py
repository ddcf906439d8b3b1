"""The demo: Hanoi after the reorganisation, with invented people and matters in every state."""
