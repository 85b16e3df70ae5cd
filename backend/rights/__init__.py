"""What the law gives people over their own data: a copy, correction, restriction, erasure, and who looked at it."""
