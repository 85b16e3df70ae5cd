"""Who is signed in on which phone, and for how long."""
