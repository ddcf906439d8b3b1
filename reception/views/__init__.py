"""Pages of reception: the desk and its log book, online sessions."""
