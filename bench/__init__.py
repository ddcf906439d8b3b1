"""`make bench`: measures the product on many cases, beside reference limits taken in the same run."""
