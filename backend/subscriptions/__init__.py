"""What people allow to be sent to them, and with which templates an account tells what it tells."""
